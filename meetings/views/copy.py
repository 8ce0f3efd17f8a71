from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from coprod.core import downloads
from coprod.core.access import Request, audience
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from meetings import documents
from meetings.models import Minutes
from meetings.views.minutes import READERS, find_minutes

_SHOWN_AS = {DocumentState.READY: "ready", DocumentState.FAILED: "failed"}


def _find_copy(request: Request, minutes: Minutes, reference: str) -> Document:
    mine = Document.objects.filter(
        kind=documents.MINUTES,
        about=minutes.meeting.reference,
        asked_by_id=request.actor.user_id,
        asked_for_person_id=request.actor.person_id,
    )
    found: Document = get_object_or_404(
        mine.select_related("file"), reference=reference
    )
    return found


@audience(*READERS)
@require_POST
def copy_ask(request: Request, ref: str) -> HttpResponse:
    minutes = find_minutes(request, ref)
    document = documents.ask_for_minutes(
        minutes=minutes,
        large_print=request.POST.get("size") == "large",
        by=request.actor,
    )
    return redirect("meetings:minutes-copy", ref, document.reference)


@audience(*READERS)
@require_safe
def copy_progress(request: Request, ref: str, document: str) -> HttpResponse:
    minutes = find_minutes(request, ref)
    made = _find_copy(request, minutes, document)
    shown_as = _SHOWN_AS.get(DocumentState(made.state), "waiting")
    context = {
        "meeting": minutes.meeting,
        "document": made,
        "shown_as": shown_as,
        "is_waiting": shown_as == "waiting",
        "has_failed": shown_as == "failed",
    }
    return render(request, "meetings/minutes_copy.html", context)


@audience(*READERS)
@require_safe
def copy_file(request: Request, ref: str, document: str) -> HttpResponseBase:
    minutes = find_minutes(request, ref)
    made = _find_copy(request, minutes, document)
    stored = get_object_or_404(
        Document.objects.filter(file__isnull=False), pk=made.pk
    ).file
    assert stored is not None  # noqa: S101 - the line above asked for one with a file
    return downloads.stored_file(stored, inline=True)
