"""What the pages around a PDF of ours have in common: how far it is, and the file itself."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from coprod.core import downloads
from coprod.core.enums import DocumentState
from coprod.core.models import Document

_SHOWN_AS = {DocumentState.READY: "ready", DocumentState.FAILED: "failed"}


def progress_of(document: Document) -> dict[str, Any]:
    shown_as = _SHOWN_AS.get(DocumentState(document.state), "waiting")
    return {
        "document": document,
        "shown_as": shown_as,
        "is_waiting": shown_as == "waiting",
        "has_failed": shown_as == "failed",
    }


def file_of(document: Document) -> HttpResponseBase:
    if document.file is None:
        raise Http404
    return downloads.stored_file(document.file, inline=True)
