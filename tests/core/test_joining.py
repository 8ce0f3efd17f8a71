import io

import pikepdf
import pytest

from coprod.core import joining, pdf
from coprod.core.joining import Piece

STYLES = ["css/pdf.css"]
EMPTY = 595


def page(width, count=1):
    """A small document of some pages, known by how wide they are."""
    style = f"<style>@page {{ size: {width}pt 500pt }}</style>"
    body = "".join(
        f"<section style='break-after: page'><h1>{width}</h1><p>{number}</p></section>"
        for number in range(count)
    )
    return (
        f'<html lang="en-GB"><head><title>Piece {width}</title>{style}</head>'
        f"<body>{body}</body></html>"
    )


@pytest.fixture
def pieces(tmp_path):
    """Four documents in two files, as (width, number of pages): 300/1, 310/2, and 320/3, 330/1."""
    found = {}
    for name, documents in (("a", [(300, 1), (310, 2)]), ("b", [(320, 3), (330, 1)])):
        made = pdf.render_together([page(*each) for each in documents], styles=STYLES)
        path, first = tmp_path / f"{name}.pdf", 0
        path.write_bytes(made.data)
        assert made.page_counts == [count for _, count in documents]
        for width, count in documents:
            found[width] = Piece(path, first, count, f"Piece {width}")
            first += count
    return found


def joined(*pieces):
    front = pdf.render_html(
        '<html lang="en-GB"><head><title>The list</title></head><body><h1>List</h1>'
        "<p>All of them</p></body></html>"
    )
    made = joining.join([front], pieces)
    return made, pikepdf.open(io.BytesIO(made.data))


def widths(file):
    return [round(float(page.mediabox[2])) for page in file.pages]


def test_pieces_of_several_files_come_in_the_order_asked_for_each_on_a_new_sheet(
    pieces,
):
    made, file = joined(pieces[320], pieces[300], pieces[310], pieces[330])

    assert widths(file) == [
        *(EMPTY, EMPTY),
        *(320, 320, 320, EMPTY),
        *(300, EMPTY),
        *(310, 310),
        *(330, EMPTY),
    ]
    assert made.page_count == 12


def test_the_whole_has_one_structure_tree_in_the_order_of_its_pages(pieces):
    _, file = joined(pieces[330], pieces[310], pieces[300])
    pages = {page.obj.objgen: number for number, page in enumerate(file.pages)}

    (root,) = file.Root.StructTreeRoot.K
    order = [pages[element.Pg.objgen] for element in root.K]

    assert order == sorted(order)
    assert {widths(file)[number] for number in order} == {EMPTY, 330, 310, 300}
    assert all(element.P.objgen == root.objgen for element in root.K)


def test_every_page_with_words_leads_to_its_own_elements(pieces):
    _, file = joined(pieces[310], pieces[320])
    rows = file.Root.StructTreeRoot.ParentTree.Nums
    keys = [int(rows[at]) for at in range(0, len(rows), 2)]
    held = {int(rows[at]): rows[at + 1] for at in range(0, len(rows), 2)}

    assert keys == sorted(set(keys))
    for each in file.pages:
        if "/StructParents" in each.obj:
            elements = held[int(each.obj.StructParents)]
            assert len(elements) > 0
            assert {e.Pg.objgen for e in elements if e is not None} == {each.obj.objgen}


def test_a_page_that_was_not_asked_for_leaves_nothing_behind(pieces):
    _, file = joined(pieces[330])

    sizes = {
        round(float(item.MediaBox[2]))
        for item in file.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Page"
    }
    assert sizes == {EMPTY, 330}


def test_the_whole_keeps_title_and_language_of_its_front_and_prints_on_both_sides(
    pieces,
):
    _, file = joined(pieces[300])

    assert str(file.docinfo.Title) == "The list"
    assert str(file.Root.Lang) == "en-GB"
    assert bool(file.Root.MarkInfo.Marked) is True
    assert file.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"


def test_each_piece_has_a_bookmark_at_its_first_page(pieces):
    _, file = joined(pieces[310], pieces[300])

    with file.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["List", "Piece 310", "Piece 300"]


def test_several_fronts_follow_each_other_before_the_first_new_sheet(pieces):
    fronts = [
        pdf.render_html(
            f'<html lang="en-GB"><head><title>List {number}</title></head><body>'
            "<table><tr><th>Name</th></tr><tr><td>Dot</td></tr></table></body></html>"
        )
        for number in (1, 2, 3)
    ]

    made = joining.join(fronts, [pieces[310]])
    file = pikepdf.open(io.BytesIO(made.data))

    assert widths(file) == [*(EMPTY, EMPTY, EMPTY, EMPTY), 310, 310]
    assert str(file.docinfo.Title) == "List 1"
    cells = [
        item
        for item in file.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH"
    ]
    assert [str(cell.A.Scope) for cell in cells] == ["/Column"] * 3


def test_what_says_nothing_of_its_own_is_not_in_the_tree(pieces):
    _, file = joined(pieces[310])

    def under(element):
        for kid in element.K:
            if not isinstance(kid, int):
                yield from (str(kid.S), *under(kid))

    sections = [each for each in file.Root.StructTreeRoot.K[0].K if each.S == "/Sect"]
    assert [list(under(each)) for each in sections] == [["/H1", "/P"]] * 2
