import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel, PersonState
from meetings.actions import agenda, moving, planning, publishing
from meetings.enums import (
    ItemPurpose,
    MeetingMode,
    MeetingState,
    Reply,
)
from meetings.models import AccessArrangement, Invitation
from tests.factories import (
    AccessNeedFactory,
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
DETAILS: dict[str, Any] = {
    "date": dt.date(2026, 11, 24),
    "start_time": dt.time(10),
    "end_time": dt.time(12),
    "mode": MeetingMode.HYBRID,
    "venue": "Millbrook Library, Room 2",
    "venue_address": "Mill Lane, Elmsby NS4 2QT",
    "join_phone": "01632 960 150, code 4471",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def planned(*people, **details):
    group = GroupFactory(name="Technology at Home group")
    for person in people:
        MembershipFactory(group=group, person=person)
    return planning.plan_meeting(by=staff_actor(), group=group, **DETAILS | details)


def sent_to(occasion):
    rows = Delivery.objects.filter(notice__occasion=occasion).order_by(
        "person__known_as"
    )
    return [(row.person.known_as, row.channel, row.due_at) for row in rows]


def states(occasion):
    rows = Delivery.objects.filter(notice__occasion=occasion)
    return dict(rows.values_list("person__known_as", "state"))


def test_publishing_owes_each_person_one_invitation_in_her_channel():
    marian = PersonFactory(known_as="Marian Okafor")
    dot = PersonFactory(known_as="Dot Hargreaves", channel=Channel.LETTER)
    owen = PersonFactory(known_as="Owen Pritchard", channel=Channel.PHONE)
    meeting = planned(marian, dot, owen)

    publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    now = timezone.now()
    assert sent_to("meeting.invitation") == [
        ("Dot Hargreaves", Channel.LETTER, now),
        ("Marian Okafor", Channel.EMAIL, now),
        ("Owen Pritchard", Channel.PHONE, now),
    ]
    meeting.refresh_from_db()
    assert (meeting.state, meeting.published_at) == (MeetingState.PUBLISHED, now)


def test_the_invitation_says_when_where_what_is_offered_and_how_to_answer():
    marian = PersonFactory(known_as="Marian Okafor")
    meeting = planned(marian, break_time=dt.time(11), break_minutes=15)
    worker = staff_actor()
    item = agenda.add_item(
        by=worker, meeting=meeting, title="Which leaflet?", purpose=ItemPurpose.DECISION
    )
    agenda.add_paper(
        by=worker, item=item, title="The two leaflets", body="Two leaflets."
    )
    AccessNeedFactory(person=marian, detail="A room with no steps")

    publishing.publish_meeting(
        meeting=meeting, by=worker, offer_words={marian.pk: "We offer £27.50 an hour."}
    )

    body = Delivery.objects.get(notice__occasion="meeting.invitation").body
    for words in (
        "Tuesday 24 November 2026, 10am to 12pm",
        "Millbrook Library, Room 2, Mill Lane, Elmsby NS4 2QT",
        "01632 960 150, code 4471",
        "1. Which leaflet? (for decision)",
        "The two leaflets",
        "There is a break of 15 minutes at about 11am",
        "We offer £27.50 an hour.",
        "by Friday 20 November 2026",
        "by phone or by post",
    ):
        assert words in body
    assert "steps" not in body
    assert Invitation.objects.get().offer_words == "We offer £27.50 an hour."


def test_publishing_again_changes_nothing_and_one_new_person_gets_one_invitation():
    marian = PersonFactory(known_as="Marian Okafor")
    meeting, worker = planned(marian), staff_actor()
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})
    assert Delivery.objects.count() == 3

    newcomer = PersonFactory(known_as="Yusuf Rahman")
    MembershipFactory(group=meeting.group, person=newcomer)
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})

    assert [row[0] for row in sent_to("meeting.invitation")] == [
        "Marian Okafor",
        "Yusuf Rahman",
    ]
    assert Invitation.objects.count() == 2


def test_people_who_left_or_died_are_not_invited():
    left = PersonFactory(state=PersonState.LEFT)
    died = PersonFactory(state=PersonState.DECEASED)
    here = PersonFactory()
    meeting = planned(left, died, here)

    publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    assert Invitation.objects.get().person == here
    assert set(Delivery.objects.values_list("person_id", flat=True)) == {here.pk}


def test_a_group_without_people_cannot_be_invited():
    meeting = planned()

    with pytest.raises(RuleBroken, match="nobody to invite"):
        publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED


def test_needs_for_meetings_become_lines_with_an_owner_and_a_day():
    marian = PersonFactory()
    taxi = AccessNeedFactory(person=marian, detail="A taxi there and back", lead_days=5)
    AccessNeedFactory(person=marian, detail="Letters in 18 point", for_meetings=False)
    ended = AccessNeedFactory(person=marian, detail="An interpreter")
    ended.ended_at, ended.ended_by = timezone.now(), staff_actor().user
    ended.save()
    meeting = planned(marian)

    publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    line = AccessArrangement.objects.get()
    assert (line.need, line.wording, line.person) == (
        taxi,
        "A taxi there and back",
        marian,
    )
    assert (line.owner, line.due_date) == (meeting.planned_by, dt.date(2026, 11, 17))


def test_a_need_whose_day_has_gone_is_due_today():
    AccessNeedFactory(person=(marian := PersonFactory()), lead_days=20)
    meeting = planned(marian, date=dt.date(2026, 11, 10))

    publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    assert AccessArrangement.objects.get().due_date == dt.date(2026, 10, 29)


def test_a_meeting_that_has_begun_is_published_without_a_word():
    meeting = planned(PersonFactory(), date=dt.date(2026, 10, 1))

    publishing.publish_meeting(meeting=meeting, by=staff_actor(), offer_words={})

    assert Invitation.objects.count() == 1
    assert not Delivery.objects.exists()


def test_a_small_change_tells_nobody_and_keeps_answers():
    meeting, worker = planned(PersonFactory()), staff_actor()
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})
    Invitation.objects.update(reply=Reply.COMING)

    moving.move_meeting(
        by=worker,
        meeting=meeting,
        version=1,
        **DETAILS | {"venue_access": "Ground floor."},
    )

    assert not Delivery.objects.filter(notice__occasion="meeting.changed").exists()
    assert Invitation.objects.get().reply == Reply.COMING
    assert not Delivery.objects.filter(state=DeliveryState.WITHDRAWN).exists()


def test_somebody_invited_after_a_small_change_joins_the_same_count():
    meeting, worker = planned(PersonFactory(known_as="Ann")), staff_actor()
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})
    moving.move_meeting(
        by=worker,
        meeting=meeting,
        version=1,
        **DETAILS | {"venue_access": "Ground floor."},
    )
    MembershipFactory(group=meeting.group, person=PersonFactory(known_as="Bea"))

    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})

    invitations = Delivery.objects.filter(notice__occasion="meeting.invitation")
    assert set(invitations.values_list("notice__version", flat=True)) == {1}


def test_cancelling_says_why_to_everybody_and_calls_off_the_rest():
    marian = PersonFactory(known_as="Marian Okafor")
    meeting, worker = planned(marian), staff_actor()
    publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})

    publishing.cancel_meeting(
        by=worker, meeting=meeting, reason="The library is flooded."
    )

    assert states("meeting.invitation") == {"Marian Okafor": DeliveryState.WITHDRAWN}
    assert states("meeting.reminder") == {"Marian Okafor": DeliveryState.WITHDRAWN}
    told = Delivery.objects.get(notice__occasion="meeting.cancelled")
    assert "Why: The library is flooded." in told.body
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED


def test_cancelling_needs_a_reason_and_happens_once():
    meeting, worker = planned(PersonFactory()), staff_actor()

    with pytest.raises(RuleBroken, match="Say why"):
        publishing.cancel_meeting(by=worker, meeting=meeting, reason=" ")
    publishing.cancel_meeting(by=worker, meeting=meeting, reason="Too few can come.")
    with pytest.raises(ActionDenied, match="cancelled"):
        publishing.cancel_meeting(by=worker, meeting=meeting, reason="Again.")

    assert not Delivery.objects.exists()
    assert AuditEvent.objects.filter(verb="cancelled").count() == 1
