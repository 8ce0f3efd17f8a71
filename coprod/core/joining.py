"""Pieces of several PDFs put into one, in any order, with their structure for screen readers."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from coprod.core.pdf import Made

# A4 in points, upright.
_SHEET = (595, 842)
# What says nothing of its own is taken out of the tree, and what is in it moves up: a tree of
# many letters is then a sixth of its size.
_SAY_NOTHING = frozenset({"/NonStruct", "/Span"})
_SAID_OF_AN_ELEMENT = ("/A", "/Alt", "/ActualText", "/Lang")


@dataclass(frozen=True)
class Piece:
    """Some pages of a PDF, and what they are called in the list of bookmarks."""

    path: Path
    first: int
    count: int
    title: str


def join(front: Sequence[Made], pieces: Sequence[Piece]) -> Made:
    """Return one PDF: the fronts, then each piece on a sheet of its own, printed on both sides.

    Whoever prints on both sides must never find the second person's letter on the back of the first
    person's, so a piece with an odd number of pages is followed by an empty page. Title and
    language are those of the first front. Links inside the pieces are not carried over. The files are
    opened one after another: all at once they would take twice the memory.
    """
    import pikepdf  # noqa: PLC0415 - a library of 20 MB that a web process never needs

    with pikepdf.open(io.BytesIO(front[0].data)) as out:
        whole = _Whole(out, pikepdf)
        for made in front[1:]:
            with pikepdf.open(io.BytesIO(made.data)) as source:
                whole.add_all(source, range(made.page_count))
        whole.go_to_new_sheet()
        marks = []
        for path, group in groupby(pieces, key=lambda piece: piece.path):
            with pikepdf.open(path) as source:
                for piece in group:
                    marks.append((piece.title, len(out.pages)))
                    wanted = range(piece.first, piece.first + piece.count)
                    whole.add_all(source, wanted)
                    whole.go_to_new_sheet()
        with out.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(*mark) for mark in marks)
        out.Root.ViewerPreferences.Duplex = pikepdf.Name.DuplexFlipLongEdge
        data = io.BytesIO()
        out.save(data, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return Made(data=data.getvalue(), page_count=len(out.pages))


class _Whole:
    """The PDF that the pieces are added to, and the tree of its structure.

    A page names its row in the parent tree by a number. In the row stands, for each marked content
    of the page, the element it belongs to.
    """

    def __init__(self, out: Any, pikepdf: Any) -> None:
        self.out = out
        self.pikepdf = pikepdf
        tree = out.Root.StructTreeRoot
        self.root = tree.K[0]
        self.rows = tree.ParentTree.Nums
        keys = [int(self.rows[at]) for at in range(0, len(self.rows), 2)]
        self.following = max(keys, default=-1) + 1

    def go_to_new_sheet(self) -> None:
        if len(self.out.pages) % 2:
            self.out.add_blank_page(page_size=_SHEET)

    def add_all(self, source: Any, numbers: Sequence[int]) -> None:
        wanted: dict[Any, list[Any]] = {
            source.pages[number].obj.objgen: [] for number in numbers
        }
        for element in source.Root.StructTreeRoot.K[0].K:
            if element.Pg.objgen in wanted:
                wanted[element.Pg.objgen].append(element)
        for number in numbers:
            page = source.pages[number]
            self._add(page, wanted[page.obj.objgen])

    def _add(self, page: Any, elements: Sequence[Any]) -> None:
        self.out.pages.append(page)
        added = self.out.pages[-1].obj
        row: dict[int, Any] = {}
        for element in elements:
            self.root.K.append(self._copy(element, self.root, added, row))
        added.StructParents = self.following
        # The foot of a page is marked, but belongs to no element.
        places = range(max(row, default=-1) + 1)
        array = self.pikepdf.Array([row.get(place) for place in places])
        self.rows.extend([self.following, array])
        self.following += 1

    def _copy(self, element: Any, parent: Any, page: Any, row: dict[int, Any]) -> Any:
        copy = self.out.make_indirect(
            self.pikepdf.Dictionary(
                Type=self.pikepdf.Name.StructElem,
                S=self.pikepdf.Name(str(element.S)),
                P=parent,
                Pg=page,
                K=self.pikepdf.Array(),
            )
        )
        for key in _SAID_OF_AN_ELEMENT:
            if key in element:
                copy[key] = self.pikepdf.Object.parse(element[key].unparse())
        if "/Headers" in copy.get("/A", {}):
            # They name cells by words that another piece uses too; the scopes say the same.
            del copy.A.Headers
        self._copy_kids(element, copy, page, row)
        return copy

    def _copy_kids(
        self, element: Any, into: Any, page: Any, row: dict[int, Any]
    ) -> None:
        for kid in element.K:
            if isinstance(kid, int):
                into.K.append(kid)
                row[kid] = into
            elif str(kid.get("/S")) in _SAY_NOTHING:
                self._copy_kids(kid, into, page, row)
            elif "/S" in kid:
                into.K.append(self._copy(kid, into, page, row))
