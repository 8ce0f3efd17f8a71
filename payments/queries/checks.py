"""What can be held against the register and the policy before a claim is checked or approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from coprod.core import dates, money
from meetings.enums import AttendanceStatus
from meetings.models import Attendance
from payments.enums import EXPENSE_KINDS, ClaimState, LineKind, OfferAnswer, Unit
from payments.models import Claim, ClaimLine, ExpenseRule, OfferChoice, PolicyVersion
from payments.queries.late import late_words

_WAS_THERE = (AttendanceStatus.PRESENT, AttendanceStatus.PARTLY)
_CLOSED = (
    ClaimState.WITHDRAWN,
    ClaimState.REJECTED,
    ClaimState.NOTHING,
    ClaimState.DRAFT,
)

# What an approver allows of a line that she makes smaller, by its id: pence and the reason.
Reductions = Mapping[int, tuple[int, str]]


@dataclass(frozen=True)
class Check:
    """One thing looked at: in order, or for a person to look at with the reason why."""

    is_right: bool
    words: str


@dataclass(frozen=True)
class LineView:
    """A line of a claim as the checker and the approver see it."""

    line: ClaimLine
    name: str
    worked_out: str
    evidence: str
    planned_minutes: int | None


@dataclass(frozen=True)
class Evidence:
    """A claim with its lines, what was held against them, and its sums in pence."""

    lines: Sequence[LineView]
    checks: Sequence[Check]
    claimed: int
    allowed: int


def times_without_register(claim: Claim) -> list[ClaimLine]:
    """Return the time lines for meetings at which the register does not have the member."""
    times = list(claim.lines.filter(kind=LineKind.INVOLVEMENT).order_by("pk"))
    register = _register(claim.person_id, times)
    return [line for line in times if line.meeting_id not in register]


def _register(
    person_id: int, lines: Sequence[ClaimLine]
) -> dict[int | None, Attendance]:
    rows = Attendance.objects.filter(
        person_id=person_id,
        status__in=_WAS_THERE,
        meeting_id__in=[line.meeting_id for line in lines],
    )
    return {row.meeting_id: row for row in rows}


def evidence_for(claim: Claim) -> Evidence:
    """Return a claim's lines beside the register and everything there is to check about them.

    Eight queries however many lines there are. It flags and never decides (DESIGN 5.13): a
    person reads why something was flagged and clears it (payments.md 4.3, duplicates).
    """
    lines = list(
        claim.lines.select_related("meeting__group", "policy_version__policy")
        .prefetch_related("receipts")
        .order_by("activity_date", "pk")
    )
    register = _register(claim.person_id, lines)
    checks = [
        *_late_checks(claim, lines),
        *_time_checks(claim, lines, register),
        *_choice_checks(claim, lines),
        *_rate_checks(lines),
        *_receipt_checks(lines),
        *_look_alikes(claim, lines),
    ]
    return Evidence(
        lines=[_line_view(line, register) for line in lines],
        checks=checks,
        claimed=sum(line.claimed_pence for line in lines),
        allowed=sum(line.allowed_pence for line in lines),
    )


def _line_view(line: ClaimLine, register: dict[int | None, Attendance]) -> LineView:
    there = register.get(line.meeting_id)
    planned = line.meeting.planned_minutes if line.meeting else None
    if line.kind == LineKind.INVOLVEMENT:
        return LineView(
            line, "Time", _worked_out(line), _register_words(there), planned
        )
    count = len(line.receipts.all())
    evidence = (
        f"{count} receipt{'s' if count != 1 else ''}"
        if count
        else line.no_receipt_reason
    )
    if not evidence:
        evidence = "None needed" if line.kind == LineKind.MILEAGE else "No receipt"
    return LineView(line, line.get_kind_display(), _worked_out(line), evidence, None)


def _register_words(there: Attendance | None) -> str:
    if there is None:
        return "Not in the register"
    return f"Register: {dates.duration(there.minutes)}"


def _worked_out(line: ClaimLine) -> str:
    rate = f"£{line.rate.quantize(Decimal('0.01'))}"
    if line.unit == Unit.MINUTES:
        return f"{dates.duration(int(line.quantity))} at {rate} an hour"
    if line.unit == Unit.MILES:
        pence = f"{(line.rate * 100).normalize():f}p"
        journey = (
            f", {line.journey_from} to {line.journey_to}" if line.journey_from else ""
        )
        return f"{line.quantity.normalize():f} miles at {pence}{journey}"
    return line.description or "As paid"


def _time_checks(
    claim: Claim, lines: Sequence[ClaimLine], register: dict[int | None, Attendance]
) -> list[Check]:
    name, found = claim.person.known_as, []
    for line in lines:
        if line.kind != LineKind.INVOLVEMENT or line.meeting is None:
            continue
        day, there = dates.long_date(line.meeting.date), register.get(line.meeting_id)
        if there is None:
            found.append(
                Check(False, f"The register does not have {name} there on {day}.")
            )
        elif there.minutes != int(line.quantity):
            words = (
                f"The claim says {dates.duration(int(line.quantity))} on {day}. "
                f"The register says {dates.duration(there.minutes)}."
            )
            found.append(Check(False, words))
        else:
            words = (
                f"{name} was at the meeting on {day} for {dates.duration(there.minutes)}. "
                f"It was planned for {dates.duration(line.meeting.planned_minutes)}."
            )
            found.append(Check(True, words))
    if found:
        # Held by the database: one time line for one person and meeting.
        found.append(Check(True, "No other claim for the same time."))
    return found


def _late_checks(claim: Claim, lines: Sequence[ClaimLine]) -> list[Check]:
    """Say that a claim is late and why, for the approver to decide (payments.md 7.1)."""
    words = late_words(claim, lines)
    if not words:
        return []
    return [
        Check(False, f"This claim is late. {words} Reason given: {claim.late_reason}")
    ]


def _choice_checks(claim: Claim, lines: Sequence[ClaimLine]) -> list[Check]:
    """Hold paid time against the choice the member made (payments.md 7.3, 7)."""
    meetings = [
        line.meeting_id
        for line in lines
        if line.meeting_id and line.kind == LineKind.INVOLVEMENT and line.claimed_pence
    ]
    if not meetings:
        return []
    choices = OfferChoice.objects.filter(
        offer__person_id=claim.person_id, offer__meeting_id__in=meetings
    ).select_related("offer")
    newest = {choice.offer.meeting_id: choice for choice in choices.order_by("pk")}
    accepted = all(
        meeting in newest and newest[meeting].answer == OfferAnswer.ALL
        for meeting in meetings
    )
    name = claim.person.known_as
    if accepted:
        return [Check(True, f"{name} chose to take the payment.")]
    return [Check(False, f"We have no note that {name} chose to take the payment.")]


def _rate_checks(lines: Sequence[ClaimLine]) -> list[Check]:
    """Hold the version on each line against the versions in force on its day."""
    days = {line.activity_date for line in lines}
    if not days:
        return []
    in_force = PolicyVersion.objects.published().filter(from_date__lte=max(days))
    published = list(in_force.order_by("from_date", "pk"))
    found, seen = [], set()
    for line in lines:
        version = line.policy_version
        if version.pk in seen:
            continue
        seen.add(version.pk)
        right = version in _on(line.activity_date, published)
        since = dates.long_date(version.from_date)
        words = (
            f"Rates are from policy version {version.number}, in force since {since}."
        )
        if not right:
            words = f"Policy version {version.number} is not in force on the day of this line."
        found.append(Check(right, words))
    return found


def _on(day: dt.date, versions: Sequence[PolicyVersion]) -> list[PolicyVersion]:
    return [
        version
        for version in versions
        if version.from_date <= day
        and (version.to_date is None or version.to_date >= day)
    ]


def _receipt_checks(lines: Sequence[ClaimLine]) -> list[Check]:
    expenses = [line for line in lines if line.kind in EXPENSE_KINDS]
    rules = {
        (rule.version_id, rule.kind): rule
        for rule in ExpenseRule.objects.filter(
            version_id__in={line.policy_version_id for line in expenses}
        )
    }
    found, needed = [], 0
    for line in expenses:
        rule = rules.get((line.policy_version_id, line.kind))
        amount, what = money.pounds(line.claimed_pence), line.get_kind_display()
        if (
            rule
            and rule.most_pence is not None
            and line.claimed_pence > rule.most_pence
        ):
            over = money.pounds(line.claimed_pence - rule.most_pence)
            found.append(
                Check(False, f"{what} is {over} over the limit in the policy.")
            )
        if line.kind == LineKind.MILEAGE or rule is None:
            continue
        if line.claimed_pence <= rule.receipt_above_pence:
            continue
        needed += 1
        if not line.receipts.all():
            why = (
                f" Reason given: {line.no_receipt_reason}"
                if line.no_receipt_reason
                else ""
            )
            found.append(Check(False, f"{what}, {amount}, has no receipt.{why}"))
    if needed and not found:
        found.append(Check(True, "Every cost that needs a receipt has one."))
    return found


def _look_alikes(claim: Claim, lines: Sequence[ClaimLine]) -> list[Check]:
    """Say which costs look like another of the same person on the same day, and why.

    Two bus fares on one day are often two trips, so both stay payable (payments.md 7.4, 18).
    """
    expenses = [line for line in lines if line.kind in EXPENSE_KINDS]
    if not expenses:
        return []
    same_days = Q(activity_date__in={line.activity_date for line in expenses})
    others = list(
        ClaimLine.objects.filter(
            same_days, person_id=claim.person_id, kind__in=EXPENSE_KINDS
        )
        .exclude(claim__state__in=_CLOSED)
        .exclude(claim=claim)
        .select_related("claim")
        .order_by("pk")
    )
    found = []
    for place, line in enumerate(expenses):
        for other in [*others, *expenses[:place]]:
            if (other.kind, other.activity_date) != (line.kind, line.activity_date):
                continue
            if other.claimed_pence != line.claimed_pence:
                continue
            where = (
                "in this claim"
                if other.claim_id == claim.pk
                else f"in {other.claim.reference}"
            )
            words = (
                f"{line.get_kind_display()}, {money.pounds(line.claimed_pence)}, looks like one "
                f"{where}: same day and same amount. It may be two trips."
            )
            found.append(Check(False, words))
    return found or [Check(True, "No cost looks like another on the same day.")]
