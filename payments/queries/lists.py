"""The list of claims, turned page by page without counting rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Min, Q, Sum

from coprod.core import dates
from payments.enums import WITH_THE_MEMBER, ClaimState
from payments.models import Claim, ClaimLine
from payments.models.claim import ClaimQuerySet

PAGE_SIZE = 20
# Counting stops here, so that fifty thousand claims cost what a thousand do.
MOST_COUNTED = 1000

FILTERS: dict[str, tuple[str, frozenset[str]]] = {
    "draft": (
        "With the member",
        WITH_THE_MEMBER,
    ),
    "check": ("To check", frozenset({ClaimState.SUBMITTED})),
    "approve": ("To approve", frozenset({ClaimState.VERIFIED})),
    "pay": (
        "Approved, to be paid",
        frozenset({ClaimState.READY, ClaimState.WAITING, ClaimState.IN_RUN}),
    ),
    "sent": ("On the way", frozenset({ClaimState.SENT, ClaimState.BANK_RETURNED})),
    "paid": ("Paid", frozenset({ClaimState.PAID})),
    "over": (
        "Closed",
        frozenset({ClaimState.REJECTED, ClaimState.NOTHING, ClaimState.WITHDRAWN}),
    ),
}

COLOURS: dict[str, str] = {
    ClaimState.DRAFT: "orange",
    ClaimState.RETURNED: "orange",
    ClaimState.SUBMITTED: "yellow",
    ClaimState.VERIFIED: "yellow",
    ClaimState.WAITING: "yellow",
    ClaimState.READY: "",
    ClaimState.IN_RUN: "",
    ClaimState.SENT: "",
    ClaimState.PAID: "green",
    ClaimState.BANK_RETURNED: "orange",
    ClaimState.REJECTED: "grey",
    ClaimState.NOTHING: "grey",
    ClaimState.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class ClaimRow:
    """One claim as a list shows it."""

    claim: Claim
    pence: int
    days: str

    words: str

    @property
    def colour(self) -> str:
        return COLOURS[self.claim.state]

    @property
    def money_words(self) -> str:
        """Say when the money came or should come, if it does."""
        if self.claim.paid_date is not None:
            return f"Paid {dates.long_date(self.claim.paid_date)}"
        if self.claim.state in FILTERS["over"][1]:
            return "No payment"
        if self.claim.pay_by_date is None or self.claim.state in WITH_THE_MEMBER:
            return "After it is sent"
        return dates.long_date(self.claim.pay_by_date)


@dataclass(frozen=True)
class ClaimPage:
    """One page of the list. `older` and `newer` are references to turn the page from."""

    rows: Sequence[ClaimRow]
    count: int
    older: str = ""
    newer: str = ""
    filters: Sequence[tuple[str, str]] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        return self.count <= MOST_COUNTED


def claims_page(
    claims: ClaimQuerySet,
    *,
    for_team: bool,
    wanted: str = "",
    after: str = "",
    before: str = "",
) -> ClaimPage:
    """Return a page of claims, newest first, in at most four statements however many there are.

    `wanted` is a key of FILTERS, anything else means all; `for_team` picks the words; `after` and `before` are references of
    the claim the page starts after or ends before.
    """
    if wanted in FILTERS:
        claims = claims.filter(state__in=FILTERS[wanted][1])
    rows, older, newer = _turn(claims, after, before)
    sums = _sums([claim.pk for claim in rows])
    found = claims.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return ClaimPage(
        rows=[
            ClaimRow(
                claim, *sums.get(claim.pk, (0, "")), _words(claim, for_team=for_team)
            )
            for claim in rows
        ],
        count=found,
        older=older,
        newer=newer,
        filters=[(key, label) for key, (label, _) in FILTERS.items()],
    )


def _words(claim: Claim, *, for_team: bool) -> str:
    return claim.state_for_team if for_team else str(claim.get_state_display())


def _turn(
    claims: ClaimQuerySet, after: str, before: str
) -> tuple[list[Claim], str, str]:
    anchor = None
    if after or before:
        anchor = claims.filter(reference=after or before).first()
    newest_first = claims.select_related("person").order_by("-drafted_at", "-pk")
    if anchor is None:
        rows = list(newest_first[: PAGE_SIZE + 1])
        more = len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
        return rows, rows[-1].reference if more else "", ""
    here = Q(drafted_at=anchor.drafted_at)
    if after:
        older = Q(drafted_at__lt=anchor.drafted_at) | (here & Q(pk__lt=anchor.pk))
        rows = list(newest_first.filter(older)[: PAGE_SIZE + 1])
        more = len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
        newer = rows[0].reference if rows else ""
        return rows, rows[-1].reference if more else "", newer
    newer_than = Q(drafted_at__gt=anchor.drafted_at) | (here & Q(pk__gt=anchor.pk))
    oldest_first = claims.select_related("person").order_by("drafted_at", "pk")
    rows = list(oldest_first.filter(newer_than)[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE][::-1]
    return rows, rows[-1].reference if rows else "", rows[0].reference if more else ""


def _sums(ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the sum and the days of each claim: allowed, which is what was claimed until decided."""
    rows = (
        ClaimLine.objects.filter(claim_id__in=ids)
        .values("claim_id")
        .annotate(
            pence=Sum("allowed_pence"),
            first=Min("activity_date"),
            last=Max("activity_date"),
        )
        .order_by()
    )
    found: dict[int, tuple[int, str]] = {}
    for row in rows:
        days = dates.long_date(row["first"])
        if row["last"] != row["first"]:
            days = f"{days} to {dates.long_date(row['last'])}"
        found[row["claim_id"]] = (row["pence"], days)
    return found
