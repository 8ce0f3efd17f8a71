"""Reports as files. A writer knows rows and columns, and no models."""

import datetime as dt
from collections.abc import Iterator

from coprod.core import dates, spreadsheets
from coprod.reports.queries import COLUMNS, PaidReport


def paid_csv(
    report: PaidReport, *, ran_at: dt.datetime, ran_by: str
) -> Iterator[bytes]:
    """Yield the report as CSV, with the period and who ran it under the figures."""
    rows: list[tuple[object, ...]] = [
        tuple(cell(row) for _, cell in COLUMNS) for row in [*report.rows, report.total]
    ]
    rows += [
        (),
        ("Paid in", report.period.words),
        ("Run on", dates.long_datetime(ran_at)),
        ("Run by", ran_by),
    ]
    return spreadsheets.csv_lines([heading for heading, _ in COLUMNS], rows)
