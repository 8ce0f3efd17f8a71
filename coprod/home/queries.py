"""What each kind of person sees first, gathered from the rooms below."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from groups.governance import owed_queries as owed_on_groups
from groups.governance.models import Group, Office
from groups.notices import queries as notices
from groups.notices.owed import Owed
from groups.people.enums import SupportScope
from groups.people.models import Person
from groups.projects.models import Project
from meetings import owed_queries as owed_on_meetings
from meetings import queries as meetings
from meetings.enums import (
    ArrangementState,
    CorrectionState,
    MeetingState,
    MinutesState,
    Reply,
)
from meetings.models import (
    AccessArrangement,
    Correction,
    Decision,
    Invitation,
    Meeting,
    Minutes,
    Paper,
)
from payments.enums import ClaimState, ResultOutcome
from payments.models import Claim, PaymentResult, PayRun
from payments.queries import finance
from payments.queries import owed as owed_on_claims
from payments.queries.policies import versions_visible_to
from payments.queries.status import Status, claim_status

# Beyond these the first page says how many more there are and links to the rest.
ROWS_SHOWN = 12
_MEETINGS_SHOWN = 3
_CLAIMS_SHOWN = 4
_MOST_TO_READ = 5
# A claim that has ended is on the page of claims, not on the first page.
_OVER = (
    ClaimState.PAID,
    ClaimState.NOTHING,
    ClaimState.WITHDRAWN,
    ClaimState.REJECTED,
)


@dataclass(frozen=True)
class Today:
    """The team's first page: everything owed, to whom, by when."""

    rows: Sequence[Owed]
    all_count: int
    mine_count: int
    late_count: int
    outbox: notices.Outbox
    to_check_count: int
    access_count: int
    meetings: Sequence[Meeting]
    corrections: Sequence[Correction]
    is_first_morning: bool


def today_for(actor: Actor, *, only_mine: bool, show_all: bool) -> Today:
    """Return what is owed today and soon: what is owed by today first, mine before what others have,
    and late before the rest of it; then soonest first.
    """
    today = dates.today()
    found = [
        *notices.owed(actor=actor, today=today),
        *owed_on_meetings.owed(actor=actor, today=today),
        *owed_on_claims(actor=actor, today=today),
        *owed_on_groups.owed(actor=actor, today=today),
    ]
    found.sort(key=lambda row: _place(row, today))
    mine = [row for row in found if row.holder_is_me]
    shown = mine if only_mine else found
    coming = (
        Meeting.objects.visible_to(actor)
        .upcoming(timezone.now())
        .select_related("group")
    )
    listed = meetings.with_counts(coming).order_by("starts_at", "pk")[:_MEETINGS_SHOWN]
    asked = Correction.objects.filter(state=CorrectionState.ASKED).select_related(
        "minutes__meeting__group"
    )
    return Today(
        rows=shown if show_all else shown[:ROWS_SHOWN],
        all_count=len(shown),
        mine_count=len(mine),
        late_count=sum(row.is_late for row in shown),
        outbox=notices.outbox(actor),
        to_check_count=finance.claims_to_check(actor).count(),
        access_count=_access_to_arrange(),
        meetings=list(listed),
        corrections=list(asked.order_by("-asked_at")[:3]),
        is_first_morning=not found and _is_first_morning(),
    )


def _is_first_morning() -> bool:
    return not Group.objects.exists() and not Person.objects.exists()


def _place(row: Owed, today: dt.date) -> tuple[object, ...]:
    is_due = row.due_date <= today
    mine_first = is_due and not row.holder_is_me
    return (not is_due, mine_first, row.due_date, row.who, row.what)


def _access_to_arrange() -> int:
    coming = Meeting.objects.upcoming(timezone.now())
    return AccessArrangement.objects.filter(
        state=ArrangementState.TO_DO, meeting__in=coming
    ).count()


@dataclass(frozen=True)
class Chairing:
    """What is in a chair's hands: her groups, and meetings with something left to do."""

    groups: Sequence[Group]
    meetings: Sequence[tuple[Meeting, str]]


@dataclass(frozen=True)
class MemberHome:
    """A member's first page: the next meeting, what to read, what needs her, her money."""

    person: Person
    invitation: Invitation | None
    days_ahead: int
    arrangements: Sequence[AccessArrangement]
    papers: Sequence[Paper]
    minutes_to_check: Sequence[Minutes]
    claims: Sequence[tuple[Claim, Status, int]]
    projects: Sequence[Project]
    contact: User | None
    chairing: Chairing | None
    has_said: bool
    may_see_meetings: bool
    may_see_claims: bool

    @property
    def kicker(self) -> str:
        """Return how far off the next meeting is, as one says it."""
        if self.days_ahead <= 0:
            return "Your meeting is today"
        when = "tomorrow" if self.days_ahead == 1 else f"in {self.days_ahead} days"
        return f"Your next meeting is {when}"


def member_home(actor: Actor) -> MemberHome:
    """Return a member's first page, or what her supporter may see of it."""
    people = Person.objects.select_related("staff_contact").annotate(
        chairs=Exists(Office.objects.of_chair(actor))
    )
    person = people.get(pk=actor.person_id or 0)
    sees, claims_too = (
        actor.has_scope(SupportScope.SEE),
        actor.has_scope(SupportScope.CLAIM),
    )
    invitation = meetings.next_meeting(person.pk, timezone.now()) if sees else None
    return MemberHome(
        person=person,
        invitation=invitation,
        days_ahead=(invitation.meeting.date - dates.today()).days if invitation else 0,
        arrangements=_arrangements(actor, invitation),
        papers=meetings.papers_to_read(person.pk, timezone.now())[:4] if sees else [],
        minutes_to_check=_minutes_to_check(actor) if sees else [],
        claims=_claims(actor) if claims_too else [],
        projects=list(Project.objects.visible_to(actor).order_by("name", "pk")[:3]),
        contact=person.staff_contact,
        chairing=_chairing(actor) if person.chairs else None,
        has_said=bool(invitation and invitation.reply != Reply.NONE),
        may_see_meetings=sees,
        may_see_claims=claims_too,
    )


def _chairing(actor: Actor) -> Chairing:
    rows = Meeting.objects.chaired_by(actor).filter(
        Q(state=MeetingState.PLANNED)
        | Q(state=MeetingState.RECORDED, minutes__isnull=True)
        | Q(minutes__state__in=[MinutesState.DRAFT, MinutesState.CIRCULATED])
    )
    listed = rows.select_related("group", "minutes").order_by("starts_at", "pk")
    return Chairing(
        groups=list(Group.objects.chaired_by(actor).order_by("name", "pk")),
        meetings=[(row, _left_to_do(row)) for row in listed[:_MEETINGS_SHOWN]],
    )


def _left_to_do(meeting: Meeting) -> str:
    if meeting.state == MeetingState.PLANNED:
        return "Nobody is invited yet."
    if not hasattr(meeting, "minutes"):
        return "Nobody has begun the minutes."
    if meeting.minutes.state == MinutesState.DRAFT:
        return "The minutes are being written."
    return "The draft minutes are out for corrections."


def _arrangements(
    actor: Actor, invitation: Invitation | None
) -> list[AccessArrangement]:
    # Access needs are her own; a supporter sees them only when she allows her details.
    if invitation is None or not actor.has_scope(SupportScope.DETAILS):
        return []
    rows = AccessArrangement.objects.filter(
        meeting=invitation.meeting, person_id=invitation.person_id
    )
    return list(rows.select_related("owner").order_by("state", "due_date", "pk"))


def _minutes_to_check(actor: Actor) -> list[Minutes]:
    rows = Minutes.objects.visible_to(actor).filter(
        state=MinutesState.CIRCULATED, corrections_until__gte=dates.today()
    )
    invited = Invitation.objects.filter(
        meeting=OuterRef("meeting_id"), person_id=actor.person_id or 0
    )
    rows = rows.filter(Exists(invited)).select_related("meeting__group")
    return list(rows.order_by("corrections_until", "pk")[:3])


def _claims(actor: Actor) -> list[tuple[Claim, Status, int]]:
    rows = Claim.objects.filter(person_id=actor.person_id or 0).exclude(state__in=_OVER)
    rows = rows.select_related("person", "submitted_by", "verified_by", "approved_by")
    listed = rows.order_by("-drafted_at", "-pk").with_totals()[:_CLAIMS_SHOWN]
    return [
        (claim, claim_status(claim, actor), claim.allowed_total) for claim in listed
    ]


@dataclass(frozen=True)
class Deciding:
    """An approver's first page: each claim that needs her decision."""

    rows: Sequence[Claim]
    total_pence: int
    limit_pence: int | None


def deciding(actor: Actor) -> Deciding:
    """Return the claims this approver may decide on, oldest first."""
    rows = (
        finance.claims_to_decide(actor)
        .select_related("person", "verified_by")
        .with_totals()
    )
    listed = list(rows[:50])
    limit = getattr(actor.user, "approval_limit", None)
    return Deciding(
        rows=listed,
        total_pence=sum(claim.allowed_total for claim in listed),
        limit_pence=limit.limit_pence if limit else None,
    )


def works_in_finance(actor: Actor) -> bool:
    """Tell whether the actor builds or releases pay runs."""
    return actor.can(Permission.BUILD_PAY_RUNS) or actor.can(
        Permission.RELEASE_PAY_RUNS
    )


def meetings_to_come(actor: Actor) -> Sequence[Meeting]:
    """Return the next meetings somebody who comes to read may open, with who is coming."""
    coming = (
        Meeting.objects.visible_to(actor)
        .upcoming(timezone.now())
        .select_related("group")
    )
    listed = meetings.with_counts(coming).order_by("starts_at", "pk")
    return list(listed[:_MEETINGS_SHOWN])


def reads_only(actor: Actor) -> Sequence[Group]:
    """Return the groups of a sponsor, who comes to read."""
    return list(Group.objects.visible_to(actor).order_by("name", "pk")[:20])


@dataclass(frozen=True)
class ToRead:
    """An auditor's first page: what there is to read, in figures, and the newest of it."""

    meetings: Sequence[Meeting]
    held_count: int
    minutes: Sequence[Minutes]
    waiting_count: int
    decision_count: int
    group_count: int
    paid_count: int
    rates_count: int
    released_count: int
    exception_count: int


def to_read(actor: Actor) -> ToRead:
    """Return what an auditor may read, and how much of it there is. Of pay runs only the figures."""
    held = Meeting.objects.visible_to(actor).over(timezone.now())
    waiting = Minutes.objects.visible_to(actor).filter(state=MinutesState.CIRCULATED)
    newest = held.select_related("group").order_by("-starts_at", "pk")
    oldest = waiting.select_related("meeting__group").order_by("circulated_at", "pk")
    left_over = PaymentResult.objects.filter(
        outcome=ResultOutcome.EXCEPTION, settled_at__isnull=True
    )
    return ToRead(
        meetings=list(newest[:_MOST_TO_READ]),
        held_count=held.count(),
        minutes=list(oldest[:_MOST_TO_READ]),
        waiting_count=waiting.count(),
        decision_count=Decision.objects.visible_to(actor).count(),
        group_count=Group.objects.visible_to(actor).count(),
        paid_count=Claim.objects.visible_to(actor)
        .filter(state=ClaimState.PAID)
        .count(),
        rates_count=versions_visible_to(actor).count(),
        released_count=PayRun.objects.filter(released_at__isnull=False).count(),
        exception_count=left_over.count(),
    )
