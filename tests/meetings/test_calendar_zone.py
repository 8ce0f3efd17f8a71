"""A calendar file holds the change of the clocks that applies to its meeting (lessons.md, T02)."""

import datetime as dt
import io

import pytest
from dateutil import tz
from icalendar import Calendar

from meetings.calendar_file import calendar_file
from tests.factories import MeetingFactory
from tests.meetings import calendar_readers

pytestmark = pytest.mark.django_db


def zone_of(data):
    (zone,) = calendar_readers.read(data).parts("VTIMEZONE")
    return zone


@pytest.mark.parametrize(
    ("date", "changes", "starts_at"),
    [
        (
            dt.date(2026, 10, 14),
            [dt.datetime(2026, 3, 29, 1), dt.datetime(2026, 10, 25, 2)],
            dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC),
        ),
        (
            dt.date(2027, 10, 14),
            [dt.datetime(2027, 3, 28, 1), dt.datetime(2027, 10, 31, 2)],
            dt.datetime(2027, 10, 14, 9, tzinfo=dt.UTC),
        ),
        (
            dt.date(2027, 11, 2),
            [dt.datetime(2027, 3, 28, 1), dt.datetime(2027, 10, 31, 2)],
            dt.datetime(2027, 11, 2, 10, tzinfo=dt.UTC),
        ),
        (
            dt.date(2040, 6, 12),
            [dt.datetime(2040, 3, 25, 1), dt.datetime(2040, 10, 28, 2)],
            dt.datetime(2040, 6, 12, 9, tzinfo=dt.UTC),
        ),
    ],
    ids=["mid-October", "a year away", "after the change", "far away"],
)
def test_the_change_that_applies_is_in_the_file(date, changes, starts_at):
    data = calendar_file(MeetingFactory(date=date))

    zone = zone_of(data)
    assert zone.find("TZID")[1] == "Europe/London"
    assert calendar_readers.changes_in(zone, date.year) == changes
    assert calendar_readers.instants(data)[0] == starts_at


@pytest.mark.parametrize(
    ("date", "time", "starts_at"),
    [
        (dt.date(2027, 3, 28), dt.time(0, 59), dt.datetime(2027, 3, 28, 0, 59)),
        (dt.date(2027, 3, 28), dt.time(2), dt.datetime(2027, 3, 28, 1)),
        (dt.date(2027, 10, 31), dt.time(1, 30), dt.datetime(2027, 10, 31, 0, 30)),
        (dt.date(2027, 10, 31), dt.time(2), dt.datetime(2027, 10, 31, 2)),
    ],
)
def test_two_readers_agree_in_the_night_of_a_change(date, time, starts_at):
    meeting = MeetingFactory(date=date, start_time=time, end_time=dt.time(6))
    data = calendar_file(meeting)

    (event,) = Calendar.from_ical(data).walk("VEVENT")
    expected = starts_at.replace(tzinfo=dt.UTC)
    assert meeting.starts_at == expected
    assert event["DTSTART"].dt.astimezone(dt.UTC) == expected
    assert calendar_readers.instants(data)[0] == expected


def test_a_third_reader_takes_the_same_rules_from_the_file():
    data = calendar_file(MeetingFactory(date=dt.date(2039, 7, 5)))
    zone = tz.tzical(io.StringIO(data.decode())).get("Europe/London")

    noons = [dt.datetime(2039, month, 5, 12, tzinfo=zone) for month in range(1, 13)]

    assert [noon.astimezone(dt.UTC).hour for noon in noons] == [12] * 3 + [11] * 7 + [
        12
    ] * 2
