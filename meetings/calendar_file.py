"""A meeting as a calendar file, with its time zone, so that phones and diaries show the right hour."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
)

from meetings.enums import MeetingMode, MeetingState
from meetings.models import Meeting


def calendar_file(meeting: Meeting) -> bytes:
    """Return the meeting as iCalendar. A newer version takes the place of the one before it.

    The same entry is called off when the meeting is: a diary knows it by its UID, and which word is
    the newer by its SEQUENCE.
    """
    event = _event(meeting)
    event.add("description", _how_to_join(meeting))
    event.add("url", f"{settings.SITE_URL}{meeting.get_absolute_url()}")
    is_off = meeting.state == MeetingState.CANCELLED
    return _calendar([event], method="CANCEL" if is_off else "PUBLISH").to_ical()


def feed_file(meetings: Iterable[Meeting]) -> bytes:
    """Return meetings for somebody's own diary: title, time and place, and nothing else.

    Whoever finds the address reads no name, no link to join and no need (trust.md S76).
    """
    calendar = _calendar([_event(meeting) for meeting in meetings], method="PUBLISH")
    calendar.add("x-wr-calname", settings.SERVICE_NAME)
    calendar.add("refresh-interval", dt.timedelta(hours=4), {"value": "DURATION"})
    return calendar.to_ical()


def _event(meeting: Meeting) -> Event:
    zone = ZoneInfo(meeting.zone)
    event = Event()
    event.add("uid", f"{meeting.reference}@{settings.SITE_URL.partition('://')[2]}")
    event.add("summary", meeting.title or meeting.group.name)
    event.add("dtstamp", meeting.published_at or meeting.planned_at)
    event.add(
        "dtstart", dt.datetime.combine(meeting.date, meeting.start_time, tzinfo=zone)
    )
    event.add("dtend", dt.datetime.combine(meeting.date, meeting.end_time, tzinfo=zone))
    event.add("sequence", meeting.version)
    event.add("location", _place(meeting))
    organizer = vCalAddress(f"mailto:{settings.HELP_EMAIL}")
    organizer.params["CN"] = settings.SERVICE_NAME
    event.add("organizer", organizer)
    is_off = meeting.state == MeetingState.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return event


def _calendar(events: Iterable[Event], *, method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SERVICE_NAME}//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(london())
    for event in events:
        calendar.add_component(event)
    return calendar


def london() -> Timezone:
    """Return the rules by which clocks in London change, without an end.

    They are written out here because a list of past changes ends some day, and a meeting after it
    would be shown an hour out. Each change is told by the clock before it (RFC 5545, 3.6.5).
    """
    winter, summer = dt.timedelta(0), dt.timedelta(hours=1)
    zone = Timezone()
    zone.add("tzid", "Europe/London")
    for half, name, start, month, before, after in (
        (TimezoneDaylight(), "BST", dt.datetime(1996, 3, 31, 1), 3, winter, summer),  # noqa: DTZ001 - a time on the wall
        (TimezoneStandard(), "GMT", dt.datetime(1996, 10, 27, 2), 10, summer, winter),  # noqa: DTZ001 - as above
    ):
        half.add("tzname", name)
        half.add("dtstart", start)
        half.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        half.add("tzoffsetfrom", before)
        half.add("tzoffsetto", after)
        zone.add_component(half)
    return zone


def _place(meeting: Meeting) -> str:
    if meeting.mode == MeetingMode.ONLINE:
        return "Online"
    return ", ".join(part for part in (meeting.venue, meeting.venue_address) if part)


def _how_to_join(meeting: Meeting) -> str:
    parts = []
    if meeting.join_link:
        parts.append(f"Join by video: {meeting.join_link}")
    if meeting.join_phone:
        parts.append(f"Or ring {meeting.join_phone}")
    return "\n".join(parts)
