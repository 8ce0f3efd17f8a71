"""Preparing a meeting: when, where and how, the agenda and its papers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict, Unpack

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max

from coprod.core import audit, dates, uploads
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.governance.models import Group
from meetings import permissions
from meetings.enums import MeetingMode
from meetings.models import AgendaItem, Meeting, Paper, PaperFile

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


@dataclass(frozen=True)
class NewFile:
    """A file for a paper whose bytes `uploads.check` has returned, and its format in words."""

    label: str
    upload: UploadedFile
    data: bytes


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
        raise RuleBroken("Ask for answers before the day of the meeting.", field="reply_by")
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
        raise RuleBroken("Say which room and building the meeting is in.", field="venue")
    joins = details.get("join_link") or details.get("join_phone")
    if mode != MeetingMode.ROOM and not joins:
        raise RuleBroken("Give a video link, or a number to ring.", field="join_link")


def plan_meeting(*, by: Actor, group: Group, **details: Unpack[Details]) -> Meeting:
    """Prepare a meeting of a group. Nobody is told until it is published.

    Answers are asked for two working days before, unless `reply_by` says otherwise. A past date
    is taken, so that a meeting held before the product came can be kept. Raises ActionDenied, and
    RuleBroken with the field when the times or the place do not work.
    """
    permissions.check_can_manage_meetings(by)
    starts_at, ends_at = instants(details)
    check_place(details)
    if details.get("reply_by") is None:
        details["reply_by"] = dates.add_working_days(details["date"], -REPLY_LEAD_WORKING_DAYS)
    with transaction.atomic():
        meeting = Meeting.objects.create(
            group=group, starts_at=starts_at, ends_at=ends_at, planned_by=by.user, **details
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
    values = {**details, "starts_at": starts_at, "ends_at": ends_at, "version": version + 1}
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


def take_turns(meeting: Meeting) -> Meeting:
    """Wait for whoever else is writing rows of this meeting, and return it as it is now.

    Positions and invitations are unique; without this two people at once would meet a database
    error. Call it inside a transaction.
    """
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def add_item(
    *,
    by: Actor,
    meeting: Meeting,
    title: str,
    purpose: str,
    minutes_planned: int = 15,
    introduction: str = "",
    lead: str = "",
) -> AgendaItem:
    """Add an item at the end of the agenda. Raises ActionDenied once the meeting is over."""
    with transaction.atomic():
        permissions.check_can_change_meeting(by, take_turns(meeting))
        last = AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
        item = AgendaItem.objects.create(
            meeting=meeting,
            position=(last or 0) + 1,
            title=title,
            purpose=purpose,
            minutes_planned=minutes_planned,
            introduction=introduction,
            lead=lead,
        )
        audit.record(by=by, verb="added item", on=meeting, changes={"item": ["", title]})
    return item


def change_item(
    *,
    by: Actor,
    item: AgendaItem,
    title: str,
    purpose: str,
    minutes_planned: int,
    introduction: str = "",
    lead: str = "",
) -> AgendaItem:
    """Change the words, purpose or length of an item. Raises ActionDenied once it is over."""
    permissions.check_can_change_meeting(by, item.meeting)
    with transaction.atomic():
        before = item.title
        item.title, item.purpose, item.minutes_planned = title, purpose, minutes_planned
        item.introduction, item.lead = introduction, lead
        item.save(update_fields=["title", "purpose", "minutes_planned", "introduction", "lead"])
        audit.record(by=by, verb="changed item", on=item.meeting, changes={"item": [before, title]})
    return item


def move_item(*, by: Actor, item: AgendaItem, up: bool) -> AgendaItem:
    """Swap an item with the one before or after it. At the end of the agenda nothing happens."""
    with transaction.atomic():
        permissions.check_can_change_meeting(by, take_turns(item.meeting))
        item.refresh_from_db(fields=["position"])
        siblings = AgendaItem.objects.filter(meeting_id=item.meeting_id)
        if up:
            other = siblings.filter(position__lt=item.position).order_by("-position").first()
        else:
            other = siblings.filter(position__gt=item.position).order_by("position").first()
        if other is None:
            return item
        mine, theirs = item.position, other.position
        # Through 0, because no two items may hold one position even for a moment.
        siblings.filter(pk=item.pk).update(position=0)
        siblings.filter(pk=other.pk).update(position=mine)
        siblings.filter(pk=item.pk).update(position=theirs)
        item.position = theirs
        audit.record(
            by=by,
            verb="moved item",
            on=item.meeting,
            changes={"item": [item.title, item.title], "position": [mine, theirs]},
        )
    return item


def remove_item(*, by: Actor, item: AgendaItem) -> None:
    """Take an item and its papers off the agenda; later items move up.

    Raises ActionDenied once the meeting is over, so an item with minutes stays.
    """
    with transaction.atomic():
        meeting = take_turns(item.meeting)
        permissions.check_can_change_meeting(by, meeting)
        if hasattr(item, "section"):
            raise RuleBroken("There are minutes for this item, so it stays.")
        later = AgendaItem.objects.filter(meeting=meeting, position__gt=item.position)
        title, ids = item.title, list(later.order_by("position").values_list("pk", flat=True))
        item.delete()
        for pk in ids:
            AgendaItem.objects.filter(pk=pk).update(position=F("position") - 1)
        audit.record(by=by, verb="removed item", on=meeting, changes={"item": [title, ""]})


def add_paper(
    *,
    by: Actor,
    item: AgendaItem,
    title: str,
    author: str = "",
    in_short: str = "",
    body: str = "",
    uploads: Sequence[NewFile] = (),
) -> Paper:
    """Put a paper with an item: its words (Markdown), its files, or both.

    Files are kept outside the web root. Raises ActionDenied, and RuleBroken when there is
    nothing to read.
    """
    permissions.check_can_change_meeting(by, item.meeting)
    if not body and not uploads:
        raise RuleBroken("Write the paper here, or choose a file.", field="body")
    with transaction.atomic():
        paper = Paper.objects.create(
            item=item, title=title, author=author, in_short=in_short, body=body, added_by=by.user
        )
        _keep_files(paper, uploads, by)
        audit.record(by=by, verb="added paper", on=item.meeting, changes={"paper": ["", title]})
    return paper


def change_paper(
    *,
    by: Actor,
    paper: Paper,
    title: str,
    author: str = "",
    in_short: str = "",
    body: str = "",
    uploads: Sequence[NewFile] = (),
) -> Paper:
    """Change the words of a paper and add files to it. Raises ActionDenied and RuleBroken."""
    meeting = paper.item.meeting
    permissions.check_can_change_meeting(by, meeting)
    if not body and not uploads and not paper.files.exists():
        raise RuleBroken("Write the paper here, or choose a file.", field="body")
    with transaction.atomic():
        before = paper.title
        paper.title, paper.author, paper.in_short, paper.body = title, author, in_short, body
        paper.save(update_fields=["title", "author", "in_short", "body"])
        _keep_files(paper, uploads, by)
        audit.record(by=by, verb="changed paper", on=meeting, changes={"paper": [before, title]})
    return paper


def remove_paper(*, by: Actor, paper: Paper) -> None:
    """Take a paper off the agenda. Its files stay in the store until they are swept."""
    meeting = paper.item.meeting
    permissions.check_can_change_meeting(by, meeting)
    with transaction.atomic():
        title = paper.title
        paper.delete()
        audit.record(by=by, verb="removed paper", on=meeting, changes={"paper": [title, ""]})


def _keep_files(paper: Paper, files: Sequence[NewFile], by: Actor) -> None:
    for new in files:
        stored = uploads.keep_upload(upload=new.upload, data=new.data, by=by)
        PaperFile.objects.create(paper=paper, label=new.label, file=stored)
