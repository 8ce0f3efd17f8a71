"""Build, release and take apart pay runs: built by one person, released by another."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from coprod.core import audit, dates, money, spreadsheets, transitions
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from payments import exports, permissions
from payments.actions import payees
from payments.actions.decisions import role_of
from payments.enums import PAY_RUN_TRANSITIONS, ClaimState, PayeeState, PayRunState
from payments.models import Claim, ClaimDecision, Payee, PayRun, PayRunItem

_AT_ONCE = 500

# One conditional UPDATE that also says which rows it won: two builders at once share no claim,
# on SQLite and on PostgreSQL, because the state is asked of the very row that is written.
_TAKE_READY = """
    UPDATE payments_claim SET state = %s, version = version + 1
    WHERE state = %s AND payee_id IN (
        SELECT id FROM payments_payee WHERE state = %s
    )
    RETURNING id
"""


@transaction.atomic
def build(*, by: Actor, pay_date: dt.date) -> PayRun:
    """Put every approved claim whose payee is set up into a new pay run, and freeze its file.

    Keeps the number of lines and claims, the total in pence and the SHA-256 of the payments file.
    Claims without an active payee are left out and stay where they are. Raises ActionDenied, and
    RuleBroken when the day is not a working day from today on or no claim is ready.
    Rule: payments.md 7.2, ready to in batch; 7.3, 12 and 13.
    """
    permissions.check_can_build_pay_run(by)
    if pay_date < dates.today():
        raise RuleBroken("The pay date must be today or later", field="pay_date")
    if not dates.is_working_day(pay_date):
        raise RuleBroken(
            f"{dates.long_date(pay_date)} is not a working day. Choose another day.",
            field="pay_date",
        )
    for payee in Payee.objects.filter(
        state=PayeeState.ACTIVE, claims__state=ClaimState.WAITING
    ).distinct():
        payees.release_waiting_claims(by=by, payee=payee)
    taken = _take_ready()
    if not taken:
        raise RuleBroken(
            "No claim is ready to pay, so there is nothing to put in a pay run."
        )
    assert by.user is not None  # noqa: S101 - the permission asks for an account
    pay_run = PayRun.objects.create(pay_date=pay_date, built_by=by.user)
    _add_items(pay_run, taken)
    _keep_control_totals(pay_run)
    _note_step(pay_run, by=by, what="put in a pay run", to=ClaimState.IN_RUN)
    audit.record(
        by=by,
        verb="built",
        on=pay_run,
        changes={"claims": [0, pay_run.claim_count], "pence": [0, pay_run.total_pence]},
    )
    return pay_run


def _take_ready() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_READY,
            [ClaimState.IN_RUN.value, ClaimState.READY.value, PayeeState.ACTIVE.value],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _add_items(pay_run: PayRun, claim_ids: list[int]) -> None:
    for start in range(0, len(claim_ids), _AT_ONCE):
        claims = (
            Claim.objects.filter(pk__in=claim_ids[start : start + _AT_ONCE])
            .select_related("payee")
            .with_totals()
            .order_by("pk")
        )
        PayRunItem.objects.bulk_create(
            PayRunItem(
                pay_run=pay_run,
                claim=claim,
                invoice_number=claim.invoice_number,
                supplier_number=claim.payee.supplier_number,  # type: ignore[union-attr]  # only claims with a payee are taken
                payee_name=claim.payee.name,  # type: ignore[union-attr]  # as above
                amount_pence=claim.allowed_total,
            )
            for claim in claims
        )


def _keep_control_totals(pay_run: PayRun) -> None:
    totals = pay_run.items.aggregate(claims=Count("pk"), pence=Sum("amount_pence"))
    lines = pay_run.items.filter(claim__lines__allowed_pence__gt=0).aggregate(
        count=Count("claim__lines"), pence=Sum("claim__lines__allowed_pence")
    )
    if lines["pence"] != totals["pence"]:
        raise RuleBroken(
            "The lines of this run do not add up to its claims. Nothing was built."
        )
    pay_run.claim_count = totals["claims"]
    pay_run.line_count = lines["count"]
    pay_run.total_pence = totals["pence"]
    pay_run.sha256, _size = spreadsheets.sha256_of(exports.payments_file(pay_run))
    pay_run.save(update_fields=["claim_count", "line_count", "total_pence", "sha256"])


def _note_step(pay_run: PayRun, *, by: Actor, what: str, to: str) -> None:
    """Write one step for each claim of a run, as the member may read it."""
    steps = [
        ClaimDecision(
            claim_id=claim_id,
            what=what,
            to_state=to,
            role=role_of(by),
            made_by=by.user,
            made_by_name=by.name,
        )
        for claim_id in pay_run.items.order_by("pk").values_list("claim_id", flat=True)
    ]
    ClaimDecision.objects.bulk_create(steps, batch_size=_AT_ONCE)


def _move_claims(pay_run: PayRun, *, to: str) -> None:
    """Move every claim of the run in one conditional UPDATE, all or none."""
    in_run = Claim.objects.filter(
        state=ClaimState.IN_RUN,
        pk__in=pay_run.items.filter(live=True).values("claim_id"),
    )
    if in_run.update(state=to) != pay_run.claim_count:
        raise InvalidTransition(
            "A claim of this run is no longer in it, so nothing was done. Take the run apart."
        )


@transaction.atomic
def release(*, pay_run: PayRun, by: Actor, typed_total_pence: int) -> PayRun:
    """Let the money of a run go: its claims are on their way and can no longer change.

    The releaser types the total, which must be that of the file to the penny, and the file is
    made once more and must have the SHA-256 kept at building. Raises ActionDenied for the builder,
    RuleBroken for another total or other bytes, InvalidTransition when somebody was first.
    Rule: payments.md 7.2, in batch to sent; 7.3, 11.
    """
    permissions.check_can_release_pay_run(by, pay_run)
    if typed_total_pence != pay_run.total_pence:
        raise RuleBroken(
            f"You typed {money.pounds(typed_total_pence)}. That is not the total of this run. "
            "Look at the file again.",
            field="total",
        )
    transitions.move(
        pay_run,
        table=PAY_RUN_TRANSITIONS,
        to=PayRunState.RELEASED,
        message="This run has already been released or taken apart. Look at the page again.",
        values={"released_at": timezone.now(), "released_by": by.user},
    )
    now_sha256, _size = spreadsheets.sha256_of(exports.payments_file(pay_run))
    if now_sha256 != pay_run.sha256:
        raise RuleBroken(
            "The file is not the one that was built, so nothing was released. "
            "Take the run apart and build it again."
        )
    _move_claims(pay_run, to=ClaimState.SENT)
    _note_step(pay_run, by=by, what="sent to be paid", to=ClaimState.SENT)
    audit.record(
        by=by,
        verb="released",
        on=pay_run,
        changes={
            "state": [PayRunState.BUILT, PayRunState.RELEASED],
            "pence": [0, pay_run.total_pence],
        },
    )
    return pay_run


@transaction.atomic
def take_apart(*, pay_run: PayRun, by: Actor, reason: str = "") -> PayRun:
    """Undo a run that has not been released: its claims are ready again, under the same numbers.

    Raises ActionDenied, InvalidTransition when it was released or taken apart already.
    Rule: payments.md 7.2, in batch to ready.
    """
    permissions.check_can_build_pay_run(by)
    transitions.move(
        pay_run,
        table=PAY_RUN_TRANSITIONS,
        to=PayRunState.TAKEN_APART,
        message="This run has already been released or taken apart. Look at the page again.",
    )
    _move_claims(pay_run, to=ClaimState.READY)
    pay_run.items.update(live=False)
    _note_step(pay_run, by=by, what="taken out of a pay run", to=ClaimState.READY)
    audit.record(
        by=by,
        verb="took apart",
        on=pay_run,
        changes={"state": [PayRunState.BUILT, PayRunState.TAKEN_APART]},
        reason=reason.strip(),
    )
    return pay_run
