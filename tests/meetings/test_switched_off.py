"""A member who wants no word of meetings gets none, but is never left standing at a closed door."""

import pytest

from coprod.core.enums import Role
from groups.notices.models import Delivery
from groups.people.models import ContactPoint
from meetings.models import Invitation
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    SeatFactory,
    make_policy,
    member_with_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client_as, time_machine):
    """Marian serves in a group whose next meeting is planned; Priya runs it."""
    time_machine.move_to("2026-11-02T09:00:00+00:00", tick=False)
    marian, user = member_with_account(known_as="Marian Okafor")
    make_policy()
    seat = SeatFactory()
    MembershipFactory(group=seat.group, person=marian, seat=seat, state="serving")
    meeting = MeetingFactory(group=seat.group, state="planned")
    return client_as(Role.INVOLVEMENT), client_as(user), marian, meeting


def switch_off(member, marian):
    answer = member.post(
        "/me/reach/",
        {
            "version": marian.version,
            "channel": "email",
            "print_size": "14",
            "meetings_way": "no",
            "reminders_way": "no",
        },
    )
    assert answer.status_code == 302


def publish(priya, meeting):
    """Publish it; everybody says on the telephone that they come."""
    assert priya.post(f"/meetings/{meeting.reference}/publish/").status_code == 302
    Invitation.objects.update(reply="coming")


def rows(marian, occasion):
    found = Delivery.objects.filter(person=marian, notice__occasion=occasion)
    return set(found.values_list("state", "channel", "reason"))


def test_reminders_stay_away_but_the_cancellation_comes(story):
    priya, member, marian, meeting = story
    switch_off(member, marian)

    publish(priya, meeting)
    priya.post(f"/meetings/{meeting.reference}/cancel/", {"reason": "The hall floods"})

    not_wanted = ("withdrawn", "email", "They asked us not to send these.")
    called_off = ("withdrawn", "email", "The meeting is cancelled.")
    assert rows(marian, "meeting.invitation") <= {not_wanted, called_off}
    assert rows(marian, "meeting.reminder") <= {not_wanted, called_off}
    assert rows(marian, "meeting.reminder")
    assert rows(marian, "meeting.cancelled") == {("planned", "email", "")}


def test_where_nothing_reaches_her_the_cancellation_is_a_task_of_the_team(story):
    priya, member, marian, meeting = story
    switch_off(member, marian)
    publish(priya, meeting)
    point = ContactPoint.objects.get(person=marian)
    priya.post(f"/people/{marian.reference}/contacts/{point.pk}/stop/")

    priya.post(f"/meetings/{meeting.reference}/cancel/", {"reason": "The hall floods"})

    ((state, _, reason),) = rows(marian, "meeting.cancelled")
    assert (state, reason) == (
        "failed",
        "We have no e-mail, address or phone number that works for this person.",
    )
    assert "Marian Okafor" in priya.get("/outbox/").content.decode()


def test_with_only_a_telephone_left_the_cancellation_is_a_call(story):
    priya, member, marian, meeting = story
    switch_off(member, marian)
    publish(priya, meeting)
    point = ContactPoint.objects.get(person=marian)
    member.post("/me/contacts/add/", {"kind": "landline", "value": "01632 960447"})
    member.post(f"/me/contacts/{point.pk}/stop/", {"reason": "I never look"})

    priya.post(f"/meetings/{meeting.reference}/cancel/", {"reason": "The hall floods"})

    assert rows(marian, "meeting.cancelled") == {("planned", "phone", "")}
    assert "Marian Okafor" in priya.get("/outbox/").content.decode()
