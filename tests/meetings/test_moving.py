import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from coprod.core.models import AuditEvent
from groups.notices.actions import send_due
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import PersonState, Purpose
from groups.people.models import ChannelPreference
from meetings.actions import publishing, replies
from meetings.enums import ArrangementState, Reply
from meetings.models import AccessArrangement, Invitation
from tests.factories import (
    AccessNeedFactory,
    MembershipFactory,
    PersonFactory,
    staff_actor,
)
from tests.meetings.published import NOW, move, published, told

pytestmark = pytest.mark.django_db
FIRST = "Tuesday 24 November 2026"
LATER, LATEST = dt.date(2026, 12, 1), dt.date(2026, 12, 8)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _post(settings):
    settings.EMAIL_THROUGH = "file"


def sweep(moment):
    with time_machine.travel(moment, tick=False):
        send_due(now=moment)


def going(meeting):
    for invitation in Invitation.objects.filter(meeting=meeting):
        replies.record_reply(
            by=staff_actor(),
            invitation=invitation,
            reply=Reply.COMING,
            join_mode="room",
            route="phone",
        )


def standing(occasion):
    return [
        (row.notice.version, row.state)
        for row in told(occasion)
        if row.state != DeliveryState.WITHDRAWN
    ]


def test_moving_calls_off_what_was_planned_tells_everybody_and_asks_again():
    marian = PersonFactory(known_as="Marian Okafor")
    AccessNeedFactory(person=marian)
    meeting, worker = published(marian), staff_actor()
    AccessArrangement.objects.update(
        state=ArrangementState.ARRANGED,
        settled_at=timezone.now(),
        settled_by=worker.user,
    )
    replies.record_reply(
        by=worker,
        invitation=Invitation.objects.get(),
        reply=Reply.COMING,
        route="phone",
    )

    move(meeting, date=dt.date(2026, 12, 1))

    assert [row.state for row in told("meeting.invitation")] == ["withdrawn"]
    assert [row.state for row in told("meeting.changed")] == ["planned"]
    reminders = told("meeting.reminder")
    assert [(row.state, row.notice.version) for row in reminders] == [
        (DeliveryState.WITHDRAWN, 1),
        (DeliveryState.WITHDRAWN, 1),
        (DeliveryState.PLANNED, 2),
        (DeliveryState.PLANNED, 2),
    ]
    assert reminders[-1].due_at == dt.datetime(2026, 11, 29, 10, tzinfo=dt.UTC)
    changed = Delivery.objects.get(notice__occasion="meeting.changed").body
    assert "It was going to be: Tuesday 24 November 2026" in changed
    assert "When: Tuesday 1 December 2026" in changed
    assert Invitation.objects.get().reply == Reply.NONE
    line = AccessArrangement.objects.get()
    assert (line.state, line.due_date) == (
        ArrangementState.TO_DO,
        dt.date(2026, 11, 24),
    )
    asked = AuditEvent.objects.get(verb="asked again")
    assert asked.changes == {marian.reference: ["coming", "none"]}


def test_word_of_a_change_waits_for_others_that_may_follow_it():
    meeting = published(PersonFactory())
    sweep(NOW)

    move(meeting, date=LATER)

    row = told("meeting.changed")[0]
    assert row.held_until == row.due_at == NOW + dt.timedelta(minutes=30)
    sweep(NOW + dt.timedelta(minutes=29))
    assert told("meeting.changed")[0].state == DeliveryState.PLANNED
    sweep(NOW + dt.timedelta(minutes=31))
    assert told("meeting.changed")[0].state == DeliveryState.HANDED_OVER


def test_two_edits_within_the_window_are_one_message_that_tells_what_it_was_before_both():
    meeting = published(PersonFactory())
    sweep(NOW)

    move(meeting, date=LATER)
    with time_machine.travel(NOW + dt.timedelta(minutes=20), tick=False):
        move(meeting, date=LATEST, venue="Elmsby Hall")
    sweep(NOW + dt.timedelta(hours=2))

    sent = [row for row in told("meeting.changed") if row.is_sent]
    assert [row.notice.version for row in sent] == [3]
    assert f"It was going to be: {FIRST}" in sent[0].body
    assert "When: Tuesday 8 December 2026" in sent[0].body
    assert "1 December" not in sent[0].body


def test_an_edit_after_the_word_has_gone_tells_what_that_word_said():
    meeting = published(PersonFactory())
    move(meeting, date=LATER)
    sweep(NOW + dt.timedelta(hours=1))

    with time_machine.travel(NOW + dt.timedelta(hours=2), tick=False):
        move(meeting, date=LATEST)

    assert (
        "It was going to be: Tuesday 1 December 2026" in told("meeting.changed")[1].body
    )


def test_an_edit_back_to_what_people_know_sends_nothing_and_keeps_their_answers():
    meeting = published(PersonFactory())
    AccessNeedFactory(person=PersonFactory())
    sweep(NOW)
    going(meeting)
    before = standing("meeting.reminder")

    move(meeting, date=LATER)
    assert Invitation.objects.get().reply == Reply.NONE
    move(meeting)

    assert standing("meeting.changed") == []
    assert standing("meeting.reminder") == before
    kept = Invitation.objects.get()
    assert (kept.reply, kept.join_mode, kept.reply_route) == ("coming", "room", "phone")
    assert kept.replied_at == NOW


def test_an_edit_back_takes_up_the_invitation_that_had_not_gone():
    meeting = published(PersonFactory(channel="letter"))

    move(meeting, date=LATER)
    assert standing("meeting.invitation") == []
    move(meeting)

    assert standing("meeting.invitation") == [(1, DeliveryState.PLANNED)]


def test_an_edit_back_leaves_what_was_arranged_as_it_was():
    marian = PersonFactory()
    AccessNeedFactory(person=marian)
    meeting, worker = published(marian), staff_actor()
    AccessArrangement.objects.update(
        state=ArrangementState.ARRANGED, settled_at=NOW, settled_by=worker.user
    )

    move(meeting, date=LATER)
    move(meeting)

    line = AccessArrangement.objects.get()
    assert (line.state, line.settled_by, line.settled_at) == (
        ArrangementState.ARRANGED,
        worker.user,
        NOW,
    )


def test_an_answer_given_between_two_edits_stays_when_the_change_is_taken_back():
    meeting = published(PersonFactory())
    going(meeting)
    move(meeting, date=LATER)
    replies.record_reply(
        by=staff_actor(), invitation=Invitation.objects.get(), reply=Reply.NOT_COMING
    )

    move(meeting)

    assert Invitation.objects.get().reply == Reply.NOT_COMING


def test_a_meeting_within_two_days_is_told_at_once():
    meeting = published(PersonFactory())
    with time_machine.travel(dt.datetime(2026, 11, 22, 11, tzinfo=dt.UTC), tick=False):
        move(meeting, date=LATER)

        assert told("meeting.changed")[0].due_at == timezone.now()
        assert told("meeting.changed")[0].held_until is None


def test_a_meeting_moved_into_the_past_tells_nobody_anything():
    meeting = published(PersonFactory())
    sweep(NOW)

    move(meeting, date=dt.date(2026, 10, 1))

    assert Delivery.objects.filter(state=DeliveryState.PLANNED).count() == 0
    assert told("meeting.changed") == []


def test_who_said_yes_hears_of_the_change_though_she_wants_no_such_messages():
    marian, owen = PersonFactory(known_as="Marian"), PersonFactory(known_as="Owen")
    meeting = published(marian, owen)
    replies.record_reply(
        by=staff_actor(),
        invitation=Invitation.objects.get(person=marian),
        reply=Reply.COMING,
    )
    for person in (marian, owen):
        ChannelPreference.objects.create(
            person=person, purpose=Purpose.MEETINGS, channel="", is_wanted=False
        )

    move(meeting, date=LATER)

    assert [row.person for row in told("meeting.changed")] == [marian]


def test_who_takes_a_break_and_had_not_answered_is_left_in_peace():
    resting = PersonFactory(state=PersonState.PAUSED)
    meeting = published(resting, PersonFactory(known_as="Owen"))

    move(meeting, date=LATER)

    assert [row.person.known_as for row in told("meeting.changed")] == ["Owen"]


def test_a_cancellation_names_the_day_that_people_know():
    meeting = published(PersonFactory())
    sweep(NOW)
    moved = move(meeting, date=LATER)

    publishing.cancel_meeting(by=staff_actor(), meeting=moved, reason="Flooded.")

    assert standing("meeting.changed") == []
    told_off = told("meeting.cancelled")[0]
    assert f"meeting on {FIRST}, 10am to 12pm is cancelled" in told_off.body
    assert told_off.subject == f"Cancelled: meeting on {FIRST}"


def test_somebody_invited_after_a_change_was_taken_back_joins_the_first_count():
    meeting = published(PersonFactory(known_as="Ann"))
    sweep(NOW)
    move(meeting, date=LATER)
    moved = move(meeting)
    MembershipFactory(group=meeting.group, person=PersonFactory(known_as="Bea"))

    publishing.publish_meeting(meeting=moved, by=staff_actor(), offer_words={})

    rows = told("meeting.invitation")
    assert [(row.person.known_as, row.notice.version) for row in rows] == [
        ("Ann", 1),
        ("Bea", 1),
    ]
