import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.people.enums import NeedCategory
from meetings.actions import access
from meetings.enums import ArrangementState, MeetingState
from meetings.models import AccessArrangement
from tests.factories import (
    AccessNeedFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    OfficeFactory,
    UserFactory,
    actor_for_person,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db


def line_for(meeting, **need):
    made = AccessNeedFactory(**need)
    person = made.passport.person
    InvitationFactory(meeting=meeting, person=person)
    return AccessArrangement.objects.create(
        meeting=meeting,
        person=person,
        need=made,
        wording=made.detail,
        owner=UserFactory(name="Tom Ashworth"),
        due_date=dt.date(2026, 12, 1),
    )


def share(line):
    passport = line.need.passport
    passport.agreed_to_share_at, passport.agreed_to_share_by = timezone.now(), "Herself"
    passport.save()


def test_settling_says_who_did_it_and_what_the_member_will_read():
    line, worker = line_for(MeetingFactory()), staff_actor()

    access.settle(
        by=worker,
        arrangement=line,
        to=ArrangementState.ARRANGED,
        note="Taxi at 9.15am.",
    )

    line.refresh_from_db()
    assert (line.state, line.note) == (ArrangementState.ARRANGED, "Taxi at 9.15am.")
    assert line.settled_by == worker.user


def test_opening_a_line_again_takes_the_settling_away():
    line, worker = line_for(MeetingFactory()), staff_actor()
    access.settle(by=worker, arrangement=line, to=ArrangementState.ARRANGED)

    access.settle(by=worker, arrangement=line, to=ArrangementState.TO_DO)

    line.refresh_from_db()
    assert (line.state, line.settled_at, line.settled_by) == (
        ArrangementState.TO_DO,
        None,
        None,
    )


def test_not_possible_needs_a_reason():
    line = line_for(MeetingFactory())

    with pytest.raises(RuleBroken) as refusal:
        access.settle(
            by=staff_actor(), arrangement=line, to=ArrangementState.NOT_POSSIBLE
        )

    assert refusal.value.field == "note"


def test_of_two_who_settle_at_once_the_second_is_told():
    line = line_for(MeetingFactory())
    same = AccessArrangement.objects.get(pk=line.pk)
    access.settle(by=staff_actor(), arrangement=line, to=ArrangementState.ARRANGED)

    with pytest.raises(InvalidTransition):
        access.settle(
            by=staff_actor(),
            arrangement=same,
            to=ArrangementState.NOT_POSSIBLE,
            note="No taxis.",
        )


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.AUDITOR])
def test_only_the_team_settles_access(role):
    line = line_for(MeetingFactory())

    with pytest.raises(ActionDenied):
        access.settle(
            by=staff_actor(role), arrangement=line, to=ArrangementState.ARRANGED
        )


def test_nothing_is_settled_for_a_cancelled_meeting():
    line = line_for(MeetingFactory(state=MeetingState.CANCELLED))

    with pytest.raises(ActionDenied, match="cancelled"):
        access.settle(by=staff_actor(), arrangement=line, to=ArrangementState.ARRANGED)


def test_a_member_reads_her_own_lines_and_nobody_elses():
    meeting = MeetingFactory()
    hers, other = line_for(meeting), line_for(meeting)
    MembershipFactory(group=meeting.group, person=hers.person)
    share(other)

    seen = AccessArrangement.objects.visible_to(actor_for_person(hers.person))

    assert list(seen) == [hers]


def test_a_chair_reads_what_the_day_needs_of_people_who_agreed(client_as):
    meeting = MeetingFactory()
    bernadette, account = member_with_account(known_as="Bernadette Quinn")
    MembershipFactory(group=meeting.group, person=bernadette)
    OfficeFactory(group=meeting.group, person=bernadette)
    steps = line_for(meeting, detail="A room with no steps")
    share(steps)
    reading = line_for(
        meeting, detail="Letters in 24 point", category=NeedCategory.FORMAT
    )
    share(reading)
    line_for(meeting, detail="An interpreter beside me")

    page = client_as(account).get(
        reverse("meetings:access-list", args=[meeting.reference])
    )

    words = page.content.decode()
    assert "A room with no steps" in words
    assert steps.person.known_as in words
    assert "Letters in 24 point" not in words
    assert "An interpreter beside me" not in words
    assert "@example.org" not in words


def test_a_member_who_does_not_chair_finds_no_checklist(client_as):
    meeting = MeetingFactory()
    marian, account = member_with_account()
    MembershipFactory(group=meeting.group, person=marian)
    share(line_for(meeting))

    page = client_as(account).get(
        reverse("meetings:access-list", args=[meeting.reference])
    )

    assert page.status_code == 404


def test_the_team_settles_a_line_and_takes_one_over_on_the_page(client_as):
    line = line_for(MeetingFactory(), detail="A taxi there and back")
    ref = line.meeting.reference
    priya = UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT])
    client = client_as(priya)
    assert (
        "Tom Ashworth"
        in client.get(reverse("meetings:access-list", args=[ref])).content.decode()
    )

    client.post(reverse("meetings:access-take", args=[ref, line.pk]))
    empty = client.post(
        reverse("meetings:access-settle", args=[ref, line.pk]),
        {"to": ArrangementState.NOT_POSSIBLE, "note": ""},
    )
    client.post(
        reverse("meetings:access-settle", args=[ref, line.pk]),
        {"to": ArrangementState.ARRANGED, "note": "Taxi at 9.15am."},
    )

    line.refresh_from_db()
    assert "Say why, and what we will do instead." in empty.content.decode()
    assert (line.owner, line.settled_by, line.note) == (priya, priya, "Taxi at 9.15am.")


def test_reading_the_checklist_is_written_down_without_what_it_says(client_as):
    line = line_for(MeetingFactory(), detail="A taxi there and back")
    url = reverse("meetings:access-list", args=[line.meeting.reference])

    client_as(Role.INVOLVEMENT).get(url)

    event = AuditEvent.objects.get()
    assert (event.verb, event.object_ref) == (
        "read access needs",
        line.meeting.reference,
    )
    assert event.changes == {"people": [line.person.reference]}
