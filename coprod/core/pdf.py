"""The one PDF writer. WeasyPrint is imported only here, only when used, and can reach nothing."""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from weasyprint import Document as Rendered

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    data: bytes
    page_count: int


def render(template: str, context: dict[str, Any]) -> Made:
    """Return a tagged PDF of a template: PDF/UA-1 tags, language, title, header cells with scope.

    Nothing is fetched: only data: addresses and our own static files, whatever text is in it.
    """
    return render_html(render_to_string(template, context))


def render_html(html: str) -> Made:
    import weasyprint  # noqa: PLC0415 - half a second and 60 MB that a web process never needs
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - as above

    class NothingOutside(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url.startswith("data:"):
                response: URLFetcherResponse = super().fetch(url, headers)
                return response
            if url.startswith("static:"):
                found = finders.find(url.removeprefix("static:"))
                if found and ".." not in url:
                    with open(found, "rb") as handle:
                        return URLFetcherResponse(url, body=handle.read())
            log.warning("a document asked for an address and was refused")
            raise ValueError("Documents cannot fetch anything.")

    document: Rendered = weasyprint.HTML(
        string=html, base_url="", url_fetcher=NothingOutside()
    ).render(pdf_variant="pdf/ua-1", pdf_tags=True)
    data = document.write_pdf(finisher=_scope_header_cells, pdf_variant="pdf/ua-1")
    return Made(data=data, page_count=len(document.pages))


def _scope_header_cells(document: Any, pdf: Any) -> None:
    # WeasyPrint leaves header cells without a scope; readers then guess which way they run.
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TH":
            item["A"] = "<</O /Table /Scope /Column>>"


def static_data(path: str) -> str:
    """Return one of our static files as a data: address, for the letterhead."""
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(path)
    with open(str(found), "rb") as handle:
        return "data:image/svg+xml;base64," + base64.b64encode(handle.read()).decode()
