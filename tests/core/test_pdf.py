import http.server
import io
import threading

import pikepdf
import pytest

from coprod.core import pdf

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Minutes of a meeting</title>
<link rel="stylesheet" href="static:css/pdf.css">{head}</head><body class="size-12"><main>{body}
</main></body></html>"""
TABLE = """<table><caption>Actions</caption>
<thead><tr><th>Number</th><th>What</th></tr></thead>
<tbody><tr><th scope="row">41</th><td>Ask the maker</td></tr>
<tr><th scope="row">42</th><td>Write the card</td></tr></tbody></table>"""
CANARY = "CANARY-4711"
DRAWING = """<img alt="x" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'
 width='9' height='9'><image href='{url}/m.png' width='9' height='9'/></svg>">"""


def made(body="<h1>Minutes</h1><p>We talked.</p>", head=""):
    return pdf.render_html(PAGE.format(body=body, head=head))


def opened(document):
    return pikepdf.open(io.BytesIO(document.data))


def elements(file, kind):
    return [
        item
        for item in file.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == kind
    ]


def test_a_document_has_a_language_a_title_and_says_it_is_tagged():
    file = opened(made())

    assert str(file.Root.Lang) == "en-GB"
    assert str(file.docinfo.Title) == "Minutes of a meeting"
    assert bool(file.Root.MarkInfo.Marked) is True
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle) is True


def test_a_document_has_a_structure_tree_with_headings_paragraphs_and_lists():
    file = opened(made("<h1>A</h1><h2>B</h2><p>C</p><ul><li>D</li></ul>"))

    assert file.Root.StructTreeRoot.K[0].S == "/Document"
    counts = {
        kind: len(elements(file, kind)) for kind in ("/H1", "/H2", "/P", "/L", "/LI")
    }
    assert counts == {"/H1": 1, "/H2": 1, "/P": 1, "/L": 1, "/LI": 1}


def test_header_cells_say_whether_they_head_a_row_or_a_column():
    file = opened(made(TABLE))
    cells = elements(file, "/TH")

    assert [str(cell.A.Scope) for cell in cells] == [
        "/Column",
        "/Column",
        "/Row",
        "/Row",
    ]
    assert {str(cell.A.O) for cell in cells} == {"/Table"}


def test_a_cell_over_two_columns_keeps_its_span():
    body = (
        "<table><tr><th colspan=2>Both</th></tr><tr><td>a</td><td>b</td></tr></table>"
    )

    file = opened(made(body))
    (cell,) = elements(file, "/TH")

    assert (int(cell.A.ColSpan), str(cell.A.Scope)) == (2, "/Column")


def test_pages_are_counted():
    assert made("<h1>One</h1><p class='new-page'>Two</p>").page_count == 2


def test_letters_of_other_languages_are_drawn_from_a_file_of_their_own():
    # Two files under one name share the glyphs of the first: "ń" was drawn as another letter.
    file = opened(made("<p>Dzień dobry</p>"))
    fonts = [item for item in file.objects if isinstance(item, pikepdf.Dictionary)]
    files = {
        font.FontFile2.objgen
        for font in fonts
        if font.get("/Type") == "/FontDescriptor"
    }

    assert len(files) == 2


def test_a_paragraph_in_another_language_says_so_and_which_way_it_runs():
    file = opened(
        made(
            '<p>Hello</p><p lang="pl" dir="ltr">Dzień dobry</p><ul><li><p>One</p></li></ul>'
            '<p lang="ar" dir="rtl">تحية طيبة</p><p class="new-page" lang="cy">Annwyl</p>'
        )
    )
    told = elements(file, "/P")

    assert [str(each.get("/Lang", "")) for each in told] == ["", "pl", "", "ar", "cy"]
    assert [each.get("/A", {}).get("/WritingMode") for each in told] == [
        *(None, None, None, "/RlTb", None)
    ]


def test_large_print_is_18_point_and_standard_12():
    html = pdf.html_of("pdf/base.html", {})
    large = pdf.html_of("pdf/base.html", {"large_print": True})

    assert 'class="size-12"' in html
    assert 'class="size-18"' in large


@pytest.fixture
def canary_server():
    """A server that notes every request it gets."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{url}/a.png" alt="x">',
        '<object data="{url}/b.svg"></object>',
        '<embed src="{url}/c.svg">',
        '<link rel="stylesheet" href="{url}/d.css">',
        '<link rel="attachment" href="{url}/e.txt">',
        '<a rel="attachment" href="{url}/f.txt">x</a>',
        '<style>@import "{url}/g.css"; p {{ background: url({url}/h.png) }}</style><p>x</p>',
        "<style>@font-face {{ font-family: z; src: url({url}/i.woff) }}</style><p>x</p>",
        '<p style="background: url({url}/j.png); content: url({url}/k.png)">x</p>',
        '<svg width="9" height="9"><image href="{url}/l.png" width="9" height="9"/></svg>',
        DRAWING,
        '<img alt="x" src="HTTP://127.0.0.1/n.png"><img alt="x" src="//127.0.0.1/o.png">',
        '<base href="{url}/"><img alt="x" src="p.png"><iframe src="{url}/q.html"></iframe>',
    ],
)
def test_no_markup_makes_a_document_ask_for_anything(canary_server, body):
    url, asked = canary_server

    document = made(body.format(url=url))

    assert asked == []
    assert document.page_count == 1


def test_the_canary_server_would_notice(canary_server):
    from urllib.request import urlopen

    url, asked = canary_server

    with urlopen(f"{url}/hello"):  # noqa: S310 - our own server, above
        pass

    assert asked == ["/hello"]


@pytest.mark.parametrize(
    "address",
    [
        "file://{path}",
        "{path}",
        "FILE://{path}",
        "static:../../..{path}",
        "static:{path}",
    ],
)
def test_no_file_of_the_machine_gets_into_a_document(tmp_path, address):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    where = address.format(path=secret)

    document = made(
        f'<img src="{where}" alt="x"><a rel="attachment" href="{where}">x</a>'
        f'<link rel="attachment" href="{where}">'
    )

    file = opened(document)
    assert "/EmbeddedFiles" not in file.Root.get("/Names", {})
    for item in file.objects:
        if isinstance(item, pikepdf.Stream):
            assert CANARY.encode() not in item.read_bytes()


def test_a_refused_address_is_noted_and_the_document_is_still_made(caplog):
    document = made('<p>Still here</p><img src="http://127.0.0.1:9/x.png" alt="x">')

    assert document.page_count == 1
    assert "a document asked for an address and was refused" in caplog.messages
