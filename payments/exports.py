"""The file finance imports and its control file (payments.md 5.2, profile A).

A file is a function of the run alone: what it says is frozen when the run is built, so the same
bytes come out each time and their SHA-256 is known before anybody downloads them.
"""

from collections.abc import Iterator

from coprod.core import dates, spreadsheets
from payments.enums import LineKind
from payments.models import PayRun, PayRunItem

COLUMNS = (
    "batch_ref",
    "claim_ref",
    "line_no",
    "supplier_number",
    "payee_name",
    "invoice_number",
    "invoice_date",
    "activity_date",
    "description",
    "line_kind",
    "amount",
    "currency",
    "cost_centre",
    "subjective_code",
    "project_code",
    "tax_code",
    "payment_method",
)
CONTROL_COLUMNS = ("batch_ref", "row_count", "claim_count", "total_pence", "sha256")
# No meeting and no group is named: a title can say what somebody lives with (payments.md 5.2).
_DESCRIPTIONS: dict[str, str] = {
    LineKind.INVOLVEMENT: "Payment for taking part",
    LineKind.MILEAGE: "Mileage",
    LineKind.PARKING: "Parking",
    LineKind.FARE: "Fare",
    LineKind.CARE: "Replacement care",
    LineKind.OTHER: "Other cost",
}
_READ = (
    "pk",
    "claim__reference",
    "supplier_number",
    "payee_name",
    "invoice_number",
    "claim__approved_at",
    "claim__lines__activity_date",
    "claim__lines__kind",
    "claim__lines__allowed_pence",
    "claim__cost_code__code",
)
_ROWS_AT_ONCE = 2000


def payment_rows(pay_run: PayRun) -> Iterator[tuple[object, ...]]:
    """Yield one row for each line that is paid, in an order that never changes.

    Reads through a cursor that the database keeps, so memory does not grow with the run.
    """
    lines = (
        PayRunItem.objects.filter(pay_run=pay_run, claim__lines__allowed_pence__gt=0)
        .order_by("pk", "claim__lines__pk")
        .values_list(*_READ)
        .iterator(chunk_size=_ROWS_AT_ONCE)
    )
    batch, previous, number, invoice_date = pay_run.reference, 0, 0, ""
    for (
        item,
        claim,
        supplier,
        name,
        invoice,
        approved_at,
        day,
        kind,
        pence,
        code,
    ) in lines:
        if item != previous:
            previous, number = item, 0
            invoice_date = (
                dates.local(approved_at).date().isoformat() if approved_at else ""
            )
        number += 1
        yield (
            batch,
            claim,
            number,
            supplier,
            name,
            invoice,
            invoice_date,
            day.isoformat(),
            _DESCRIPTIONS[kind],
            kind,
            f"{pence // 100}.{pence % 100:02}",
            "GBP",
            code or "",
            "",
            "",
            "",
            "BANK_VIA_SUPPLIER",
        )


def payments_file(pay_run: PayRun) -> Iterator[bytes]:
    """Yield the payments file: UTF-8 without a byte-order mark, CRLF, plain for a machine."""
    return spreadsheets.csv_lines(COLUMNS, payment_rows(pay_run), machine=True)


def control_file(pay_run: PayRun) -> Iterator[bytes]:
    """Yield the control file with the counts, the total and the SHA-256 kept at building."""
    row = (
        pay_run.reference,
        pay_run.line_count,
        pay_run.claim_count,
        pay_run.total_pence,
        pay_run.sha256,
    )
    return spreadsheets.csv_lines(CONTROL_COLUMNS, [row], machine=True)
