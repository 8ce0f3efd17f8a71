from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.conf import settings

from coprod.core import dates, joining, pdf
from coprod.core.joining import Piece
from coprod.core.models import Document
from coprod.core.parts import Placed
from coprod.core.pdf import Made, Together
from groups.notices.models import Delivery, PrintRun
from groups.notices.piles import stop_of
from groups.notices.walk import Stop

STYLES = ("css/pdf.css", "css/letters.css")
# The room for the address, in millimetres: width and height.
WINDOW = (78.0, 33.0)
NOTIFY_AREA = (92.0, 25.0)
# GOV.UK Notify reads no more lines than this as an address, and posts no more pages.
NOTIFY_LINES = 7
NOTIFY_PAGES = 10
ROWS_AT_ONCE = 100
_ADDRESS_SIZES = (13.0, 12.0, 11.0, 10.0, 9.0, 8.0)
_MM_PER_POINT = 0.3528
# A wide letter, and a line with the air above it, as parts of the size of the print.
_LETTER_WIDTH = 0.56
_LINE_HEIGHT = 1.15


class CannotBePosted(ValueError):
    """This letter cannot go through GOV.UK Notify; the words say why."""


def build_letters(document: Document, keys: Sequence[int]) -> Together:
    """Return one PDF of some letters, in the order of the keys, each with its own page numbers."""
    rows = Delivery.objects.select_related("person").in_bulk(keys)
    pages = [_html(rows[key], asked=document, layout="to-window") for key in keys]
    return pdf.render_together(pages, styles=STYLES)


def one_letter(delivery: Delivery) -> bytes:
    """Return the PDF of one letter as GOV.UK Notify takes it.

    Raises CannotBePosted when it has too many pages for it or no address.
    """
    if not delivery.address.strip():
        raise CannotBePosted("There is no address on this letter.")
    page = _html(delivery, asked=None, layout="to-notify")
    made = pdf.render_together([page], styles=STYLES)
    if sum(made.page_counts) > NOTIFY_PAGES:
        raise CannotBePosted(
            f"This letter has more than {NOTIFY_PAGES} pages. Print it and post it."
        )
    return made.data


def _html(delivery: Delivery, *, asked: Document | None, layout: str) -> str:
    by_notify = layout == "to-notify"
    address = _in_few_lines(delivery.address) if by_notify else delivery.address
    context = {
        "letter": delivery,
        "greeting": delivery.person.greeting,
        "layout": layout,
        "address": address,
        "address_size": address_size(address, NOTIFY_AREA if by_notify else WINDOW),
        "date": dates.local(asked.asked_at).date() if asked else dates.today(),
        "HELP_TEXT": settings.HELP_TEXT,
    }
    return pdf.html_of("pdf/letters.html", context)


def address_size(address: str, room: tuple[float, float]) -> float:
    """Return the largest size of print, in points, in which the whole address has room."""
    width, height = room
    lines = address.strip().split("\n")
    for size in _ADDRESS_SIZES:
        in_line = int(width / (size * _MM_PER_POINT * _LETTER_WIDTH))
        count = sum(max(1, -(-len(line) // in_line)) for line in lines)
        if count * size * _MM_PER_POINT * _LINE_HEIGHT <= height:
            return size
    return _ADDRESS_SIZES[-1]


def _in_few_lines(address: str) -> str:
    """Return an address in as many lines as Notify reads: those before the last two come together."""
    lines = [line.strip() for line in address.split("\n") if line.strip()]
    extra = len(lines) - NOTIFY_LINES
    if extra <= 0:
        return "\n".join(lines)
    end = len(lines) - 2
    together = ", ".join(lines[end - extra - 1 : end])
    return "\n".join([*lines[: end - extra - 1], together, *lines[end:]])


@dataclass(frozen=True)
class Row:
    """One letter on the cover list."""

    letter: Delivery
    stop: Stop
    placed: Placed
    number: int = 0

    @property
    def reference(self) -> str:
        return self.letter.reference

    @property
    def name(self) -> str:
        return self.stop.name

    @property
    def postcode(self) -> str:
        return self.stop.postcode

    @property
    def page_count(self) -> int:
        return self.placed.count


def pack_title(stop: Stop) -> str:
    envelope = "large envelopes" if stop.is_large else "DL window envelopes"
    return f"{stop.print_size} point, {envelope}"


def in_order(letters: Sequence[Delivery], placed: dict[int, Placed]) -> list[Row]:
    """Return the letters that were made, in the order of posting, numbered from 1."""
    rows = [
        Row(letter, stop_of(letter, placed[letter.pk].count), placed[letter.pk])
        for letter in letters
        if letter.pk in placed
    ]
    rows.sort(key=lambda row: (*row.stop.key, row.letter.pk))
    return [replace(row, number=number) for number, row in enumerate(rows, start=1)]


def join_letters(document: Document, run: PrintRun, rows: Sequence[Row]) -> Made:
    """Return the whole print run: the cover list, then each letter on a sheet of its own."""
    pieces = [
        Piece(
            row.placed.path,
            row.placed.first,
            row.placed.count,
            f"{row.number}. {row.name}",
        )
        for row in rows
    ]
    return joining.join(_cover_list(document, run, rows), pieces)


def _cover_list(document: Document, run: PrintRun, rows: Sequence[Row]) -> list[Made]:
    """Return the list to tick off, some rows at a time: whole, it would take 70 MB.

    Letters that are printed and put into envelopes in one go have a list of their own.
    """
    made: list[Made] = []
    for title, of_pack in groupby(rows, key=lambda row: pack_title(row.stop)):
        pack = list(of_pack)
        for first in range(0, len(pack), ROWS_AT_ONCE):
            context = {
                "title": document.title,
                "run": run,
                "pack_title": title,
                "rows": pack[first : first + ROWS_AT_ONCE],
                "letter_count": len(pack),
                "sheet_count": sum(row.stop.sheet_count for row in pack),
                "starts_list": not made,
                "starts_pack": first == 0,
                "pages_before": sum(each.page_count for each in made),
            }
            made.append(pdf.render("pdf/letters_cover.html", context))
    return made
