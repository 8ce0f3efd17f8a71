"""What waits for a checker, an approver and finance, and what a pay run holds or leaves out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.people.models import SignIn
from payments.enums import ClaimState, PayeeState, PayRunState, ResultOutcome
from payments.models import (
    Claim,
    ClaimDecision,
    Payee,
    PaymentResult,
    PayRun,
    PayRunItem,
    ResultsFile,
)
from payments.models.claim import ClaimQuerySet


def _not_claimant_side(claims: ClaimQuerySet, actor: Actor) -> ClaimQuerySet:
    """Leave out claims that are the actor's own, that she sent in or helped with."""
    own = SignIn.objects.filter(user_id=actor.user_id or 0).values("person_id")
    helped = Claim.helpers.through.objects.filter(user_id=actor.user_id or 0)
    return (
        claims.exclude(person_id__in=own)
        .exclude(submitted_by_id=actor.user_id)
        .exclude(pk__in=helped.values("claim_id"))
    )


def claims_to_check(actor: Actor) -> ClaimQuerySet:
    """Return the claims this account may check against the register, oldest first."""
    if not actor.can(Permission.VERIFY_CLAIMS):
        return Claim.objects.none()
    waiting = Claim.objects.visible_to(actor).filter(state=ClaimState.SUBMITTED)
    return _not_claimant_side(waiting, actor).order_by("submitted_at", "pk")


def claims_to_decide(actor: Actor) -> ClaimQuerySet:
    """Return the claims this account may decide on, oldest first; the money limit comes later."""
    if not actor.can(Permission.APPROVE_CLAIMS):
        return Claim.objects.none()
    waiting = Claim.objects.visible_to(actor).filter(state=ClaimState.VERIFIED)
    return (
        _not_claimant_side(waiting, actor)
        .exclude(verified_by_id=actor.user_id)
        .order_by("submitted_at", "pk")
    )


@dataclass(frozen=True)
class LeftOut:
    """One approved claim that a pay run does not take, and why."""

    claim: Claim
    why: str
    pence: int

    @property
    def can_pay_again(self) -> bool:
        return self.claim.state == ClaimState.BANK_RETURNED


def left_out(actor: Actor) -> list[LeftOut]:
    """Return every approved claim that cannot be paid now, oldest first, with the reason."""
    claims = (
        Claim.objects.visible_to(actor)
        .filter(
            Q(state__in=[ClaimState.WAITING, ClaimState.BANK_RETURNED])
            | Q(state=ClaimState.READY) & ~Q(payee__state=PayeeState.ACTIVE)
        )
        .select_related("person", "payee")
        .with_totals()
        .order_by("approved_at", "pk")
    )
    return [
        LeftOut(claim, _why_left_out(claim), claim.allowed_total) for claim in claims
    ]


def _why_left_out(claim: Claim) -> str:
    if claim.state == ClaimState.BANK_RETURNED:
        return "The bank sent the last payment back."
    if claim.payee is None:
        return "Nobody has asked finance for a supplier number yet."
    if claim.payee.state == PayeeState.STOPPED:
        return "Payments to this person are stopped."
    if claim.payee.state == PayeeState.ACTIVE:
        return "The supplier number is there now. The next pay run takes this claim."
    day = dates.long_date(claim.payee.requested_at)
    return f"No supplier number yet. Asked for on {day}."


@dataclass(frozen=True)
class Ready:
    """What a pay run built now would take."""

    claim_count: int
    pence: int


def ready_to_pay() -> Ready:
    """Return the number and the sum of the claims a pay run built now would take."""
    totals = Claim.objects.filter(
        state__in=[ClaimState.READY, ClaimState.WAITING], payee__state=PayeeState.ACTIVE
    ).aggregate(
        claims=Count("pk", distinct=True), pence=Sum("lines__allowed_pence", default=0)
    )
    return Ready(totals["claims"], totals["pence"])


def pay_runs(actor: Actor) -> QuerySet[PayRun]:
    """Return the pay runs finance may see, newest first."""
    if not actor.can(Permission.SEE_PAYEES):
        return PayRun.objects.none()
    return PayRun.objects.select_related("built_by", "released_by").order_by(
        "-built_at", "-pk"
    )


def items_of(pay_run: PayRun) -> QuerySet[PayRunItem]:
    """Return what a run pays, in the order of its file."""
    return pay_run.items.select_related("claim__person", "claim__cost_code").order_by(
        "pk"
    )


def people_count(pay_run: PayRun) -> int:
    """Return how many people a run pays."""
    counted = pay_run.items.aggregate(people=Count("claim__person_id", distinct=True))
    return int(counted["people"])


def open_exceptions(actor: Actor) -> QuerySet[PaymentResult]:
    """Return the rows of results files that no person has settled yet, oldest first."""
    if not actor.can(Permission.SEE_PAYEES):
        return PaymentResult.objects.none()
    return (
        PaymentResult.objects.filter(
            outcome=ResultOutcome.EXCEPTION, settled_at__isnull=True
        )
        .select_related("results_file", "item__claim__person")
        .order_by("pk")
    )


def payees(actor: Actor) -> QuerySet[Payee]:
    """Return payees for finance: those asked for first, then by name."""
    if not actor.can(Permission.SEE_PAYEES):
        return Payee.objects.none()
    return (
        Payee.objects.select_related("person")
        .annotate(
            waiting_count=Count("claims", filter=Q(claims__state=ClaimState.WAITING))
        )
        .order_by("-waiting_count", "name", "pk")
    )


@dataclass(frozen=True)
class FinanceHome:
    """What finance looks at first: what waits, the runs that are open, and what needs a person."""

    ready: Ready
    without_payee: int
    sent_back: int
    to_release: Sequence[PayRun]
    on_their_way: Sequence[PayRun]
    exceptions: int
    late: int


def finance_home(actor: Actor, *, today: dt.date) -> FinanceHome:
    """Return finance's first page in figures. Six queries, whatever there is."""
    runs = list(
        pay_runs(actor).filter(state__in=[PayRunState.BUILT, PayRunState.RELEASED])[:20]
    )
    stuck = Claim.objects.aggregate(
        without=Count("pk", filter=Q(state=ClaimState.WAITING)),
        back=Count("pk", filter=Q(state=ClaimState.BANK_RETURNED)),
        late=Count(
            "pk",
            filter=Q(
                state__in=[ClaimState.READY, ClaimState.WAITING, ClaimState.IN_RUN],
                pay_by_date__lt=today,
            ),
        ),
    )
    return FinanceHome(
        ready=ready_to_pay(),
        without_payee=stuck["without"],
        sent_back=stuck["back"],
        to_release=[run for run in runs if run.state == PayRunState.BUILT],
        on_their_way=[run for run in runs if run.state == PayRunState.RELEASED],
        exceptions=open_exceptions(actor).count(),
        late=stuck["late"],
    )


def steps_of(claim: Claim) -> list[ClaimDecision]:
    """Return where a claim has been, first step first."""
    return list(ClaimDecision.objects.filter(claim=claim).order_by("pk"))


def results_files(actor: Actor) -> QuerySet[ResultsFile]:
    """Return the results files loaded so far, newest first."""
    if not actor.can(Permission.SEE_PAYEES):
        return ResultsFile.objects.none()
    return ResultsFile.objects.select_related("loaded_by").order_by("-pk")


def results_of(loaded: ResultsFile) -> QuerySet[PaymentResult]:
    """Return the rows of one results file as they stood in it."""
    return loaded.results.select_related("item__claim__person").order_by(
        "row_number", "pk"
    )


def claims_of(payee: Payee) -> list[Claim]:
    """Return the claims of a payee that are approved and not yet paid, oldest first."""
    waiting = [
        ClaimState.WAITING,
        ClaimState.READY,
        ClaimState.IN_RUN,
        ClaimState.BANK_RETURNED,
    ]
    return list(
        Claim.objects.filter(payee=payee, state__in=waiting)
        .with_totals()
        .order_by("approved_at", "pk")[:50]
    )
