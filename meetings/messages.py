"""What we write to people about a meeting: plain paragraphs, the same in every channel.

No message says what anybody needs, and no subject names a person (trust.md, messages).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.urls import reverse

from coprod.core import dates
from groups.notices.messages import Message
from groups.notices.texts import text_message
from groups.people.models import Person
from meetings.calendar_file import calendar_file
from meetings.enums import MeetingMode, Reply
from meetings.models import AgendaItem, Invitation, Meeting

REPLY_WAYS = "You can answer on our website, by phone or by post."
_SAID = {
    Reply.NONE: (
        "Please tell us if you are coming. If you have just told us, you need do nothing. "
        f"{REPLY_WAYS}"
    ),
    Reply.COMING: (
        "You told us you are coming, so you need do nothing. "
        "Tell us if you cannot come after all."
    ),
    Reply.NOT_SURE: (
        "You told us you were not sure yet. Please tell us if you are coming. "
        f"{REPLY_WAYS}"
    ),
    Reply.NOT_COMING: "You told us you are not coming, so you need do nothing.",
}


def invitation(
    row: Invitation, items: Sequence[AgendaItem], papers: Sequence[str]
) -> Message:
    """Return the invitation of one person: when, where, how to reply, what is offered, papers."""
    meeting = row.meeting
    parts = [
        f"You are invited to the next {meeting.group.name} meeting.",
        *_when_and_where(meeting),
        *_agenda(items),
        *_papers(papers),
        *([f"For your time: {row.offer_words}"] if row.offer_words else []),
        "We will arrange what you have told us you need. "
        "Tell us if anything has changed. You can bring somebody to support you.",
        _please_reply(meeting),
    ]
    return _message(
        row.person,
        meeting,
        _subject(meeting, "Meeting"),
        parts,
        text=_text(meeting, "you are invited to a meeting {when}"),
    )


def reminder(row: Invitation, due_at: dt.datetime) -> Message:
    """Return the reminder of one person, due at this instant. Only who has not said is asked to."""
    meeting = row.meeting
    parts = [
        f"The {meeting.group.name} meeting is soon.",
        *_when_and_where(meeting),
        _SAID[Reply(row.reply)],
    ]
    subject = _subject(meeting, "Reminder: meeting")
    return _message(
        row.person,
        meeting,
        subject,
        parts,
        due_at,
        text=_text(meeting, "a reminder of the meeting {when}"),
        is_going=row.reply == Reply.COMING,
    )


def changed(row: Invitation, before: str, *, is_going: bool = False) -> Message:
    """Return word that a meeting has moved. It tells everything again, whatever came first.

    `is_going`: she had said yes before it moved.
    """
    meeting = row.meeting
    parts = [
        f"The {meeting.group.name} meeting has changed.",
        f"It was going to be: {before}",
        "This is how it is now.",
        *_when_and_where(meeting),
        *([f"For your time: {row.offer_words}"] if row.offer_words else []),
        f"Please tell us again if you are coming. {_please_reply(meeting)}",
    ]
    return _message(
        row.person,
        meeting,
        _subject(meeting, "Changed: meeting"),
        parts,
        text=_text(meeting, "a meeting has changed. It is now {when}"),
        is_going=is_going,
    )


def cancelled(row: Invitation, reason: str, known: str = "") -> Message:
    """Return word that a meeting will not happen, and why.

    `known` says when people think that it is, where they have not heard of a later change.
    """
    meeting = row.meeting
    known = known or when(meeting)
    day = known.partition(",")[0]
    parts = [
        f"The {meeting.group.name} meeting on {known} is cancelled.",
        f"Why: {reason}",
        "You need do nothing. We are sorry for the change.",
    ]
    return _message(
        row.person,
        meeting,
        f"Cancelled: meeting on {day}",
        parts,
        text=text_message(
            f"the meeting on {day} is cancelled", meeting.get_absolute_url()
        ),
        is_going=row.reply == Reply.COMING,
    )


def when(meeting: Meeting) -> str:
    """Return 'Tuesday 3 November 2026, 10am to 12pm'."""
    start, end = dates.clock(meeting.start_time), dates.clock(meeting.end_time)
    return f"{dates.long_date(meeting.date)}, {start} to {end}"


def in_one_line(meeting: Meeting) -> str:
    """Return when and where in one line, for telling what a meeting was before it moved."""
    place = meeting.venue if meeting.mode != MeetingMode.ONLINE else "online"
    return f"{when(meeting)}, {place}."


def _when_and_where(meeting: Meeting) -> list[str]:
    doors = (
        f" Doors open at {dates.clock(meeting.doors_time)}."
        if meeting.doors_time
        else ""
    )
    parts = [f"When: {when(meeting)}.{doors}"]
    if meeting.mode != MeetingMode.ONLINE:
        place = ", ".join(
            part for part in (meeting.venue, meeting.venue_address) if part
        )
        access = f" {meeting.venue_access}" if meeting.venue_access else ""
        parts.append(f"In the room: {place}.{access}")
    if meeting.mode != MeetingMode.ROOM:
        ways = []
        if meeting.join_link:
            ways.append(f"Join by video: {meeting.join_link}")
        if meeting.join_phone:
            ways.append(f"Or ring {meeting.join_phone}.")
        start = "From home" if meeting.mode == MeetingMode.ONLINE else "Or from home"
        parts.append(f"{start}: {' '.join(ways)}")
    if meeting.break_time:
        length = dates.duration(meeting.break_minutes)
        parts.append(
            f"There is a break of {length} at about {dates.clock(meeting.break_time)}."
        )
    return parts


def _agenda(items: Sequence[AgendaItem]) -> list[str]:
    if not items:
        return []
    lines = [
        f"{item.position}. {item.title} ({item.get_purpose_display().lower()})"
        for item in items
    ]
    return ["What we will talk about:", "\n".join(lines)]


def _papers(papers: Sequence[str]) -> list[str]:
    if not papers:
        return []
    return [
        f"To read before: {'; '.join(papers)}. "
        "The papers are on our website. If you get letters from us, we post them to you."
    ]


def _please_reply(meeting: Meeting) -> str:
    by = f" by {dates.long_date(meeting.reply_by)}" if meeting.reply_by else ""
    return f"Please tell us if you are coming{by}. {REPLY_WAYS}"


def _subject(meeting: Meeting, start: str) -> str:
    return f"{start} on {dates.long_date(meeting.date)}"


def _message(
    person: Person,
    meeting: Meeting,
    subject: str,
    parts: Sequence[str],
    due_at: dt.datetime | None = None,
    *,
    text: str = "",
    is_going: bool = False,
) -> Message:
    return Message(
        person=person,
        subject=subject,
        body="\n\n".join(parts),
        link_path=reverse("meetings:meeting-detail", args=[meeting.reference]),
        due_at=due_at,
        text=text,
        is_going=is_going,
    )


def _text(meeting: Meeting, words: str) -> str:
    """Return a text message: what it is about and when, and never which group or why."""
    at = dates.clock(meeting.start_time)
    said = words.format(when=f"on {dates.long_date(meeting.date)} at {at}")
    return text_message(said, meeting.get_absolute_url())


def with_calendar(told: Iterable[Message], meeting: Meeting) -> list[Message]:
    """Add the meeting as a calendar file to each message that tells of it."""
    calendar = calendar_file(meeting).decode()
    return [replace(each, calendar=calendar) for each in told]
