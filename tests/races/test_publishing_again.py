"""Two tabs and "send it after all" at once, of an invitation that was undone: each gets one."""

import pytest

from groups.notices import actions as notices
from groups.notices.actions import undoing
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice
from meetings import telling_queries
from meetings.actions import planning, publishing
from meetings.models import Meeting
from tests.factories import PersonFactory, staff_actor
from tests.meetings.published import published
from tests.races.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
INVITATION = "meeting.invitation"
ROUNDS = 4


@pytest.fixture(autouse=True)
def _before_the_meeting(time_machine):
    time_machine.move_to("2026-10-29T09:00:00Z", tick=False)


def undone():
    """Return a meeting whose invitation was undone, and the notice of it."""
    meeting = published(*(PersonFactory() for _ in range(12)))
    notice = Notice.objects.get(occasion=INVITATION, about=meeting.reference)
    notices.undo(by=staff_actor(), notice=notice)
    return meeting, notice


def publish(meeting):
    fresh = Meeting.objects.select_related("group").get(pk=meeting.pk)
    return lambda: publishing.publish_meeting(
        meeting=fresh, by=staff_actor(), offer_words={}
    )


def waiting(meeting):
    rows = Delivery.objects.filter(
        notice__occasion=INVITATION,
        notice__about=meeting.reference,
        state=DeliveryState.PLANNED,
    )
    return sorted(rows.values_list("person_id", flat=True))


def invited(meeting):
    return sorted(meeting.invitations.values_list("person_id", flat=True))


def test_two_tabs_and_sending_it_after_all_give_each_person_one():
    for _ in range(ROUNDS):
        meeting, notice = undone()

        at_once(
            [
                publish(meeting),
                publish(meeting),
                lambda notice=notice: undoing.send_after_all(
                    by=staff_actor(), notice=notice
                ),
            ]
        )

        assert waiting(meeting) == invited(meeting)


def test_control_without_the_turns_and_the_version_a_second_tab_invites_twice(
    monkeypatch,
):
    """Both tabs looked before either wrote, and neither waits for the other."""
    meeting, _ = undone()
    seen = list(telling_queries.not_told(meeting))
    monkeypatch.setattr(telling_queries, "not_told", lambda _: seen)
    monkeypatch.setattr(notices, "withdraw", lambda **_: 0)
    versions = iter((2, 3))
    monkeypatch.setattr(
        planning, "next_version", lambda each: setattr(each, "version", next(versions))
    )

    for act in (publish(meeting), publish(meeting)):
        act()

    assert waiting(meeting) == sorted(invited(meeting) * 2)
