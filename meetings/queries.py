"""Reads about meetings that join more than one table, for pages and for first pages."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.prepared import Prepared
from groups.governance import queries as governance
from groups.governance.enums import GroupState
from groups.governance.models import Group, Office
from groups.notices import queries as notice_queries
from groups.notices.queries import IssueProgress
from meetings import occasions
from meetings.agenda import PaperLine, Timetable, timetable
from meetings.enums import ArrangementState, MeetingState, Reply
from meetings.models import (
    AccessArrangement,
    AgendaItem,
    Attendance,
    Invitation,
    Meeting,
    Paper,
    PaperFile,
)
from meetings.models.meeting import MeetingQuerySet
from meetings.telling_queries import WAS_UNDONE


def next_meeting(person_id: int, now: dt.datetime) -> Invitation | None:
    """Return the invitation to the next meeting of this person that is not over, or None.

    One she said no to still counts: she may change her mind. Meeting and group come with it.
    """
    return (
        Invitation.objects.filter(
            person_id=person_id,
            meeting__state=MeetingState.PUBLISHED,
            meeting__ends_at__gt=now,
        )
        .select_related("meeting__group")
        .order_by("meeting__starts_at", "pk")
        .first()
    )


def papers_to_read(person_id: int, now: dt.datetime) -> list[Paper]:
    """Return the papers of the meetings this person is invited to that are not over."""
    meetings = Meeting.objects.filter(
        state=MeetingState.PUBLISHED, ends_at__gt=now, invitations__person_id=person_id
    )
    rows = Paper.objects.filter(item__meeting__in=meetings)
    return list(
        rows.select_related("item__meeting__group").order_by(
            "item__meeting__starts_at", "item__position", "pk"
        )
    )


# The team reads every meeting, so what it reads has one shape; for others `visible_to` decides.
_MEETING = Prepared(
    lambda reference: (
        Meeting.objects.filter(reference=reference)
        .select_related("group", "minutes")
        .annotate(was_undone=WAS_UNDONE)
    )
)
_ITEMS = Prepared(
    lambda meeting_id: AgendaItem.objects.filter(meeting_id=meeting_id).order_by(
        "position"
    )
)
_PAPERS = Prepared(
    lambda meeting_id: Paper.objects.filter(item__meeting_id=meeting_id).order_by("pk")
)
_FILES = Prepared(
    lambda meeting_id: (
        PaperFile.objects.filter(paper__item__meeting_id=meeting_id)
        .select_related("file")
        .order_by("pk")
    )
)
_ACCESS = Prepared(
    lambda meeting_id: (
        AccessArrangement.objects.filter(meeting_id=meeting_id)
        .select_related("person", "owner")
        .order_by("person__known_as", "due_date", "pk")
    )
)
_CAME = Prepared(
    lambda meeting_id: (
        Attendance.objects.filter(meeting_id=meeting_id)
        .select_related("person")
        .order_by("person__known_as", "pk")
    )
)
_INVITED = Prepared(
    lambda meeting_id: (
        Invitation.objects.filter(meeting_id=meeting_id)
        .select_related("person")
        .order_by("person__known_as", "pk")
    )
)


def meeting_for(actor: Actor, reference: str) -> Meeting | None:
    """Return a meeting the actor may read with its group and minutes, or None."""
    if actor.can(Permission.MANAGE_MEETINGS):
        rows = _MEETING(reference)
        return rows[0] if rows else None
    visible = Meeting.objects.visible_to(actor).filter(reference=reference)
    visible = visible.select_related("group", "minutes").annotate(was_undone=WAS_UNDONE)
    return visible.with_chair(actor).first()


def who_came(meeting: Meeting) -> list[Attendance]:
    """Return the register of a meeting with its people, by name."""
    return _CAME(meeting.pk)


def agenda_of(meeting: Meeting) -> Timetable:
    """Return the agenda with its clock times, each item with its papers and their files."""
    items, papers = _ITEMS(meeting.pk), _PAPERS(meeting.pk)
    copies: dict[int, list[PaperFile]] = defaultdict(list)
    for copy in _FILES(meeting.pk) if papers else ():
        copies[copy.paper_id].append(copy)
    lines: dict[int, list[PaperLine]] = defaultdict(list)
    for paper in papers:
        lines[paper.item_id].append(PaperLine(paper, copies[paper.pk]))
    return timetable(meeting, items, lines)


def agenda_fingerprint(meeting: Meeting) -> str:
    """Return a short mark of the meeting, its agenda and papers, that changes when they do."""
    agenda = agenda_of(meeting)
    seen: list[object] = [meeting.version]
    for row in agenda.rows:
        if row.item is None:
            continue
        item = row.item
        seen += [row.time, item.title, item.purpose, item.introduction, item.lead]
        for line in row.papers:
            paper = line.paper
            seen += [paper.title, paper.author, paper.in_short, paper.body]
            seen += [copy.file.sha256 for copy in line.copies]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Tally:
    """How many people said what. Nobody who has not answered is counted as anything else."""

    coming: int
    not_coming: int
    not_sure: int
    no_reply: int

    @property
    def waiting(self) -> int:
        return self.not_sure + self.no_reply


def tally(invitations: Iterable[Invitation]) -> Tally:
    """Count answers to one meeting."""
    answers = [row.reply for row in invitations]
    return Tally(
        coming=answers.count(Reply.COMING),
        not_coming=answers.count(Reply.NOT_COMING),
        not_sure=answers.count(Reply.NOT_SURE),
        no_reply=answers.count(Reply.NONE),
    )


def _number_of(rows: models.QuerySet[Any]) -> Coalesce:
    # A subquery each, so that only the rows of the page shown are counted, not every meeting.
    one = rows.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    return Coalesce(Subquery(one.annotate(number=Count("pk")).values("number")), 0)


def with_counts(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Add to each meeting how many answered what, and how much is still to arrange."""
    answers = {
        f"{reply}_count": _number_of(Invitation.objects.filter(reply=reply))
        for reply in Reply
    }
    waiting = Invitation.objects.filter(reply__in=[Reply.NONE, Reply.NOT_SURE])
    answers["waiting_count"] = _number_of(waiting)
    to_do = AccessArrangement.objects.filter(state=ArrangementState.TO_DO)
    return meetings.annotate(**answers, to_arrange_count=_number_of(to_do))


def invitations_of(meeting: Meeting) -> list[Invitation]:
    """Return everybody invited with her answer, by name."""
    return _INVITED(meeting.pk)


# What is told once to everybody: each has a place of its own on the page of a meeting.
_TOLD = (
    occasions.INVITATION,
    occasions.CHANGED,
    occasions.PAPERS,
    occasions.CANCELLED,
)


def progress_of(meeting: Meeting) -> list[tuple[str, IssueProgress]]:
    """Return how far each telling of a meeting has come, in one statement.

    Of the invitation and of changes the newest counts. Each issue of papers counts by itself:
    "issued" is said of none while one person has not been sent hers (practice.md, section 7).
    """
    rows = []
    for telling in notice_queries.tellings(about=meeting.reference):
        if telling.occasion not in _TOLD:
            continue
        title = occasions.TITLES[telling.occasion]
        if telling.occasion == occasions.PAPERS and telling.version > 1:
            title = "More papers"
        rows.append((title, telling))
    rows.sort(key=lambda row: (_TOLD.index(row[1].occasion), row[1].version))
    return [
        (title, telling.progress)
        for title, telling in rows
        if telling.progress.total
        and (telling.is_newest or telling.occasion == occasions.PAPERS)
    ]


def papers_left(
    agenda: Timetable, progress: Sequence[tuple[str, IssueProgress]]
) -> str:
    """Return what the button to issue papers says, or nothing when all have been issued."""
    papers = [line.paper for row in agenda.rows for line in row.papers]
    issued = [
        row.notice.planned_at
        for _, telling in progress
        for row in telling.deliveries
        if row.notice.occasion == occasions.PAPERS
    ]
    if not issued:
        return "Issue the papers" if papers else ""
    last = max(issued)
    return "Send what is new" if any(p.added_at > last for p in papers) else ""


def access_rows(
    meeting: Meeting, actor: Actor, *, on_the_day: bool = False
) -> list[AccessArrangement]:
    """Return the access checklist of a meeting as far as this actor may read it, by name.

    `on_the_day` keeps only what whoever runs the meeting needs, of people who agreed to share it.
    """
    if actor.can(Permission.SEE_ACCESS_NEEDS) and not on_the_day:
        return _ACCESS(meeting.pk)
    lines = AccessArrangement.objects.visible_to(actor).filter(meeting=meeting)
    if on_the_day:
        lines = lines.needed_on_the_day()
    return list(
        lines.select_related("person", "owner").order_by(
            "person__known_as", "due_date", "pk"
        )
    )


def groups_to_plan_for(actor: Actor) -> QuerySet[Group]:
    """Return the groups whose meetings the actor plans: every open one, or those she chairs."""
    groups = Group.objects.exclude(state=GroupState.CLOSED).order_by("name", "pk")
    if actor.can(Permission.MANAGE_MEETINGS):
        return groups
    return groups.chaired_by(actor)


def with_right_to_plan(meetings: MeetingQuerySet, actor: Actor) -> MeetingQuerySet:
    """Add to each meeting of a list whether the actor chairs any group, in the same statement."""
    return meetings.annotate(reader_chairs=Exists(Office.objects.of_chair(actor)))


def chairs_any(listed: Sequence[Meeting], actor: Actor) -> bool:
    """Tell whether the reader of this list chairs any group. Only an empty list asks for it."""
    if listed:
        return bool(getattr(listed[0], "reader_chairs", False))
    return governance.is_chair_of_any(actor)


def own_replies(
    meetings: Sequence[Meeting], person_id: int | None
) -> dict[int, Invitation]:
    """Return this person's invitation by meeting, for a list of meetings."""
    if person_id is None:
        return {}
    rows = Invitation.objects.filter(meeting__in=meetings, person_id=person_id)
    return {row.meeting_id: row for row in rows.select_related("person")}
