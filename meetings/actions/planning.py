"""Preparing a meeting: when, where and how, the agenda and its papers."""

import datetime as dt
from typing import NotRequired, TypedDict, Unpack

from django.db import transaction

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.governance.models import Group
from meetings import permissions
from meetings.enums import MeetingMode
from meetings.models import Meeting

# Two working days to book what is needed after the last answer (practice.md, defaults).
REPLY_LEAD_WORKING_DAYS = 2


class Details(TypedDict):
    """What people need to know about a meeting. Times are as a clock on the wall shows them."""

    date: dt.date
    start_time: dt.time
    end_time: dt.time
    mode: str
    title: NotRequired[str]
    venue: NotRequired[str]
    venue_address: NotRequired[str]
    venue_access: NotRequired[str]
    join_link: NotRequired[str]
    join_phone: NotRequired[str]
    break_time: NotRequired[dt.time | None]
    break_minutes: NotRequired[int]
    doors_time: NotRequired[dt.time | None]
    reply_by: NotRequired[dt.date | None]


def instants(details: Details) -> tuple[dt.datetime, dt.datetime]:
    """Return when the meeting starts and ends, as instants.

    Raises RuleBroken, at the field it belongs to, for an hour the clocks skip, an end that is
    not after the start, and a break, doors or reply day that do not fit around it.
    """
    date, start, end = details["date"], details["start_time"], details["end_time"]
    starts_at = _instant(date, start, "start_time")
    ends_at = _instant(date, end, "end_time")
    if ends_at <= starts_at:
        raise RuleBroken("The meeting must end after it starts.", field="end_time")
    _check_break(details)
    doors, reply_by = details.get("doors_time"), details.get("reply_by")
    if doors and doors > start:
        raise RuleBroken("The doors must open before the start.", field="doors_time")
    if reply_by and reply_by > date:
        raise RuleBroken(
            "Ask for answers before the day of the meeting.", field="reply_by"
        )
    return starts_at, ends_at


def _instant(date: dt.date, time: dt.time, field: str) -> dt.datetime:
    try:
        return dates.wall_to_instant(date, time)
    except dates.NoSuchTime as problem:
        raise RuleBroken(f"{problem} Choose another time.", field=field) from problem


def _check_break(details: Details) -> None:
    at, minutes = details.get("break_time"), details.get("break_minutes", 0)
    if at is None and not minutes:
        return
    if at is None:
        raise RuleBroken("Say when the break starts.", field="break_time")
    if not minutes:
        raise RuleBroken("Say how long the break is.", field="break_minutes")
    begins = dt.datetime.combine(details["date"], at)
    ends = begins + dt.timedelta(minutes=minutes)
    inside = details["start_time"] < at and ends < dt.datetime.combine(
        details["date"], details["end_time"]
    )
    if not inside:
        raise RuleBroken("The break must be during the meeting.", field="break_time")


def check_place(details: Details) -> None:
    """Raise RuleBroken when people would not know where to go or how to join."""
    mode = details["mode"]
    if mode != MeetingMode.ONLINE and not details.get("venue"):
        raise RuleBroken(
            "Say which room and building the meeting is in.", field="venue"
        )
    joins = details.get("join_link") or details.get("join_phone")
    if mode != MeetingMode.ROOM and not joins:
        raise RuleBroken("Give a video link, or a number to ring.", field="join_link")


def plan_meeting(*, by: Actor, group: Group, **details: Unpack[Details]) -> Meeting:
    """Prepare a meeting of a group. Nobody is told until it is published.

    Answers are asked for two working days before, unless `reply_by` says otherwise. A past date
    is taken, so that a meeting held before the product came can be kept. Raises ActionDenied, and
    RuleBroken with the field when the times or the place do not work.
    """
    permissions.check_can_plan_meeting(by, group)
    starts_at, ends_at = instants(details)
    check_place(details)
    if details.get("reply_by") is None:
        details["reply_by"] = dates.add_working_days(
            details["date"], -REPLY_LEAD_WORKING_DAYS
        )
    with transaction.atomic():
        meeting = Meeting.objects.create(
            group=group,
            starts_at=starts_at,
            ends_at=ends_at,
            planned_by=by.user,
            **details,
        )
        audit.record(by=by, verb="planned", on=meeting)
    return meeting


def change_meeting(
    *, by: Actor, meeting: Meeting, version: int, **details: Unpack[Details]
) -> Meeting:
    """Change a meeting that nobody has been told about, or what need not be told.

    `version` is the one the person started from; when somebody saved first nothing is written.
    Raises ActionDenied, and RuleBroken.
    """
    permissions.check_can_change_meeting(by, meeting)
    starts_at, ends_at = instants(details)
    check_place(details)
    with transaction.atomic():
        write_details(meeting, version, details, starts_at, ends_at)
        audit.record(by=by, verb="changed", on=meeting)
    return meeting


def write_details(
    meeting: Meeting,
    version: int,
    details: Details,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> None:
    """Write the details by a conditional UPDATE, so that of two who edit at once one is told.

    Raises RuleBroken when the meeting is no longer at that version.
    """
    values = {
        **details,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "version": version + 1,
    }
    written = Meeting.objects.filter(
        pk=meeting.pk, version=version, state__in=permissions.OPEN
    ).update(**values)
    if not written:
        raise RuleBroken(
            "Somebody else changed this meeting while you were writing. "
            "Nothing of yours is saved yet. Look at both, then save again."
        )
    for name, value in values.items():
        setattr(meeting, name, value)


def next_version(meeting: Meeting) -> None:
    """Raise the version of a meeting that people are to be told of anew.

    Raises RuleBroken when it has changed since it was read, for the words would be old.
    """
    rows = Meeting.objects.filter(pk=meeting.pk, version=meeting.version)
    if not rows.update(version=meeting.version + 1):
        raise RuleBroken(
            "Somebody else changed this meeting just now. Look at it again."
        )
    meeting.version += 1


def arrange_by(date: dt.date, lead_days: int) -> dt.date:
    """Return the day a need must be seen to: its lead time before, or today when that has gone."""
    due = dates.add_working_days(date, -lead_days)
    today = dates.today()
    return today if due < today <= date else due


def take_turns(meeting: Meeting) -> Meeting:
    """Wait for whoever else is writing rows of this meeting, and return it as it is now.

    Positions and invitations are unique; without this two people at once would meet a database
    error. Call it inside a transaction.
    """
    return Meeting.objects.select_for_update().get(pk=meeting.pk)
