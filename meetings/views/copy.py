from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from coprod.core.access import Request, audience
from coprod.core.models import Document
from meetings import documents
from meetings.models import Minutes
from meetings.views.made import file_of, progress_of
from meetings.views.minutes import READERS, find_minutes


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
    context = {"meeting": minutes.meeting} | progress_of(made)
    return render(request, "meetings/minutes_copy.html", context)


@audience(*READERS)
@require_safe
def copy_file(request: Request, ref: str, document: str) -> HttpResponseBase:
    minutes = find_minutes(request, ref)
    return file_of(_find_copy(request, minutes, document))
