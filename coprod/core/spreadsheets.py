"""The one writer of CSV. Text cells are made harmless to a spreadsheet; honest values stay.

A cell that a spreadsheet would read as a formula gets an apostrophe before it, unless it is an
honest value that merely starts with a sign: a telephone number or an amount. A file for a machine
(`machine=True`) has no apostrophes: there the dangerous first characters are taken off, because
a finance import would take the apostrophe as part of the name.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache, partial

_HONEST = re.compile(r"[+-]?\(?\d[\d ().,/-]*")
_STARTERS = "=+-@|%\t\r\n\x00＝＋－＠"
_LEADING = " \t\r\n\x00\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00a0"


_ROWS_A_PIECE = 200
_CELLS_REMEMBERED = 4096


def is_dangerous(text: str) -> bool:
    """Tell whether a spreadsheet could read this text as a formula."""
    if text[:1] in ("\t", "\r", "\n", "\x00"):
        return True
    core = text.lstrip(_LEADING)
    return core[:1] in _STARTERS and core != "" and not _HONEST.fullmatch(core)


def safe_text(value: object, *, machine: bool = False) -> str:
    """Return the cell text for one value; see the module for the two ways."""
    if isinstance(value, int | Decimal):
        return str(value)
    text = "" if value is None else str(value).replace("\x00", "")
    if machine:
        text = " ".join(text.split())
        while is_dangerous(text):
            text = text.lstrip(_LEADING)[1:].lstrip(_LEADING)
        return text
    return f"'{text}" if is_dangerous(text) else text


def csv_lines(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, machine: bool = False
) -> Iterator[bytes]:
    """Yield a CSV file in pieces: a heading row and then the rows, CRLF, UTF-8.

    A file for people starts with a byte-order mark so that Excel shows accents and pound signs.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    other = partial(safe_text, machine=machine)
    # Cells repeat from row to row; the cache is this file's own and goes with it.
    clean = lru_cache(maxsize=_CELLS_REMEMBERED)(other)

    def piece() -> bytes:
        data = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return data

    if not machine:
        buffer.write("\ufeff")
    writer.writerow(columns)
    # Before the first row is asked for, so that the reader hears from us at once.
    yield piece()
    for count, row in enumerate(rows, start=1):
        writer.writerow(
            [clean(value) if type(value) is str else other(value) for value in row]
        )
        if count % _ROWS_A_PIECE == 0:
            yield piece()
    yield piece()


def sha256_of(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Return the SHA-256 and the size in bytes of a file made in pieces."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size
