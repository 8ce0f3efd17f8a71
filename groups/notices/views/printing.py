from collections.abc import Sequence

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coprod.core import downloads
from coprod.core.access import STAFF, Request, audience
from groups.notices import piles
from groups.notices.actions import posted_anyway, posting, printing
from groups.notices.forms import PostedAnywayForm, PostedForm
from groups.notices.models import PrintRun
from groups.notices.permissions import can_send_notices
from groups.notices.views.answers import REFUSALS, try_to
from groups.notices.views.delivery import load
from groups.notices.views.outbox import end_of_today


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
@require_POST
def print_ourselves(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    try:
        run = printing.print_ourselves(by=request.actor, delivery=delivery)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect(delivery)
    return redirect(run)


@audience(STAFF)
@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return show(request, run)


def show(
    request: Request,
    run: PrintRun,
    *,
    form: PostedForm | None = None,
    anyway: PostedAnywayForm | None = None,
    ticked: Sequence[str] = (),
) -> HttpResponse:
    pile = piles.pile_of(run, ticked=ticked)
    days = posting.posting_days(run)
    pages = run.document.page_count if run.document else None
    count = len(pile.to_post)
    context = {
        "run": run,
        "pile": pile,
        "progress": _progress(pile),
        "form": form or PostedForm(days=days),
        "anyway": anyway or PostedAnywayForm(days=days),
        "ticked": ticked,
        "all_words": f"Mark all {count} as posted" if count > 1 else "",
        "ticked_words": "Mark the ticked ones as posted"
        if count > 1
        else "Mark this letter as posted",
        # Nobody has to tick the one letter there is.
        "which": "ticked" if count > 1 else "all",
        "pages": f"{pages} page{'s' if pages != 1 else ''}" if pages else "",
        "can_undo": any(posting.can_be_taken_back(row) for row in pile.posted),
        "pdf_url": reverse("notices:print-run-pdf", args=[run.reference]),
    }
    return render(request, "notices/print_run.html", context)


def _progress(pile: piles.Pile) -> str:
    if pile.is_failed:
        return "failed"
    return "ready" if pile.is_ready else "waiting"


@audience(STAFF)
@require_safe
def pdf(request: Request, ref: str) -> FileResponse | HttpResponse:
    run = load_run(request, ref)
    if run.words_gone:
        return redirect(run)
    if run.document is None or run.document.file is None:
        raise Http404
    return downloads.stored_file(run.document.file, inline=True)


@audience(STAFF)
@require_POST
def posted(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    form = PostedForm(request.POST, days=posting.posting_days(run))
    ticked = request.POST.getlist("posted")
    everything = request.POST.get("which") == "all"
    if not form.is_valid():
        return show(request, run, form=form, ticked=ticked)
    try:
        done = posting.mark_posted(
            by=request.actor,
            run=run,
            references=None if everything else ticked,
            day=form.cleaned_data["day"],
        )
    except REFUSALS as refusal:
        form.refuse(refusal)
        return show(request, run, form=form, ticked=ticked)
    if done.called_off:
        names = ", ".join(
            f"{row.pile_number} ({row.person.known_as})" for row in done.called_off
        )
        messages.warning(
            request, f"Not marked, because it was called off meanwhile: {names}."
        )
    letters = f"{done.count} letter{'s' if done.count != 1 else ''}"
    messages.success(request, f"Marked as posted: {letters}. Thank you.")
    return redirect(run)


@audience(STAFF)
@require_POST
def undo(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return try_to(
        request,
        lambda: posting.undo_pile(by=request.actor, run=run),
        done="Taken back. The letters wait in this pile again.",
        to=run.get_absolute_url(),
    )


@audience(STAFF)
@require_POST
def take_out(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    references = request.POST.getlist("taken_out")
    if request.POST.get("answer") == "posted":
        return _posted_anyway(request, run, references)
    return try_to(
        request,
        lambda: posting.take_out(by=request.actor, run=run, references=references),
        done="Written down. Thank you for taking them out.",
        to=run.get_absolute_url(),
    )


def _posted_anyway(
    request: Request, run: PrintRun, references: Sequence[str]
) -> HttpResponse:
    form = PostedAnywayForm(request.POST, days=posting.posting_days(run))
    if not form.is_valid():
        return show(request, run, anyway=form, ticked=references)
    try:
        count = posted_anyway.mark_posted_anyway(
            by=request.actor,
            run=run,
            references=references,
            day=form.cleaned_data["day"],
        )
    except REFUSALS as refusal:
        form.refuse(refusal)
        return show(request, run, anyway=form, ticked=references)
    letters = f"{count} letter{'s' if count != 1 else ''}"
    messages.success(
        request,
        f"Marked as posted: {letters}. Who is in touch with us is told, by phone first.",
    )
    return redirect(run)


@audience(STAFF)
@require_POST
def put_back(request: Request, ref: str) -> HttpResponse:
    run = load_run(request, ref)
    return try_to(
        request,
        lambda: posting.put_back(by=request.actor, run=run),
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
