"""Figures about what was paid and how long people waited for it (lessons.md 20)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncMonth

from coprod.core import dates, money
from coprod.core.actors import Actor
from payments.enums import ClaimState, LineKind
from payments.models import Claim, ClaimLine
from payments.models.claim import ClaimQuerySet


@dataclass(frozen=True)
class Period:
    """What a report covers: from the first day up to, and not with, the last."""

    key: str
    label: str
    start: dt.date
    end: dt.date

    @property
    def words(self) -> str:
        """Return the first and the last day in full."""
        last = self.end - dt.timedelta(days=1)
        return f"{dates.long_date(self.start)} to {dates.long_date(last)}"


@dataclass(frozen=True)
class PaidRow:
    """What was paid in one month, or in the whole period."""

    label: str
    people: int
    claims: int
    time_pence: int
    cost_pence: int
    in_time: int
    days: int | None

    @property
    def pence(self) -> int:
        return self.time_pence + self.cost_pence

    @property
    def late(self) -> int:
        return self.claims - self.in_time

    @property
    def days_words(self) -> str:
        if self.days is None:
            return ""
        return f"{self.days} day" if self.days == 1 else f"{self.days} days"


@dataclass(frozen=True)
class PaidReport:
    """The months of a period in which money was paid, and the period as a whole."""

    period: Period
    rows: list[PaidRow]
    total: PaidRow


# What a heading says, and the cell under it; the one place where the order is kept.
COLUMNS: tuple[tuple[str, Callable[[PaidRow], object]], ...] = (
    ("Month", lambda row: row.label),
    ("People paid", lambda row: row.people),
    ("Claims paid", lambda row: row.claims),
    ("For time, pounds", lambda row: money.from_pence(row.time_pence)),
    ("For costs, pounds", lambda row: money.from_pence(row.cost_pence)),
    ("Total, pounds", lambda row: money.from_pence(row.pence)),
    ("Paid by the promised day", lambda row: row.in_time),
    ("Paid after it", lambda row: row.late),
    (
        "Days from meeting to money, half waited longer",
        lambda row: "" if row.days is None else row.days,
    ),
)


def periods(today: dt.date) -> list[Period]:
    """Return the periods a report may cover: the last months, this tax year and the last one."""
    tomorrow = today + dt.timedelta(days=1)
    this_year = dates.tax_year_start(today)
    last_year = this_year.replace(year=this_year.year - 1)
    return [
        Period("year", "The last 12 months", _months_back(today, 11), tomorrow),
        Period("quarter", "The last 3 months", _months_back(today, 2), tomorrow),
        Period("tax-year", _tax_year_words(this_year), this_year, tomorrow),
        Period("last-tax-year", _tax_year_words(last_year), last_year, this_year),
    ]


def _months_back(day: dt.date, count: int) -> dt.date:
    """Return the first day of the month this many months before the day's own."""
    months = day.year * 12 + day.month - 1 - count
    return dt.date(months // 12, months % 12 + 1, 1)


def _tax_year_words(start: dt.date) -> str:
    return f"Tax year {start.year} to {start.year + 1}"


def paid(actor: Actor, period: Period) -> PaidReport:
    """Return what was paid in a period by month, and how long people waited. Four statements.

    The wait of a claim is from its first activity to its money. Only claims the actor may see count.
    """
    claims = Claim.objects.visible_to(actor).filter(
        state=ClaimState.PAID,
        paid_date__gte=period.start,
        paid_date__lt=period.end,
    )
    counts = {
        "people": Count("person", distinct=True),
        "claims": Count("pk"),
        "in_time": Count("pk", filter=Q(paid_date__lte=F("pay_by_date"))),
    }
    by_month = claims.annotate(month=TruncMonth("paid_date")).values("month").order_by()
    months = {row["month"]: row for row in by_month.annotate(**counts)}
    sums = {row["month"]: row for row in _sums(claims)}
    waits: dict[dt.date, list[int]] = defaultdict(list)
    for month, wait in _waits(claims):
        waits[month].append(wait)
    rows = [
        _row(
            f"{dates.MONTHS[month.month - 1]} {month.year}",
            months[month],
            [sums[month]] if month in sums else [],
            waits[month],
        )
        for month in sorted(months, reverse=True)
    ]
    every_wait = [wait for found in waits.values() for wait in found]
    total = _row("All", claims.aggregate(**counts), list(sums.values()), every_wait)
    return PaidReport(period, rows, total)


def _sums(claims: ClaimQuerySet) -> Iterable[Mapping[str, Any]]:
    is_time = Q(kind=LineKind.INVOLVEMENT)
    return (
        ClaimLine.objects.filter(claim__in=claims)
        .annotate(month=TruncMonth("claim__paid_date"))
        .values("month")
        .order_by()
        .annotate(
            time=Sum("allowed_pence", filter=is_time, default=0),
            cost=Sum("allowed_pence", filter=~is_time, default=0),
        )
    )


def _waits(claims: ClaimQuerySet) -> Iterator[tuple[dt.date, int]]:
    found = claims.annotate(first=Min("lines__activity_date")).filter(
        first__isnull=False
    )
    for paid_date, first in found.values_list("paid_date", "first").iterator():
        if paid_date is not None:
            yield paid_date.replace(day=1), (paid_date - first).days


def _row(
    label: str,
    counts: Mapping[str, Any],
    sums: Sequence[Mapping[str, Any]],
    waits: list[int],
) -> PaidRow:
    return PaidRow(
        label=label,
        people=counts["people"],
        claims=counts["claims"],
        time_pence=sum(row["time"] for row in sums),
        cost_pence=sum(row["cost"] for row in sums),
        in_time=counts["in_time"],
        days=int(median(waits) + 0.5) if waits else None,
    )
