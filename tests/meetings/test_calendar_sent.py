import datetime as dt

import pytest
import time_machine
from icalendar import Calendar

from groups.notices import texts
from groups.notices.models import Delivery
from meetings.actions import papers, publishing
from meetings.calendar_file import calendar_file
from tests.factories import (
    AgendaItemFactory,
    MeetingFactory,
    PaperFactory,
    PersonFactory,
    staff_actor,
)
from tests.meetings import calendar_readers
from tests.meetings.published import NOW, move, published, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def sent(occasion):
    calendar = Calendar.from_ical(told(occasion)[-1].calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_invitation_change_and_cancellation_reach_one_entry_each_newer_than_the_last():
    meeting = published(PersonFactory())
    moved = move(meeting, date=dt.date(2026, 12, 1))
    publishing.cancel_meeting(by=staff_actor(), meeting=moved, reason="Flooded.")

    found = [sent(f"meeting.{word}") for word in ("invitation", "changed", "cancelled")]

    assert [str(calendar["METHOD"]) for calendar, _ in found] == [
        "PUBLISH",
        "PUBLISH",
        "CANCEL",
    ]
    assert len({str(event["UID"]) for _, event in found}) == 1
    assert [str(event["STATUS"]) for _, event in found] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    numbers = [int(event["SEQUENCE"]) for _, event in found]
    assert numbers[0] < numbers[1]
    assert numbers == sorted(numbers)
    assert [event["DTSTART"].dt.date() for _, event in found] == [
        dt.date(2026, 11, 24),
        dt.date(2026, 12, 1),
        dt.date(2026, 12, 1),
    ]
    for calendar, event in found:
        assert "ATTENDEE" not in event
        assert "mailto:" in str(event["ORGANIZER"])
        assert calendar.walk("VTIMEZONE")


def test_two_readers_agree_on_the_file_that_is_sent():
    published(PersonFactory())
    data = told("meeting.invitation")[0].calendar.encode()

    expected = (
        dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC),
    )
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    by_library = tuple(
        event[name].dt.astimezone(dt.UTC) for name in ("DTSTART", "DTEND")
    )
    assert calendar_readers.instants(data) == by_library == expected


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_no_title_or_place_adds_a_line_of_its_own(breaks):
    planted = f"Hall{breaks}ATTENDEE:mailto:x@example.org{breaks}END:VEVENT"
    meeting = MeetingFactory(
        title=planted[:120], venue=planted, venue_address=planted, join_phone=planted
    )
    meeting.group.name = planted

    data = calendar_file(meeting)

    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert "ATTENDEE" not in event
    (part,) = calendar_readers.read(data).parts("VEVENT")
    assert "ATTENDEE" not in [name for name, _, _ in part.lines]
    assert b"\r\nATTENDEE" not in data


def test_each_text_is_short_and_gives_away_nothing_and_names_no_group():
    meeting = published(PersonFactory())
    meeting.group.name = "Dementia and cancer care board"
    PaperFactory(item=AgendaItemFactory(meeting=meeting, position=1))
    papers.issue_papers(by=staff_actor(), meeting=meeting)
    moved = move(meeting, date=dt.date(2026, 12, 1))
    publishing.cancel_meeting(by=staff_actor(), meeting=moved, reason="Ill chair.")

    rows = list(Delivery.objects.select_related("notice"))

    assert {row.notice.occasion.partition(".")[2] for row in rows} == {
        "invitation",
        "reminder",
        "papers",
        "changed",
        "cancelled",
    }
    for row in rows:
        assert row.text_body, row.notice.occasion
        assert texts.whole(row) == row.text_body, row.notice.occasion
        assert "board" not in row.text_body
        assert "Ill chair" not in row.text_body
        assert len(row.text_body) < 200
