"""A pile of letters as it is printed, put into envelopes and ticked off."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from coprod.core.enums import DocumentState
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.notices.walk import Stop


def stop_of(letter: Delivery, page_count: int | None = None) -> Stop:
    """Return where a letter goes and what it is printed on; `page_count` if it is not known yet."""
    return Stop(
        name=letter.person.known_as,
        address=letter.address,
        print_size=letter.print_size,
        page_count=page_count or letter.page_count or 1,
    )


def waiting_letters(run: PrintRun) -> list[Delivery]:
    """Return the letters of a pile that are still to go, along the walk as far as it is known."""
    rows = run.letters.filter(state=DeliveryState.PLANNED).select_related("person")
    return sorted(rows, key=lambda row: (*stop_of(row).key, row.pk))


@dataclass(frozen=True)
class Line:
    """One letter of a pile with the words staff read beside it."""

    letter: Delivery
    number: int | None
    postcode: str
    print_words: str
    is_ticked: bool = False


@dataclass(frozen=True)
class Pile:
    """The letters of one print run, by what is to be done with them."""

    to_post: list[Line]
    to_take_out: list[Delivery]
    called_off: list[Delivery]
    posted: list[Delivery]
    done_count: int
    total_count: int
    is_ready: bool
    is_failed: bool

    @property
    def is_empty(self) -> bool:
        groups = (self.to_post, self.to_take_out, self.called_off, self.posted)
        return not any(groups)

    @property
    def is_waiting(self) -> bool:
        """Tell whether the worker still has something to make."""
        return bool(self.to_post) and not self.is_ready and not self.is_failed


def pile_of(run: PrintRun, *, ticked: Iterable[str] = ()) -> Pile:
    """Return the pile of a print run. One query."""
    rows = list(_rows(run))
    to_post = [row for row in rows if row.state == DeliveryState.PLANNED]
    to_post.sort(key=lambda row: (row.pile_number or 0, *stop_of(row).key, row.pk))
    # What came back and then went another way was posted all the same.
    posted = [row for row in rows if row.sent_at is not None]
    off = [row for row in rows if row.state == DeliveryState.WITHDRAWN]
    off = [row for row in off if row not in posted]
    in_the_way = [row for row in off if row.page_count and row.taken_out_at is None]
    document, marks = run.document, set(ticked)
    state = document.state if document else DocumentState.FAILED
    return Pile(
        to_post=[_line(row, is_ticked=row.reference in marks) for row in to_post],
        to_take_out=in_the_way,
        called_off=[row for row in off if row not in in_the_way],
        posted=posted,
        done_count=document.done_count if document else 0,
        total_count=(document.total_count if document else 0) or len(to_post),
        is_ready=state == DocumentState.READY,
        is_failed=state == DocumentState.FAILED,
    )


def _rows(run: PrintRun) -> QuerySet[Delivery]:
    return run.letters.select_related("person").order_by("pile_number", "pk")


def _line(letter: Delivery, *, is_ticked: bool) -> Line:
    stop = stop_of(letter)
    envelope = ", large envelope" if stop.is_large else ""
    return Line(
        letter=letter,
        number=letter.pile_number,
        postcode=stop.postcode,
        print_words=f"{letter.print_size} point{envelope}",
        is_ticked=is_ticked,
    )
