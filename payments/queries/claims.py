import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from coprod.core import dates
from coprod.core.prepared import Prepared
from groups.governance.queries import serving
from groups.people.enums import Capacity
from groups.people.models import Person
from meetings.enums import MeetingState
from meetings.models import Attendance, Meeting
from payments.enums import WITH_THE_MEMBER, LineKind
from payments.models import (
    Claim,
    ClaimLine,
    CostCode,
    GroupCostCode,
    Offer,
    OfferChoice,
    Receipt,
)

# Who takes part in their own time; staff, partners and councillors come in paid time.
PAID_CAPACITIES = frozenset({Capacity.LIVED, Capacity.CARER})


def people_to_offer(meeting: Meeting) -> list[Person]:
    """Return who in the group is to be offered payment: those who come in their own time."""
    return [
        membership.person
        for membership in serving(meeting.group)
        if membership.person.capacity in PAID_CAPACITIES
        and membership.person.can_be_written_to
    ]


def _with_answers(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Annotate each offer with the newest answer to it, as `answer`; empty when there is none."""
    newest = (
        OfferChoice.objects.filter(offer=OuterRef("pk"))
        .order_by("-chosen_at", "-pk")
        .values("answer")[:1]
    )
    return offers.annotate(answer=Subquery(newest))


def offers_at(meeting: Meeting) -> dict[int, Offer]:
    """Return the offers made for a meeting by person, each with its newest `answer`."""
    rows = _with_answers(Offer.objects.filter(meeting=meeting)).select_related("person")
    return {offer.person_id: offer for offer in rows.order_by("person__known_as", "pk")}


def offer_for(person_id: int, meeting_id: int | None) -> Offer | None:
    """Return what this person was offered for this meeting, with its newest `answer`, or None."""
    if meeting_id is None:
        return None
    rows = Offer.objects.filter(person_id=person_id, meeting_id=meeting_id)
    return _with_answers(rows).select_related("person", "meeting__group").first()


def answer_to(offer: Offer | None) -> str:
    """Return the newest answer to an offer read by this module; empty when there is none."""
    return (getattr(offer, "answer", "") or "") if offer is not None else ""


def choices_of(claim: Claim) -> list[tuple[Meeting, str]]:
    """Return each meeting of a claim that payment was offered for, with the answer in force."""
    meetings = claim.lines.filter(kind=LineKind.INVOLVEMENT).values("meeting_id")
    offers = _with_answers(
        Offer.objects.filter(person_id=claim.person_id, meeting_id__in=meetings)
    ).select_related("meeting__group")
    return [
        (offer.meeting, answer_to(offer))
        for offer in offers.order_by("meeting__date", "pk")
    ]


def time_line_of(person_id: int, meeting_id: int) -> ClaimLine | None:
    """Return the live line in which this person claims this meeting, with its claim, or None."""
    return (
        ClaimLine.objects.filter(
            person_id=person_id,
            meeting_id=meeting_id,
            kind=LineKind.INVOLVEMENT,
            counts=True,
        )
        .select_related("claim", "person")
        .first()
    )


def time_lines_at(meeting: Meeting) -> list[ClaimLine]:
    """Return every live line of time claimed for a meeting, with its claim and person."""
    lines = ClaimLine.objects.filter(
        meeting=meeting, kind=LineKind.INVOLVEMENT, counts=True
    )
    return list(lines.select_related("claim", "person").order_by("pk"))


def meetings_of(claim: Claim) -> QuerySet[Meeting]:
    """Return the meetings a claim is for, in date order."""
    held = claim.lines.filter(kind=LineKind.INVOLVEMENT).values("meeting_id")
    return (
        Meeting.objects.filter(pk__in=held)
        .select_related("group")
        .order_by("date", "pk")
    )


def cost_code_of(group_id: int) -> CostCode | None:
    """Return where a group's payments are charged, or None while nobody has said."""
    coding = (
        GroupCostCode.objects.filter(group_id=group_id)
        .select_related("cost_code")
        .first()
    )
    return coding.cost_code if coding else None


def miles_in_tax_year(
    person_id: int, start: dt.date, *, except_claim_id: int | None = None
) -> Decimal:
    """Return the miles a person has sent in for the tax year that starts on this 6 April.

    Drafts do not count until they are sent, nor do claims taken back or not approved.
    """
    end = dt.date(start.year + 1, start.month, start.day)
    lines = ClaimLine.objects.filter(
        person_id=person_id,
        kind=LineKind.MILEAGE,
        counts=True,
        activity_date__gte=start,
        activity_date__lt=end,
    ).exclude(claim__state__in=WITH_THE_MEMBER)
    if except_claim_id is not None:
        lines = lines.exclude(claim_id=except_claim_id)
    found = lines.aggregate(miles=Coalesce(Sum("quantity"), Decimal(0)))
    return Decimal(found["miles"])


@dataclass(frozen=True)
class Sums:
    """The two sums a member sees apart: for her time, and for what it cost her. In pence."""

    time: int
    costs: int

    @property
    def total(self) -> int:
        return self.time + self.costs


def sums(lines: list[ClaimLine], *, allowed: bool = False) -> Sums:
    """Add rounded lines up, involvement apart from expenses (payments.md 7.3, 2 and 17)."""
    value = "allowed_pence" if allowed else "claimed_pence"
    time = sum(getattr(x, value) for x in lines if x.kind == LineKind.INVOLVEMENT)
    every = sum(getattr(x, value) for x in lines)
    return Sums(time=time, costs=every - time)


def sums_of(claim: Claim, *, allowed: bool = False) -> Sums:
    """Return the sums of a claim as claimed, or as allowed."""
    return sums(list(claim.lines.order_by("pk")), allowed=allowed)


def promised_date(lines: list[ClaimLine]) -> dt.date:
    """Return by when the money should come if the claim with these lines is sent in today."""
    newest = max(lines, key=lambda line: (line.activity_date, line.pk))
    days = newest.policy_version.policy.pay_within_working_days
    return dates.add_working_days(dates.today(), days)


def _lines(claim_id: int) -> QuerySet[ClaimLine]:
    receipts = Receipt.objects.select_related("file").order_by("pk")
    return (
        ClaimLine.objects.filter(claim_id=claim_id)
        .select_related("meeting__group", "policy_version__policy")
        .prefetch_related(Prefetch("receipts", receipts))
        .order_by("activity_date", "pk")
    )


_LINES = Prepared(_lines)


def lines_of(claim: Claim) -> list[ClaimLine]:
    """Return the lines of a claim with meeting and receipts, time first, in two statements."""
    rows = _LINES(claim.pk)
    for line in rows:
        line.claim = claim
    return sorted(rows, key=lambda line: line.kind != LineKind.INVOLVEMENT)


def attended_without_claim(person_id: int) -> list[Attendance]:
    """Return where a person was and has no live claim for, newest first."""
    claimed = ClaimLine.objects.filter(
        person_id=person_id, kind=LineKind.INVOLVEMENT, counts=True
    ).values("meeting_id")
    rows = (
        Attendance.objects.filter(person_id=person_id, minutes__gt=0)
        .exclude(meeting_id__in=claimed)
        .exclude(meeting__state=MeetingState.CANCELLED)
        .select_related("meeting__group")
    )
    return list(rows.order_by("-meeting__date", "-pk")[:30])
