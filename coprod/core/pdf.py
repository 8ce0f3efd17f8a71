"""The one PDF writer. WeasyPrint is imported only here, only when used, and can reach nothing."""

import logging
import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

log = logging.getLogger(__name__)
# They tell each step of each document.
for _chatty in ("weasyprint", "fontTools"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)

# Point sizes of the body text. Whoever needs larger print than this passes `print_size`.
STANDARD = 12
LARGE = 18
VARIANT = "pdf/ua-1"


@dataclass(frozen=True)
class Made:
    data: bytes
    page_count: int


@dataclass(frozen=True)
class Together:
    """Several small documents in one PDF, and how many pages each of them has, in order."""

    data: bytes
    page_counts: list[int]


def render(template: str, context: dict[str, Any]) -> Made:
    """Return a tagged PDF of a template: structure tree, language, title, header cells with scope.

    Nothing is fetched: only data: addresses and our own static files, whatever text is in it.
    """
    return render_html(html_of(template, context))


def html_of(template: str, context: dict[str, Any]) -> str:
    """Return the page the PDF is made from, with the names every document needs."""
    large_print = bool(context.get("large_print", False))
    common = {
        "SERVICE_NAME": settings.SERVICE_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "HELP_PHONE": settings.HELP_PHONE,
        "large_print": large_print,
        "print_size": LARGE if large_print else STANDARD,
    }
    return render_to_string(template, common | context)


def render_html(html: str) -> Made:
    """Return a tagged PDF of a whole HTML page. An address it may not fetch is logged and left out."""
    import weasyprint  # noqa: PLC0415 - half a second and 60 MB that a web process never needs

    html_page = weasyprint.HTML(string=html, url_fetcher=_fetcher())
    document = html_page.render(pdf_tags=True)
    data = document.write_pdf(pdf_variant=VARIANT, finisher=_finish)
    return Made(data=data, page_count=len(document.pages))


def render_together(pages: Sequence[str], *, styles: Sequence[str]) -> Together:
    """Return one tagged PDF of many small HTML pages, each with page numbers of its own.

    The style sheets (names of static files) are read once and laid under every page: with its own
    link each page would take five times as long. Title and language are those of the first.
    """
    import weasyprint  # noqa: PLC0415 - as above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - as above

    fetcher, fonts = _fetcher(), FontConfiguration()
    sheets = [
        weasyprint.CSS(url=f"static:{name}", url_fetcher=fetcher, font_config=fonts)
        for name in styles
    ]
    documents = [
        weasyprint.HTML(string=page, url_fetcher=fetcher).render(
            stylesheets=sheets, font_config=fonts, pdf_tags=True
        )
        for page in pages
    ]
    whole = documents[0].copy([page for each in documents for page in each.pages])
    data = whole.write_pdf(pdf_variant=VARIANT, pdf_tags=True, finisher=_finish)
    return Together(data=data, page_counts=[len(each.pages) for each in documents])


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - as above

    class NothingOutside(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url.startswith("static:"):
                body, content_type = _static_file(url.removeprefix("static:"))
                return URLFetcherResponse(
                    url, body=body, headers={"Content-Type": content_type}
                )
            log.warning("a document asked for an address and was refused")
            raise ValueError("Documents cannot fetch anything.")

    return NothingOutside(allowed_protocols=("data",), allow_redirects=False)


def _static_file(path: str) -> tuple[bytes, str]:
    found = None if ".." in path else finders.find(path)
    if not found:
        raise ValueError("Documents cannot fetch anything.")
    return Path(str(found)).read_bytes(), mimetypes.guess_type(path)[0] or "text/plain"


def _finish(document: Any, pdf: Any) -> None:
    _scope_header_cells(pdf)
    _tell_languages(document, pdf)


def _tell_languages(document: Any, pdf: Any) -> None:
    # WeasyPrint tells the language of the whole and of no part. It makes the elements in the order of
    # the boxes, page by page, and so a paragraph's element is found by its place.
    boxes = [box for page in document.pages for box in _paragraphs(page)]
    if any("lang" in box.element.attrib for box in boxes):
        found = [item for item in pdf.objects if isinstance(item, dict)]
        elements = [item for item in found if item.get("S") == "/P"]
        for box, element in zip(boxes, elements, strict=True):
            _tell_language(box.element, element)


def _paragraphs(page: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure.boxes import BlockBox  # noqa: PLC0415 - as above

    boxes = page._page_box.descendants()
    return (b for b in boxes if b.element_tag == "p" and isinstance(b, BlockBox))


def _tell_language(paragraph: Any, element: dict[str, Any]) -> None:
    import pydyf  # noqa: PLC0415 - as above

    if language := paragraph.get("lang"):
        element["Lang"] = pydyf.String(language)
    if paragraph.get("dir") == "rtl":
        element["A"] = pydyf.Dictionary({"O": "/Layout", "WritingMode": "/RlTb"})


def _scope_header_cells(pdf: Any) -> None:
    # WeasyPrint leaves header cells without a scope; readers then guess which way they run.
    # A header cell beside data cells heads its row; one in a row of headers heads its column.
    found: list[Any] = [item for item in pdf.objects if isinstance(item, dict)]
    elements = {item.reference: item for item in found}
    for cell in elements.values():
        if cell.get("S") == "/TH":
            row = elements[cell["P"]]
            heads_row = "/TD" in _kinds_of(elements[child] for child in row["K"])
            cell["A"]["Scope"] = "/Row" if heads_row else "/Column"


def _kinds_of(elements: Iterable[dict[str, Any]]) -> set[str]:
    return {element.get("S", "") for element in elements}
