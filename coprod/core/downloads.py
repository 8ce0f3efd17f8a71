from collections.abc import Iterator
from typing import TypeVar

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header

from coprod.core import uploads
from coprod.core.models import StoredFile

R = TypeVar("R", FileResponse, StreamingHttpResponse)


def stored_file(stored: StoredFile, *, inline: bool = False) -> FileResponse:
    """Answer with a kept file. The caller has already asked who may have it."""
    path = uploads.path_of(stored)
    if not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=stored.content_type)
    return _guard(response, stored.name, inline=inline)


def made_file(
    pieces: Iterator[bytes], *, name: str, content_type: str
) -> StreamingHttpResponse:
    """Answer with a file made while it is read."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    return _guard(response, name, inline=False)


def _guard(response: R, name: str, *, inline: bool) -> R:
    response["Content-Disposition"] = (
        content_disposition_header(not inline, name) or "attachment"
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
