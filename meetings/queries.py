"""Reads about meetings that join more than one table, for pages and for first pages."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.prepared import Prepared
from groups.notices import queries as notice_queries
from groups.notices.models import Delivery
from groups.notices.owed import Owed
from groups.notices.queries import IssueProgress
from groups.people.enums import Channel
from meetings.agenda import Timetable, timetable
from meetings.enums import ArrangementState, MeetingState, Reply
from meetings.models import (
    AccessArrangement,
    AgendaItem,
    Invitation,
    Meeting,
    Paper,
    PaperFile,
)
from meetings.models.meeting import MeetingQuerySet

# How many days ahead the team's first page looks for what is owed about meetings.
LOOK_AHEAD = dt.timedelta(days=3)


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


def _items(meeting_id: int) -> models.QuerySet[AgendaItem]:
    files = PaperFile.objects.select_related("file").order_by("pk")
    papers = Paper.objects.order_by("pk").prefetch_related(Prefetch("files", files))
    items = AgendaItem.objects.filter(meeting_id=meeting_id).order_by("position")
    return items.prefetch_related(Prefetch("papers", papers))


_ITEMS = Prepared(_items)
_INVITED = Prepared(
    lambda meeting_id: (
        Invitation.objects.filter(meeting_id=meeting_id)
        .select_related("person")
        .order_by("person__known_as", "pk")
    )
)


def agenda_of(meeting: Meeting) -> Timetable:
    """Return the agenda with its clock times, each item with its papers and their files."""
    return timetable(meeting, _ITEMS(meeting.pk))


def agenda_fingerprint(meeting: Meeting) -> str:
    """Return a short mark of the meeting, its agenda and papers, that changes when they do."""
    agenda = agenda_of(meeting)
    seen: list[object] = [meeting.version]
    for row in agenda.rows:
        if row.item is None:
            continue
        item = row.item
        seen += [row.time, item.title, item.purpose, item.introduction, item.lead]
        for paper in item.papers.all():
            seen += [paper.title, paper.author, paper.in_short, paper.body]
            seen += [file.file.sha256 for file in paper.files.all()]
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


def progress_of(meeting: Meeting) -> list[tuple[str, IssueProgress]]:
    """Return how far each telling of a meeting has come: the invitation, and the last change."""
    tellings = [("The invitation", "meeting.invitation")]
    if meeting.version > 1:
        tellings.append(("Word of the change", "meeting.changed"))
    if meeting.state == MeetingState.CANCELLED:
        tellings.append(("Word that it is cancelled", "meeting.cancelled"))
    rows = [
        (
            title,
            notice_queries.issue_progress(occasion=occasion, about=meeting.reference),
        )
        for title, occasion in tellings
    ]
    return [(title, progress) for title, progress in rows if progress.total]


def posted_to(progress: Sequence[tuple[str, IssueProgress]]) -> list[Delivery]:
    """Return the letters of a telling: those people get their papers by post too."""
    found = {
        row.person_id: row
        for _, telling in progress
        for row in telling.deliveries
        if row.channel == Channel.LETTER
    }
    return sorted(found.values(), key=lambda row: row.person.known_as)


def owed(*, actor: Actor, today: dt.date) -> list[Owed]:
    """Return what the team owes people about meetings in the next days, soonest first.

    Answers to ring for, access to arrange, invitations and papers to send, registers to write.
    Four queries, however many meetings there are. Empty for anybody outside the team.
    """
    if not actor.can(Permission.MANAGE_MEETINGS):
        return []
    until = today + LOOK_AHEAD
    rows = [
        *_replies_owed(actor, today, until),
        *_access_owed(actor, today, until),
        *_papers_owed(actor, today, until),
        *_registers_owed(actor, today),
    ]
    return sorted(rows, key=lambda row: (row.due_date, row.what, row.who))


def _replies_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    meetings = Meeting.objects.filter(
        state=MeetingState.PUBLISHED, date__gte=today, reply_by__lte=until
    )
    silent = Q(invitations__reply=Reply.NONE)
    rows = meetings.select_related("group", "planned_by").annotate(
        silent_count=Count("invitations", filter=silent),
        one_silent=Max("invitations__person__known_as", filter=silent),
    )
    for meeting in rows.filter(silent_count__gt=0):
        # reply_by is never empty here: the filter above asks for a date.
        yield _owed(
            actor,
            meeting,
            today,
            due=meeting.reply_by or meeting.date,
            who=_who(meeting.silent_count, meeting.one_silent),
            what=f"Ring about coming to {meeting.group.name}, {dates.short_date(meeting.date)}",
            icon="phone",
            holder=meeting.planned_by,
            url=f"{meeting.get_absolute_url()}#replies",
        )


def _access_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    lines = (
        AccessArrangement.objects.filter(
            state=ArrangementState.TO_DO,
            due_date__lte=until,
            meeting__state=MeetingState.PUBLISHED,
            meeting__date__gte=today,
        )
        .select_related("meeting__group", "person", "owner")
        .order_by("due_date", "pk")
    )
    for line in lines:
        yield _owed(
            actor,
            line.meeting,
            today,
            due=line.due_date,
            who=line.person.known_as,
            who_url=line.person.get_absolute_url(),
            what=f"Arrange for {dates.short_date(line.meeting.date)}: {line.wording}",
            icon="step-free",
            holder=line.owner,
            url=reverse("meetings:access-list", args=[line.meeting.reference]),
        )


def _papers_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    planned = Meeting.objects.filter(state=MeetingState.PLANNED, date__gte=today)
    for meeting in planned.select_related("group", "planned_by"):
        due = dates.add_working_days(meeting.date, -meeting.group.papers_lead_days)
        if due <= until:
            yield _owed(
                actor,
                meeting,
                today,
                due=due,
                who=meeting.group.name,
                what=f"Invitation and papers for {dates.short_date(meeting.date)}",
                icon="document",
                holder=meeting.planned_by,
                url=meeting.get_absolute_url(),
            )


def _registers_owed(actor: Actor, today: dt.date) -> Iterable[Owed]:
    held = Meeting.objects.filter(state=MeetingState.PUBLISHED, date__lt=today)
    for meeting in held.select_related("group", "planned_by"):
        yield _owed(
            actor,
            meeting,
            today,
            due=dates.add_working_days(meeting.date, 1),
            who=meeting.group.name,
            what=f"Say who came on {dates.short_date(meeting.date)}",
            icon="people",
            holder=meeting.planned_by,
            url=f"{meeting.get_absolute_url()}attendance/",
        )


def _who(count: int, one: str) -> str:
    return one if count == 1 else f"{count} people"


def _owed(
    actor: Actor,
    meeting: Meeting,
    today: dt.date,
    *,
    due: dt.date,
    who: str,
    what: str,
    icon: str,
    holder: User | None,
    url: str,
    who_url: str = "",
) -> Owed:
    is_mine = holder is not None and holder.pk == actor.user_id
    name = holder.name.split(" ")[0] if holder else "Nobody yet"
    return Owed(
        due_date=due,
        due_words="Today" if due == today else dates.short_date(due),
        who=who,
        who_url=who_url or meeting.get_absolute_url(),
        what=what,
        icon=icon,
        holder="You" if is_mine else name,
        holder_is_me=is_mine,
        is_late=due < today,
        url=url,
    )


def access_rows(
    meeting: Meeting, actor: Actor, *, on_the_day: bool = False
) -> list[AccessArrangement]:
    """Return the access checklist of a meeting as far as this actor may read it, by name.

    `on_the_day` keeps only what whoever runs the meeting needs, of people who agreed to share it.
    """
    lines = AccessArrangement.objects.visible_to(actor).filter(meeting=meeting)
    if on_the_day:
        lines = lines.needed_on_the_day()
    return list(
        lines.select_related("person", "owner").order_by(
            "person__known_as", "due_date", "pk"
        )
    )


def own_replies(
    meetings: Sequence[Meeting], person_id: int | None
) -> dict[int, Invitation]:
    """Return this person's invitation by meeting, for a list of meetings."""
    if person_id is None:
        return {}
    rows = Invitation.objects.filter(meeting__in=meetings, person_id=person_id)
    return {row.meeting_id: row for row in rows.select_related("person")}
