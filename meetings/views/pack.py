from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import Request, audience
from coprod.core.models import Document
from meetings import documents
from meetings.calendar_file import calendar_file
from meetings.models import Meeting
from meetings.views.made import file_of, progress_of
from meetings.views.meeting import READERS


def _meeting(request: Request, ref: str) -> Meeting:
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    found: Meeting = get_object_or_404(visible, reference=ref)
    return found


@audience(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def pack_ask(request: Request, ref: str) -> HttpResponse:
    meeting = _meeting(request, ref)
    if request.method == "POST":
        large = request.POST.get("size") == "large"
        document = documents.ask_for_agenda_pack(
            meeting=meeting, large_print=large, by=request.actor
        )
        return redirect("meetings:pack-progress", ref=ref, document=document.reference)
    return render(request, "meetings/pack_ask.html", {"meeting": meeting})


def _document(request: Request, meeting: Meeting, reference: str) -> Document:
    mine = Document.objects.filter(
        kind=documents.AGENDA_PACK,
        about=meeting.reference,
        asked_by_id=request.actor.user_id,
    )
    found: Document = get_object_or_404(
        mine.select_related("file"), reference=reference
    )
    return found


@audience(*READERS)
@require_safe
def pack_progress(request: Request, ref: str, document: str) -> HttpResponse:
    meeting = _meeting(request, ref)
    made = _document(request, meeting, document)
    context = {"meeting": meeting} | progress_of(made)
    return render(request, "meetings/pack_progress.html", context)


@audience(*READERS)
@require_safe
def pack_file(request: Request, ref: str, document: str) -> HttpResponseBase:
    meeting = _meeting(request, ref)
    return file_of(_document(request, meeting, document))


@audience(*READERS)
@require_safe
def calendar(request: Request, ref: str) -> HttpResponse:
    meeting = _meeting(request, ref)
    response = HttpResponse(
        calendar_file(meeting), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{meeting.reference}.ics"'
    return response
