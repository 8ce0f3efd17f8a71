"""The cast and the claims of the second half of the money story."""

import datetime as dt
from decimal import Decimal
from typing import Any

from coprod.core.actors import Actor
from coprod.core.enums import Role
from payments.actions import pay_runs
from payments.enums import ClaimState, LineKind, Unit
from payments.models import ApprovalLimit, Claim, ClaimLine, CostCode, PayRun
from tests.factories import ClaimFactory, PayeeFactory, staff_actor, time_line

PAY_DATE = dt.date(2026, 11, 27)
# A Friday well before it, when nothing of the story is in the future that should not be.
NOW = "2026-11-20 10:00:00+00:00"


def approver(limit_pence: int | None = 25000, name: str = "Grace Mensah") -> Actor:
    actor = staff_actor(Role.APPROVER, name=name)
    if limit_pence is not None:
        assert actor.user is not None
        ApprovalLimit.objects.create(user=actor.user, limit_pence=limit_pence)
    return actor


def builder() -> Actor:
    return staff_actor(Role.FINANCE, name="Colin Webb")


def releaser() -> Actor:
    return staff_actor(Role.RELEASER, name="Anita Desai")


def cost_line(
    claim: Claim, pence: int, like: ClaimLine, kind: str = LineKind.PARKING
) -> ClaimLine:
    """A line for something paid, on the day of another line."""
    return ClaimLine.objects.create(
        claim=claim,
        person=claim.person,
        kind=kind,
        activity_date=like.activity_date,
        quantity=Decimal(pence) / 100,
        unit=Unit.POUNDS,
        rate=1,
        policy_version=like.policy_version,
        claimed_pence=pence,
        allowed_pence=pence,
    )


def claim_with_lines(state: str = ClaimState.VERIFIED, **values: Any) -> Claim:
    """£67.00: two hours at £27.50 and £12.00 for parking."""
    claim = ClaimFactory(state=state, **values)
    cost_line(claim, 1200, time_line(claim))
    return claim


def ready_claim(**payee: Any) -> Claim:
    """An approved claim of £67.00 whose payee is set up."""
    claim = claim_with_lines(state=ClaimState.READY)
    code, _ = CostCode.objects.get_or_create(
        code="TH-4120", defaults={"name": "Technology"}
    )
    claim.payee = PayeeFactory(person=claim.person, **payee)
    claim.cost_code = code
    claim.save(update_fields=["payee", "cost_code"])
    return claim


def released_run(*claims: Claim) -> PayRun:
    """A run of these claims, built by one person and released by another."""
    run = pay_runs.build(by=builder(), pay_date=PAY_DATE)
    assert run.claim_count == len(claims)
    return pay_runs.release(
        pay_run=run, by=releaser(), typed_total_pence=run.total_pence
    )
