"""A published meeting of people of a group, four weeks ahead, for tests of what is told about it."""

import datetime as dt
from typing import Any

from groups.notices.models import Delivery
from groups.people.models import Person
from meetings.actions import moving, planning, publishing
from meetings.enums import MeetingMode
from meetings.models import Meeting
from tests.factories import GroupFactory, MembershipFactory, staff_actor

NOW = dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC)
DETAILS: dict[str, Any] = {
    "date": dt.date(2026, 11, 24),
    "start_time": dt.time(10),
    "end_time": dt.time(12),
    "mode": MeetingMode.HYBRID,
    "venue": "Millbrook Library, Room 2",
    "venue_address": "Mill Lane, Elmsby NS4 2QT",
    "join_phone": "01632 960 150, code 4471",
}


def published(*people: Person, **details: Any) -> Meeting:
    group = GroupFactory(name="Technology at Home group")
    for person in people:
        MembershipFactory(group=group, person=person)
    worker = staff_actor()
    meeting = planning.plan_meeting(by=worker, group=group, **DETAILS | details)
    return publishing.publish_meeting(meeting=meeting, by=worker, offer_words={})


def move(meeting: Meeting, **details: Any) -> Meeting:
    fresh = Meeting.objects.select_related("group").get(pk=meeting.pk)
    return moving.move_meeting(
        by=staff_actor(), meeting=fresh, version=fresh.version, **DETAILS | details
    )


def told(occasion: str) -> list[Delivery]:
    """Return every message of one occasion, in the order they fall due."""
    rows = Delivery.objects.filter(notice__occasion=occasion)
    return list(
        rows.select_related("notice", "person").order_by(
            "notice__version", "due_at", "person__known_as"
        )
    )
