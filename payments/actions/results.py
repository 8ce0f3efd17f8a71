"""Take in what the ledger says was paid. Nothing is ever marked paid by guess (payments.md 5.2)."""

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from coprod.core import audit, dates, money, transitions, uploads
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from payments import decision_words, ledger, permissions
from payments.actions.decisions import role_of, tell
from payments.actions.steps import record_step
from payments.enums import (
    CLAIM_TRANSITIONS,
    PAY_RUN_TRANSITIONS,
    ClaimState,
    PayeeState,
    PayRunState,
    ResultOutcome,
)
from payments.models import Claim, PaymentResult, PayRun, PayRunItem, ResultsFile

_ACCOUNTED = (ResultOutcome.PAID, ResultOutcome.BANK_RETURNED)


@transaction.atomic
def load_results(
    *, by: Actor, data: bytes, name: str, typed_total_pence: int | None = None
) -> ResultsFile:
    """Take in a results file: mark what matches to the penny, keep the rest for a person to look at.

    The same bytes are read only once. With `typed_total_pence` the rows must add up to it. Each
    member whose claim is paid or sent back by the bank is told in her channel; a run whose every
    payment is accounted for is settled. Raises ActionDenied, and RuleBroken (field `file` or
    `total`) for a file that cannot be read, was loaded before, or has another total: then nothing
    at all is changed.
    """
    permissions.check_can_load_results(by)
    rows = ledger.read_rows(data)
    if typed_total_pence is not None:
        _check_total(rows, typed_total_pence)
    results_file = _open_file(by=by, data=data, name=name, row_count=len(rows))
    counts = dict.fromkeys(ResultOutcome, 0)
    touched: set[int] = set()
    for row in rows:
        result = _take_in(row, results_file=results_file, by=by)
        counts[ResultOutcome(result.outcome)] += 1
        if result.item is not None:
            touched.add(result.item.pay_run_id)
    results_file.paid_count = counts[ResultOutcome.PAID]
    results_file.exception_count = counts[ResultOutcome.EXCEPTION]
    results_file.save(update_fields=["paid_count", "exception_count"])
    for pay_run in PayRun.objects.filter(pk__in=touched, state=PayRunState.RELEASED):
        _settle_when_accounted_for(pay_run, by=by)
    audit.record(
        by=by,
        verb="loaded results",
        on=results_file,
        changes={
            str(outcome): [0, count] for outcome, count in counts.items() if count
        },
    )
    return results_file


def _check_total(rows: list[ledger.LedgerRow], typed: int) -> None:
    total = sum(row.pence or 0 for row in rows)
    if total != typed:
        raise RuleBroken(
            f"The rows of this file add up to {money.pounds(total)}, and you typed "
            f"{money.pounds(typed)}. Nothing was loaded.",
            field="total",
        )


def _open_file(*, by: Actor, data: bytes, name: str, row_count: int) -> ResultsFile:
    sha256 = hashlib.sha256(data).hexdigest()
    before = (
        ResultsFile.objects.select_related("loaded_by").filter(sha256=sha256).first()
    )
    if before:
        raise RuleBroken(
            f"{before.loaded_by.name} loaded this same file on "
            f"{dates.long_datetime(before.loaded_at)}. Nothing has changed.",
            field="file",
        )
    assert by.user is not None  # noqa: S101 - the permission asks for an account
    stored = uploads.keep(data=data, name=name, content_type="text/csv", by=by)
    try:
        with transaction.atomic():
            return ResultsFile.objects.create(
                sha256=sha256, file=stored, loaded_by=by.user, row_count=row_count
            )
    except IntegrityError:
        raise RuleBroken(
            "Somebody else has just loaded this same file. Nothing has changed.",
            field="file",
        ) from None


def _take_in(
    row: ledger.LedgerRow, *, results_file: ResultsFile, by: Actor
) -> PaymentResult:
    item = (
        PayRunItem.objects.filter(
            invoice_number=row.invoice_number,
            pay_run__state__in=[PayRunState.RELEASED, PayRunState.SETTLED],
        )
        .select_related("claim__person", "pay_run")
        .order_by("-pk")
        .first()
    )
    outcome, why = _judge(row, item)
    if item is not None and outcome == ResultOutcome.PAID:
        _mark_paid(row, item=item, by=by)
    elif item is not None and outcome == ResultOutcome.BANK_RETURNED:
        _mark_bank_returned(item=item, by=by)
    return PaymentResult.objects.create(
        results_file=results_file,
        item=item,
        row_number=row.number,
        supplier_number=row.supplier_number[:60],
        invoice_number=row.invoice_number[:60],
        amount_text=row.amount_text[:40],
        paid_date_text=row.paid_date_text[:40],
        payment_reference=row.payment_reference[:60],
        outcome=outcome,
        why=why,
    )


def _judge(row: ledger.LedgerRow, item: PayRunItem | None) -> tuple[ResultOutcome, str]:
    """Return what a row means for a claim; anything not exactly right is for a person to look at."""
    trouble = _trouble(row, item)
    if trouble or item is None:
        return ResultOutcome.EXCEPTION, trouble
    claim = item.claim
    if row.is_paid:
        if claim.state == ClaimState.SENT:
            return ResultOutcome.PAID, ""
        if claim.state == ClaimState.PAID and claim.paid_date == row.paid_date:
            return ResultOutcome.ALREADY, "We knew this already. Nothing has changed."
    if row.is_returned:
        if claim.state in (ClaimState.SENT, ClaimState.PAID):
            return ResultOutcome.BANK_RETURNED, ""
        if claim.state == ClaimState.BANK_RETURNED:
            return ResultOutcome.ALREADY, "We knew this already. Nothing has changed."
    return (
        ResultOutcome.EXCEPTION,
        f"The row says “{row.status}”, but here the claim is “{claim.get_state_display()}”."[
            :300
        ],
    )


def _trouble(row: ledger.LedgerRow, item: PayRunItem | None) -> str:
    """Return why a row cannot be trusted, or an empty string."""
    if item is None:
        return "No released payment has this invoice number."
    if row.supplier_number.upper() != item.supplier_number.upper():
        return "The supplier number is not the one we sent."
    if row.pence is None:
        return "We cannot read the amount."
    if row.pence != item.amount_pence:
        return (
            f"The ledger says {money.pounds(row.pence)}. We sent "
            f"{money.pounds(item.amount_pence)}."
        )
    if item.claim.invoice_number != item.invoice_number:
        return "This payment came back and was sent again under a new number."
    if not (row.is_paid or row.is_returned):
        return f"We do not know the status “{row.status[:60]}”."
    if row.is_paid:
        return _trouble_with_date(row)
    return ""


def _trouble_with_date(row: ledger.LedgerRow) -> str:
    if row.paid_date is None:
        return "We cannot read the date it was paid."
    if row.paid_date > dates.today():
        return "The date it was paid has not come yet."
    return ""


def _mark_paid(row: ledger.LedgerRow, *, item: PayRunItem, by: Actor) -> None:
    claim = item.claim
    transitions.move(
        claim,
        table=CLAIM_TRANSITIONS,
        to=ClaimState.PAID,
        values={"paid_date": row.paid_date, "version": claim.version + 1},
    )
    record_step(claim=claim, by=by, what="paid", role=role_of(by))
    audit.record(
        by=by,
        verb="marked paid",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [ClaimState.SENT, ClaimState.PAID]},
    )
    message = decision_words.paid(claim, total=item.amount_pence)
    tell(claim=claim, by=by, occasion="claim.paid", message=message)


def _mark_bank_returned(*, item: PayRunItem, by: Actor) -> None:
    claim = item.claim
    old = claim.state
    transitions.move(
        claim,
        table=CLAIM_TRANSITIONS,
        to=ClaimState.BANK_RETURNED,
        values={"paid_date": None, "version": claim.version + 1},
    )
    # Its number is used up; the claim may go into another run under a new one.
    PayRunItem.objects.filter(pk=item.pk).update(live=False)
    record_step(claim=claim, by=by, what="sent back by the bank", role=role_of(by))
    audit.record(
        by=by,
        verb="marked sent back by the bank",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [old, ClaimState.BANK_RETURNED]},
    )
    message = decision_words.sent_back(claim, total=item.amount_pence)
    tell(claim=claim, by=by, occasion="claim.bank_returned", message=message)


def _settle_when_accounted_for(pay_run: PayRun, *, by: Actor) -> None:
    if pay_run.items.exclude(results__outcome__in=_ACCOUNTED).exists():
        return
    transitions.move(pay_run, table=PAY_RUN_TRANSITIONS, to=PayRunState.SETTLED)
    audit.record(
        by=by,
        verb="settled",
        on=pay_run,
        changes={"state": [PayRunState.RELEASED, PayRunState.SETTLED]},
    )


@transaction.atomic
def settle_exception(*, by: Actor, result: PaymentResult, note: str) -> PaymentResult:
    """Note what was done about a row that did not match. It changes no claim.

    Raises ActionDenied, and RuleBroken (field `note`) without a note, when the row is no exception
    or when somebody settled it first.
    """
    permissions.check_can_load_results(by)
    note = note.strip()
    if not note:
        raise RuleBroken("Write what you found out and what was done", field="note")
    settled = PaymentResult.objects.filter(
        pk=result.pk, outcome=ResultOutcome.EXCEPTION, settled_at__isnull=True
    ).update(settled_at=timezone.now(), settled_by=by.user, settled_note=note)
    if not settled:
        raise RuleBroken(
            "Somebody has already settled this row. Look at the page again."
        )
    result.refresh_from_db()
    audit.record(
        by=by,
        verb="settled exception",
        on=result,
        about_person_id=result.item.claim.person_id if result.item else None,
        reason=note,
    )
    return result


@transaction.atomic
def reissue_claim(*, claim: Claim, by: Actor, note: str) -> Claim:
    """Make a payment the bank sent back ready to go again, under a new number ending in -R1, -R2.

    `note` says how the details were checked with the person, through a number already known
    (payments.md 5.5). Raises ActionDenied, RuleBroken without a note or without an active payee,
    InvalidTransition when the claim is no longer sent back.
    """
    permissions.check_can_load_results(by)
    note = note.strip()
    if not note:
        raise RuleBroken(
            "Write how you checked the details, and with whom", field="note"
        )
    if claim.payee is None or claim.payee.state != PayeeState.ACTIVE:
        raise RuleBroken(
            "This person has no supplier number in use. Set up the payee first."
        )
    transitions.move(
        claim,
        table=CLAIM_TRANSITIONS,
        to=ClaimState.READY,
        unchanged=("version",),
        values={"reissue": claim.reissue + 1, "version": claim.version + 1},
    )
    record_step(claim=claim, by=by, what="ready to be paid again", role=role_of(by))
    audit.record(
        by=by,
        verb="reissued",
        on=claim,
        about_person_id=claim.person_id,
        changes={"reissue": [claim.reissue - 1, claim.reissue]},
        reason=note,
    )
    total = claim.lines.aggregate(total=Sum("allowed_pence", default=0))["total"]
    message = decision_words.sent_again(claim, total=total)
    tell(claim=claim, by=by, occasion="claim.reissued", message=message)
    return claim
