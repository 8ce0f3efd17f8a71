"""A series of twelve meetings, every month on the third Wednesday, and how to read it."""

import datetime as dt

from meetings.actions import series
from meetings.enums import HolidayRule, MeetingMode
from tests.factories import GroupFactory, staff_actor

FIRST = dt.date(2026, 11, 18)
DETAILS = {
    "date": FIRST,
    "start_time": dt.time(10),
    "end_time": dt.time(12),
    "mode": MeetingMode.ROOM,
    "venue": "Millbrook Library, Room 2",
    "break_time": dt.time(11),
    "break_minutes": 15,
    "doors_time": dt.time(9, 45),
}
WHICH = {
    "rule": "FREQ=MONTHLY;BYDAY=3WE",
    "on_holidays": HolidayRule.SKIP,
    "count": 12,
}


def planned(**changes):
    return series.plan_series(
        by=staff_actor(), group=GroupFactory(), **WHICH | DETAILS | changes
    )


def times(rows):
    return [(row.date, row.start_time, row.end_time) for row in rows.order_by("date")]
