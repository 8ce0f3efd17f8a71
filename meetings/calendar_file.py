"""A meeting as a calendar file, with its time zone, so that phones and diaries show the right hour."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event

from meetings.enums import MeetingMode, MeetingState
from meetings.models import Meeting


def calendar_file(meeting: Meeting) -> bytes:
    """Return the meeting as iCalendar. A newer version takes the place of the one before it."""
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
    event.add("description", _how_to_join(meeting))
    event.add("url", f"{settings.SITE_URL}{meeting.get_absolute_url()}")
    is_off = meeting.state == MeetingState.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SERVICE_NAME}//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


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
