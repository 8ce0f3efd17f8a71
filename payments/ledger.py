"""Read what the ledger sends back: one row for each payment (payments.md 5.2, results file in)."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from coprod.core.errors import RuleBroken

COLUMNS = (
    "supplier_number",
    "invoice_number",
    "amount",
    "paid_date",
    "payment_reference",
    "status",
)
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
PAID_WORDS = frozenset({"paid", "cleared", "success", "successful", "settled"})
RETURNED_WORDS = frozenset({"failed", "returned", "rejected", "bounced", "recalled"})

_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y")


@dataclass(frozen=True)
class LedgerRow:
    """One row as it stands in the file, with what could be read of it."""

    number: int
    supplier_number: str
    invoice_number: str
    amount_text: str
    paid_date_text: str
    payment_reference: str
    status: str

    @property
    def pence(self) -> int | None:
        """Return the amount in pence, or None when it is not an amount of money."""
        text = self.amount_text.replace("£", "").replace(",", "").strip()
        return int(Decimal(text) * 100) if _AMOUNT.fullmatch(text) else None

    @property
    def paid_date(self) -> dt.date | None:
        """Return the date, or None when it is not a real one."""
        for pattern in _DATE_FORMATS:
            try:
                return dt.datetime.strptime(self.paid_date_text, pattern).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        return None

    @property
    def is_paid(self) -> bool:
        return self.status.lower() in PAID_WORDS

    @property
    def is_returned(self) -> bool:
        return self.status.lower() in RETURNED_WORDS


def _text(data: bytes) -> str:
    if not data.strip():
        raise RuleBroken("This file is empty. Choose another one.", field="file")
    if len(data) > MOST_BYTES:
        raise RuleBroken(
            "This file is too big. Choose one smaller than 5 MB.", field="file"
        )
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise RuleBroken(
        "This is not a CSV file. Save it as CSV and choose it again.", field="file"
    )


def _name(heading: str) -> str:
    return re.sub(r"[\s_-]+", "_", heading.strip().lower()).strip("_")


def _delimiter(first_line: str) -> str:
    return max(",;\t", key=first_line.count)


def read_rows(data: bytes) -> list[LedgerRow]:
    """Return the rows of a results file, whatever the order and case of its headings.

    A byte-order mark and empty lines are passed over. Raises RuleBroken (field `file`) with a
    sentence when it is empty, too big, no CSV, without a column, or has no row.
    """
    text = _text(data)
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=_delimiter(text.partition("\n")[0]),
        strict=True,
    )
    try:
        places = _places(next(lines, []))
        rows = list(_rows(lines, places))
    except csv.Error as problem:
        raise RuleBroken(
            f"We cannot read line {lines.line_num} of this file as CSV. Nothing was loaded.",
            field="file",
        ) from problem
    if not rows:
        raise RuleBroken(
            "This file has headings and no rows. Nothing was loaded.", field="file"
        )
    return rows


def _places(headings: list[str]) -> dict[str, int]:
    names = [_name(heading) for heading in headings]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise RuleBroken(
            f"This file has no column called {', '.join(missing)}. Nothing was loaded.",
            field="file",
        )
    twice = [column for column in COLUMNS if names.count(column) > 1]
    if twice:
        raise RuleBroken(
            f"This file has more than one column called {', '.join(twice)}. Nothing was loaded.",
            field="file",
        )
    return {column: names.index(column) for column in COLUMNS}


def _rows(lines: Iterator[list[str]], places: dict[str, int]) -> Iterator[LedgerRow]:
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if number > MOST_ROWS:
            raise RuleBroken(
                f"This file has more than {MOST_ROWS:,} rows. Split it and load each part.",
                field="file",
            )
        values = {
            column: cells[place].strip() if place < len(cells) else ""
            for column, place in places.items()
        }
        yield LedgerRow(
            number=number,
            supplier_number=values["supplier_number"],
            invoice_number=values["invoice_number"],
            amount_text=values["amount"],
            paid_date_text=values["paid_date"],
            payment_reference=values["payment_reference"],
            status=values["status"],
        )
