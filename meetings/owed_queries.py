"""What the team owes people about meetings, for its first page."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import RoleGrant, User
from coprod.core.roles import roles_with
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.notices.owed import Owed, owed_line
from groups.notices.reach import POST_WORKING_DAYS
from groups.people.enums import Channel
from meetings import occasions
from meetings.enums import ArrangementState, MeetingState, Reply
from meetings.models import AccessArrangement, Action, Meeting, Paper
from meetings.models.meeting import MeetingQuerySet
from meetings.telling_queries import WAS_UNDONE, not_told

# How many days ahead the team's first page looks for what is owed about meetings.
LOOK_AHEAD = dt.timedelta(days=3)
MOST_ACTIONS = 50
# Papers were issued when something of them is on its way or went.
COUNTED = sorted(set(DeliveryState) - {DeliveryState.WITHDRAWN})


def owed(*, actor: Actor, today: dt.date) -> list[Owed]:
    """Return what the team owes people about meetings in the next days, soonest first.

    Answers to ring for, access to arrange, invitations and papers to send, registers to write, and
    what teams and other bodies said they would do. Six queries, however many meetings there are. Empty for anybody outside the team.
    """
    if not actor.can(Permission.MANAGE_MEETINGS):
        return []
    until = today + LOOK_AHEAD
    rows = [
        *_replies_owed(actor, today, until),
        *_access_owed(actor, today, until),
        *_invitations_owed(actor, today, until),
        *_registers_owed(actor, today),
        *_papers_to_issue(actor, today, until),
        *_actions_owed(actor, today, until),
    ]
    return sorted(rows, key=lambda row: (row.due_date, row.what, row.who))


def _replies_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    meetings = Meeting.objects.filter(
        state=MeetingState.PUBLISHED, date__gte=today, reply_by__lte=until
    )
    silent = Q(invitations__reply=Reply.NONE)
    rows = _with_planner(meetings).annotate(
        silent_count=Count("invitations", filter=silent),
        one_silent=Max("invitations__person__known_as", filter=silent),
    )
    for meeting in rows.filter(silent_count__gt=0):
        # reply_by is never empty here: the filter above asks for a date.
        yield owed_line(
            actor,
            today,
            due=meeting.reply_by or meeting.date,
            who=_who(meeting.silent_count, meeting.one_silent),
            who_url=meeting.get_absolute_url(),
            what=f"Ring about coming to {meeting.group.name}, {dates.short_date(meeting.date)}",
            icon="phone",
            holder=_planner(meeting),
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
        yield owed_line(
            actor,
            today,
            due=line.due_date,
            who=line.person.known_as,
            who_url=line.person.get_absolute_url(),
            what=f"Arrange for {dates.short_date(line.meeting.date)}: {line.wording}",
            icon="step-free",
            holder=line.owner,
            url=reverse("meetings:access-list", args=[line.meeting.reference]),
        )


def _invitations_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    """Yield each meeting that people do not know of: not yet published, or undone and not sent again."""
    unknown = Q(state=MeetingState.PLANNED) | Q(
        WAS_UNDONE, state=MeetingState.PUBLISHED
    )
    meetings = Meeting.objects.filter(unknown, date__gte=today)
    for meeting in _with_planner(meetings):
        day = dates.short_date(meeting.date)
        due = dates.add_working_days(meeting.date, -meeting.group.papers_lead_days)
        who, what = meeting.group.name, f"Invitation and papers for {day}"
        if meeting.state == MeetingState.PUBLISHED:
            people = not_told(meeting)
            if not people or meeting.starts_at <= timezone.now():
                continue
            due, who = today, _who(len(people), people[0].person.known_as)
            what = f"Publish the invitation for {day} again. It was undone"
        if due <= until:
            yield owed_line(
                actor,
                today,
                due=due,
                who=who,
                who_url=meeting.get_absolute_url(),
                what=what,
                icon="document",
                holder=_planner(meeting),
                url=meeting.get_absolute_url(),
            )


def _papers_to_issue(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    """Yield each published meeting with papers that nobody has been sent.

    They are due three working days earlier when they go to anybody by post (practice.md, section 7).
    """
    told = Delivery.objects.filter(notice__about=OuterRef("reference"))
    issued = told.filter(notice__occasion=occasions.PAPERS, state__in=COUNTED)
    by_post = told.filter(notice__occasion=occasions.INVITATION, channel=Channel.LETTER)
    coming = Meeting.objects.filter(
        ~Exists(issued),
        Exists(Paper.objects.filter(item__meeting=OuterRef("pk"))),
        state=MeetingState.PUBLISHED,
        starts_at__gt=timezone.now(),
    )
    for meeting in _with_planner(coming).annotate(by_post=Exists(by_post)):
        lead = meeting.group.papers_lead_days
        days = lead + (POST_WORKING_DAYS if meeting.by_post else 0)
        due = dates.add_working_days(meeting.date, -days)
        if due <= until:
            yield owed_line(
                actor,
                today,
                due=due,
                who=meeting.group.name,
                who_url=meeting.get_absolute_url(),
                what=f"Issue the papers for {dates.short_date(meeting.date)}",
                icon="document",
                holder=_planner(meeting),
                url=reverse("meetings:papers-issue", args=[meeting.reference]),
            )


def _actions_owed(actor: Actor, today: dt.date, until: dt.date) -> Iterable[Owed]:
    """Yield what is to do by now after a meeting. Somebody asks how far it has come."""
    rows = Action.objects.still_to_do().filter(due_date__lte=until)
    rows = rows.select_related("owner", "item__meeting__group", "written_by")
    for action in rows.order_by("due_date", "pk")[:MOST_ACTIONS]:
        yield owed_line(
            actor,
            today,
            due=action.due_date,
            who=action.owner.known_as if action.owner else action.owner_words,
            who_url=action.item.meeting.get_absolute_url(),
            what=f"Ask about: {action.words}",
            icon="tick",
            holder=action.written_by,
            url=action.get_absolute_url(),
        )


def _registers_owed(actor: Actor, today: dt.date) -> Iterable[Owed]:
    held = Meeting.objects.filter(state=MeetingState.PUBLISHED, date__lt=today)
    for meeting in _with_planner(held):
        yield owed_line(
            actor,
            today,
            due=dates.add_working_days(meeting.date, 1),
            who=meeting.group.name,
            who_url=meeting.get_absolute_url(),
            what=f"Say who came on {dates.short_date(meeting.date)}",
            icon="people",
            holder=_planner(meeting),
            url=f"{meeting.get_absolute_url()}attendance/",
        )


def _with_planner(meetings: MeetingQuerySet) -> MeetingQuerySet:
    working = RoleGrant.objects.filter(
        user=OuterRef("planned_by"), role__in=roles_with(Permission.MANAGE_MEETINGS)
    )
    rows = meetings.select_related("group", "planned_by")
    return rows.annotate(is_planned_by_team=Exists(working))


def _planner(meeting: Meeting) -> User | None:
    # A chair may have planned it; what is owed about it is still the team's to do.
    by_team: bool = meeting.is_planned_by_team  # type: ignore[attr-defined]  # read with it above
    return meeting.planned_by if by_team else None


def _who(count: int, one: str) -> str:
    return one if count == 1 else f"{count} people"
