import datetime as dt

import pytest
import time_machine

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from groups.notices.models import Delivery
from payments import ledger
from payments.actions import pay_runs, payees, results
from payments.enums import ClaimState, PayRunState, ResultOutcome
from payments.models import Claim, PaymentResult, PayRunItem, ResultsFile
from tests.factories import staff_actor
from tests.payments.story import (
    NOW,
    PAY_DATE,
    builder,
    ready_claim,
    released_run,
    releaser,
)

pytestmark = pytest.mark.django_db

HEADINGS = "supplier_number,invoice_number,amount,paid_date,payment_reference,status"


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(NOW, tick=False):
        yield


def row(item, *, amount="67.00", day="2026-11-20", status="Paid", **changes):
    values = {
        "supplier": item.supplier_number,
        "invoice": item.invoice_number,
        "amount": amount,
        "day": day,
        "reference": "BACS-1",
        "status": status,
    } | changes
    return ",".join(values.values())


def file_of(*rows, headings=HEADINGS):
    return "\r\n".join([headings, *rows, ""]).encode()


def load(data, **more):
    return results.load_results(by=builder(), data=data, name="results.csv", **more)


def item_of(claim):
    return PayRunItem.objects.get(claim=claim, live=True)


def sent_item():
    claim = ready_claim()
    released_run(claim)
    return item_of(claim)


def state_of(item):
    return Claim.objects.get(pk=item.claim_id).state


def test_a_row_equal_to_the_penny_marks_the_claim_paid_and_tells_the_member():
    item = sent_item()

    loaded = load(file_of(row(item)))

    claim = Claim.objects.get()
    assert (claim.state, claim.paid_date) == (ClaimState.PAID, dt.date(2026, 11, 20))
    assert (loaded.row_count, loaded.paid_count, loaded.exception_count) == (1, 1, 0)
    body = Delivery.objects.get(person=claim.person).body
    assert "We paid you £67.00 on Friday 20 November 2026" in body
    item.pay_run.refresh_from_db()
    assert item.pay_run.state == PayRunState.SETTLED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount": "67.01"}, "The ledger says £67.01. We sent £67.00."),
        ({"amount": "66.99"}, "The ledger says £66.99. We sent £67.00."),
        ({"amount": "76.00"}, "The ledger says £76.00. We sent £67.00."),
        ({"amount": "lots"}, "We cannot read the amount."),
        ({"amount": "-67.00"}, "We cannot read the amount."),
        ({"amount": "67.001"}, "We cannot read the amount."),
        ({"amount": ""}, "We cannot read the amount."),
        ({"supplier": "1"}, "The supplier number is not the one we sent."),
        ({"invoice": "C-AAAA-AAAA"}, "No released payment has this invoice number."),
        ({"day": "31/02/2026"}, "We cannot read the date it was paid."),
        ({"day": "2026-11-21"}, "The date it was paid has not come yet."),
        ({"status": "Perhaps"}, "We do not know the status “Perhaps”."),
    ],
)
def test_anything_that_does_not_match_is_an_exception_and_never_paid(changes, why):
    item = sent_item()

    loaded = load(file_of(row(item, **changes)))

    result = PaymentResult.objects.get()
    assert (result.outcome, result.why) == (ResultOutcome.EXCEPTION, why)
    assert (loaded.paid_count, loaded.exception_count) == (0, 1)
    assert state_of(item) == ClaimState.SENT
    assert not Delivery.objects.exists()
    item.pay_run.refresh_from_db()
    assert item.pay_run.state == PayRunState.RELEASED


@pytest.mark.parametrize(
    "data",
    [
        lambda item: b"\xef\xbb\xbf" + file_of(row(item)),
        lambda item: file_of(row(item)).replace(b"\r\n", b"\n"),
        lambda item: file_of(row(item), "", ",,,,,"),
        lambda item: file_of(row(item), headings=HEADINGS.upper().replace("_", " ")),
        lambda item: file_of(
            row(item).replace(",", ";"), headings=HEADINGS.replace(",", ";")
        ),
        lambda item: file_of(
            row(item, day="20/11/2026", amount="£67.00", status="PAID")
        ),
        lambda item: (
            "Status,Paid Date,Amount,Invoice Number,Extra,Supplier Number,Payment Reference\n"
            f"paid,2026-11-20,67,{item.invoice_number},x,{item.supplier_number},1\n"
        ).encode(),
    ],
)
def test_a_byte_order_mark_other_headings_and_other_endings_read_the_same(data):
    item = sent_item()

    load(data(item))

    assert state_of(item) == ClaimState.PAID


def test_the_same_file_twice_is_told_and_changes_nothing():
    item = sent_item()
    data = file_of(row(item))
    load(data)

    with pytest.raises(RuleBroken, match="Colin Webb loaded this same file") as refusal:
        load(data)

    assert refusal.value.field == "file"
    assert ResultsFile.objects.count() == PaymentResult.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_the_same_row_in_another_file_is_already_known():
    item = sent_item()
    load(file_of(row(item)))

    load(file_of(row(item), row(item)))

    assert set(PaymentResult.objects.values_list("outcome", flat=True)) == {
        ResultOutcome.PAID,
        ResultOutcome.ALREADY,
    }
    assert Delivery.objects.count() == 1


def test_a_file_with_another_total_than_typed_changes_nothing():
    item = sent_item()

    with pytest.raises(
        RuleBroken, match=r"add up to £67\.00, and you typed £76\.00"
    ) as refusal:
        load(file_of(row(item)), typed_total_pence=7600)

    assert refusal.value.field == "total"
    assert state_of(item) == ClaimState.SENT
    assert not ResultsFile.objects.exists()
    load(file_of(row(item)), typed_total_pence=6700)
    assert state_of(item) == ClaimState.PAID


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a CSV"),
        (HEADINGS.encode("utf-16"), "not a CSV"),
        (b"name,total\n1,2\n", "no column called supplier_number, invoice_number"),
        ((HEADINGS + ",amount\n").encode(), "more than one column called amount"),
        ((HEADINGS + "\n").encode(), "headings and no rows"),
        ((HEADINGS + '\n"204417,"x",1,1,1,paid\n').encode(), "We cannot read line 2"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_changes_nothing(data, sentence):
    with pytest.raises(RuleBroken, match=sentence) as refusal:
        load(data)

    assert refusal.value.field == "file"
    assert not ResultsFile.objects.exists()


def test_a_file_that_is_too_big_is_refused():
    with pytest.raises(RuleBroken, match="too big"):
        load(b"x" * (ledger.MOST_BYTES + 1))


def test_a_payment_of_a_run_not_yet_released_is_an_exception():
    claim = ready_claim()
    run = pay_runs.build(by=builder(), pay_date=PAY_DATE)
    item = run.items.get()

    load(file_of(row(item)))

    assert PaymentResult.objects.get().outcome == ResultOutcome.EXCEPTION
    claim.refresh_from_db()
    assert claim.state == ClaimState.IN_RUN


def test_a_payment_the_bank_sent_back_is_told_and_can_be_paid_again_once():
    item = sent_item()
    load(file_of(row(item, status="Returned")))
    claim = Claim.objects.select_related("payee", "person").get()
    assert claim.state == ClaimState.BANK_RETURNED
    assert "The bank sent it back" in Delivery.objects.get(person=claim.person).body

    results.reissue_claim(claim=claim, by=builder(), note="Rang Marcus at home.")
    released_run(claim)

    again = item_of(claim)
    assert again.invoice_number == f"{claim.reference}-R1"
    load(file_of(row(again)))
    claim.refresh_from_db()
    assert (claim.state, claim.reissue) == (ClaimState.PAID, 1)
    paid = PayRunItem.objects.filter(claim=claim, live=True)
    assert sum(row.amount_pence for row in paid) == 6700


def test_a_late_row_for_the_old_number_does_not_pay_a_reissued_claim():
    item = sent_item()
    load(file_of(row(item, status="Failed")))
    claim = Claim.objects.select_related("payee").get()
    results.reissue_claim(claim=claim, by=builder(), note="Rang her.")
    released_run(claim)

    load(file_of(row(item)))

    assert PaymentResult.objects.order_by("-pk")[0].outcome == ResultOutcome.EXCEPTION
    assert state_of(item) == ClaimState.SENT


def test_a_paid_claim_can_still_come_back_from_the_bank():
    item = sent_item()
    load(file_of(row(item)))

    load(file_of(row(item, status="returned")))

    claim = Claim.objects.get()
    assert (claim.state, claim.paid_date) == (ClaimState.BANK_RETURNED, None)


def test_a_reissue_needs_a_note_and_a_payee_in_use():
    item = sent_item()
    load(file_of(row(item, status="Failed")))
    claim = Claim.objects.select_related("payee").get()

    with pytest.raises(RuleBroken, match="how you checked"):
        results.reissue_claim(claim=claim, by=builder(), note=" ")
    payees.stop_payee(by=builder(), payee=claim.payee, reason="Closed.")
    with pytest.raises(RuleBroken, match="no supplier number in use"):
        results.reissue_claim(claim=claim, by=builder(), note="Rang her.")

    assert state_of(item) == ClaimState.BANK_RETURNED


def test_a_claim_is_reissued_once():
    item = sent_item()
    load(file_of(row(item, status="Failed")))
    claim, stale = (Claim.objects.select_related("payee").get() for _ in range(2))
    results.reissue_claim(claim=claim, by=builder(), note="Rang her.")

    with pytest.raises(InvalidTransition):
        results.reissue_claim(claim=stale, by=builder(), note="Rang her.")

    assert Claim.objects.get().reissue == 1


def test_a_run_is_settled_only_when_every_payment_is_accounted_for():
    first, second = ready_claim(), ready_claim()
    run = released_run(first, second)

    load(file_of(row(item_of(first))))
    run.refresh_from_db()
    assert run.state == PayRunState.RELEASED

    load(file_of(row(item_of(second), status="Failed")))
    run.refresh_from_db()
    assert run.state == PayRunState.SETTLED


def test_an_exception_is_settled_with_a_note_once_and_changes_no_claim():
    item = sent_item()
    load(file_of(row(item, amount="67.01")))
    result = PaymentResult.objects.get()

    with pytest.raises(RuleBroken, match="Write what you found"):
        results.settle_exception(by=builder(), result=result, note="")
    results.settle_exception(
        by=builder(), result=result, note="Ledger slip, file resent."
    )
    with pytest.raises(RuleBroken, match="already settled"):
        results.settle_exception(by=builder(), result=result, note="Again.")

    result.refresh_from_db()
    assert result.settled_note == "Ledger slip, file resent."
    assert state_of(item) == ClaimState.SENT


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_only_finance_loads_results(role):
    item = sent_item()

    with pytest.raises(ActionDenied):
        results.load_results(
            by=staff_actor(role), data=file_of(row(item)), name="r.csv"
        )

    assert state_of(item) == ClaimState.SENT


def test_a_releaser_alone_cannot_load_results():
    with pytest.raises(ActionDenied):
        results.load_results(by=releaser(), data=b"x", name="r.csv")
