from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coprod.core import downloads
from coprod.core.access import STAFF, Request, audience
from coprod.core.enums import DocumentState
from groups.notices.actions import printing
from groups.notices.enums import DeliveryState
from groups.notices.models import PrintRun
from groups.notices.permissions import can_send_notices
from groups.notices.views.answers import REFUSALS, try_to
from groups.notices.views.outbox import end_of_today

PROGRESS: dict[str, str] = {
    DocumentState.READY: "ready",
    DocumentState.FAILED: "failed",
}


def load_run(request: Request, ref: str) -> PrintRun:
    if not can_send_notices(request.actor):
        raise Http404
    runs = PrintRun.objects.select_related("document", "document__file", "made_by")
    return get_object_or_404(runs, reference=ref)


@audience(STAFF)
@require_POST
def make(request: Request) -> HttpResponse:
    due_before = None if request.POST.get("which") == "all" else end_of_today()
    try:
        run = printing.make_print_run(by=request.actor, due_before=due_before)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("notices:outbox")
    return redirect(run)


@audience(STAFF)
@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    rows = list(run.letters.select_related("person").order_by("due_at", "pk"))
    progress = PROGRESS.get(run.document.state, "waiting") if run.document else "failed"
    to_post = [row for row in rows if row.state == DeliveryState.PLANNED]
    words = "this letter" if len(to_post) == 1 else f"these {len(to_post)} letters"
    pages = run.document.page_count if run.document else None
    context = {
        "run": run,
        "letters": rows,
        "progress": progress,
        "is_ready": progress == "ready",
        "is_failed": progress == "failed",
        "is_waiting": progress == "waiting",
        "to_post": to_post,
        "posted_words": f"Mark {words} as posted",
        "pages": f"{pages} page{'s' if pages != 1 else ''}" if pages else "",
        "called_off": [
            row
            for row in rows
            if row.state != DeliveryState.PLANNED and not row.is_sent
        ],
        "posted": [row for row in rows if row.is_sent],
        "pdf_url": reverse("notices:print-run-pdf", args=[run.reference]),
    }
    return render(request, "notices/print_run.html", context)


@audience(STAFF)
@require_safe
def pdf(request: Request, ref: str) -> FileResponse:
    run = load_run(request, ref)
    if run.document is None or run.document.file is None:
        raise Http404
    return downloads.stored_file(run.document.file, inline=True)


@audience(STAFF)
@require_POST
def posted(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return try_to(
        request,
        lambda: printing.mark_posted(by=request.actor, run=run),
        done="Marked as posted. Thank you.",
        to=reverse("notices:outbox"),
        instead=run.get_absolute_url(),
    )


@audience(STAFF)
@require_POST
def put_back(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return try_to(
        request,
        lambda: printing.put_back(by=request.actor, run=run),
        done="The letters wait again.",
        to=reverse("notices:outbox"),
    )


@audience(STAFF)
@require_POST
def again(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return try_to(
        request,
        lambda: printing.ask_again(by=request.actor, run=run),
        done="We are making the PDF again.",
        to=run.get_absolute_url(),
    )
