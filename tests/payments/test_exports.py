import csv
import hashlib
import io

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coprod.core import money, spreadsheets
from payments import exports
from payments.actions import pay_runs
from payments.models import Claim, CostCode, Payee, PayRun
from tests.payments.story import NOW, PAY_DATE, builder, ready_claim, releaser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(NOW, tick=False):
        yield


def built():
    return pay_runs.build(by=builder(), pay_date=PAY_DATE)


def bytes_of(run):
    return b"".join(exports.payments_file(run))


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_the_file_has_one_row_for_each_line_in_the_fixed_columns():
    claim = ready_claim(supplier_number="204417", name="Marian Okafor")
    run = built()

    data = bytes_of(run)

    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 3
    assert data.split(b"\r\n")[0].decode() == ",".join(exports.COLUMNS)
    first, second = rows_of(data)
    assert first == {
        "batch_ref": run.reference,
        "claim_ref": claim.reference,
        "line_no": "1",
        "supplier_number": "204417",
        "payee_name": "Marian Okafor",
        "invoice_number": claim.reference,
        "invoice_date": "2026-11-20",
        "activity_date": "2026-12-08",
        "description": "Payment for taking part",
        "line_kind": "involvement",
        "amount": "55.00",
        "currency": "GBP",
        "cost_centre": "TH-4120",
        "subjective_code": "",
        "project_code": "",
        "tax_code": "",
        "payment_method": "BANK_VIA_SUPPLIER",
    }
    assert (second["line_no"], second["line_kind"], second["amount"]) == (
        "2",
        "parking",
        "12.00",
    )


def test_the_control_file_holds_the_counts_the_total_and_the_sha256():
    ready_claim()
    ready_claim()
    run = built()

    (control,) = rows_of(b"".join(exports.control_file(run)))

    data = bytes_of(run)
    assert control == {
        "batch_ref": run.reference,
        "row_count": str(len(rows_of(data))),
        "claim_count": "2",
        "total_pence": "13400",
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_the_amounts_of_the_file_add_up_to_the_run_and_to_its_claims():
    for _ in range(3):
        ready_claim()
    run = built()

    total = sum(
        money.to_pence(spreadsheets.Decimal(row["amount"]))
        for row in rows_of(bytes_of(run))
    )

    assert (
        total
        == run.total_pence
        == sum(run.items.values_list("amount_pence", flat=True))
    )


def test_the_bytes_are_the_same_before_and_after_release_and_when_payees_change():
    ready_claim()
    run = built()
    before = bytes_of(run)

    pay_runs.release(pay_run=run, by=releaser(), typed_total_pence=run.total_pence)
    Payee.objects.update(name="Another name", supplier_number="1")

    assert bytes_of(PayRun.objects.get()) == before


def test_a_run_built_again_after_it_was_taken_apart_differs_only_by_its_number():
    ready_claim()
    first = built()
    data = bytes_of(first)
    pay_runs.take_apart(pay_run=first, by=builder())

    second = built()

    assert bytes_of(second) == data.replace(
        first.reference.encode(), second.reference.encode()
    )


@pytest.mark.parametrize(
    ("name", "exported"),
    [
        ("=1+1 Ltd", "1+1 Ltd"),
        ("+SUM(A1)", "SUM(A1)"),
        ("@cmd|' /C calc'!A0", "cmd|' /C calc'!A0"),
        ("-2+3+cmd", "2+3+cmd"),
        ("\t=HYPERLINK(1)", "HYPERLINK(1)"),
        ("O'Neill-Łukaszewicz", "O'Neill-Łukaszewicz"),
        ('Ann "Nan" Lee, senior', 'Ann "Nan" Lee, senior'),
        ("Zoë\r\nSmith", "Zoë Smith"),
    ],
)
def test_a_name_is_harmless_in_the_file_and_true_in_the_record(name, exported):
    claim = ready_claim(name=name)

    first, *_rest = rows_of(bytes_of(built()))

    assert first["payee_name"] == exported
    assert first["amount"] == "55.00"
    assert Payee.objects.get(person=claim.person).name == name


_TEXT = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=60
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=_TEXT, code=_TEXT)
def test_no_text_in_any_export_can_start_a_formula(name, code):
    run = PayRun.objects.first()
    if run is None:
        ready_claim()
        run = built()
    run.items.update(payee_name=name)
    CostCode.objects.update(code=code[:30])

    for row in rows_of(bytes_of(run)):
        assert not [
            cell for cell in row.values() if cell and spreadsheets.is_dangerous(cell)
        ]
        assert row["amount"] in {"55.00", "12.00"}
        assert row["claim_ref"] == Claim.objects.get().reference


def test_the_first_piece_comes_before_the_rows_are_read(django_assert_num_queries):
    ready_claim()
    run = built()
    pieces = exports.payments_file(run)

    with django_assert_num_queries(0):
        first = next(pieces)

    assert first.decode() == ",".join(exports.COLUMNS) + "\r\n"
