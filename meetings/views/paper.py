from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import downloads
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.governance import actions as governance
from meetings import permissions
from meetings.actions import agenda
from meetings.forms.meeting import PaperForm
from meetings.models import Paper, PaperFile
from meetings.views.item import find_item
from meetings.views.meeting import READERS


@audience(*READERS)
@require_safe
def paper_detail(request: Request, ref: str, pk: int) -> HttpResponse:
    visible = Paper.objects.visible_to(request.actor).with_chair(request.actor)
    paper = get_object_or_404(
        visible.select_related("item__meeting__group"),
        item__meeting__reference=ref,
        pk=pk,
    )
    meeting = paper.item.meeting
    governance.note_reading(by=request.actor, on=meeting, what="paper")
    permissions.remember_chair(meeting, paper)
    context = {
        "paper": paper,
        "files": list(paper.files.select_related("file").order_by("pk")),
        "item": paper.item,
        "meeting": meeting,
        "can_change": permissions.can_change_meeting(request.actor, meeting),
    }
    return render(request, "meetings/paper_detail.html", context)


@audience(*READERS)
@require_safe
def paper_file(request: Request, ref: str, pk: int, file_pk: int) -> HttpResponseBase:
    visible = PaperFile.objects.visible_to(request.actor)
    visible = visible.select_related("file", "paper__item__meeting")
    found = get_object_or_404(
        visible, paper__item__meeting__reference=ref, paper_id=pk, pk=file_pk
    )
    governance.note_reading(by=request.actor, on=found.paper.item.meeting, what="paper")
    return downloads.stored_file(found.file)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_add(request: Request, ref: str, pk: int) -> HttpResponse:
    item = find_item(request, ref, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            paper = agenda.add_paper(
                by=request.actor, item=item, uploads=_files(form), **form.words()
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{paper.title}” is with item {item.position}.")
            return redirect(item.meeting)
    context = {"form": form, "item": item, "meeting": item.meeting, "paper": None}
    return render(request, "meetings/paper_form.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_edit(request: Request, ref: str, pk: int) -> HttpResponse:
    paper = _find(request, ref, pk)
    initial = {
        name: getattr(paper, name) for name in ("title", "author", "in_short", "body")
    }
    form = PaperForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            agenda.change_paper(
                by=request.actor, paper=paper, uploads=_files(form), **form.words()
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{paper.title}” is saved.")
            return redirect(
                "meetings:paper-detail", ref=paper.item.meeting.reference, pk=paper.pk
            )
    context = {
        "form": form,
        "item": paper.item,
        "meeting": paper.item.meeting,
        "paper": paper,
    }
    return render(request, "meetings/paper_form.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_remove(request: Request, ref: str, pk: int) -> HttpResponse:
    paper = _find(request, ref, pk)
    if request.method == "POST":
        title = paper.title
        agenda.remove_paper(by=request.actor, paper=paper)
        messages.success(request, f"“{title}” is taken away.")
        return redirect(paper.item.meeting)
    context = {"paper": paper, "item": paper.item, "meeting": paper.item.meeting}
    return render(request, "meetings/paper_remove.html", context)


def _find(request: Request, ref: str, pk: int) -> Paper:
    managed = Paper.objects.managed_by(request.actor)
    found: Paper = get_object_or_404(
        managed.select_related("item__meeting__group"),
        item__meeting__reference=ref,
        pk=pk,
    )
    permissions.check_can_change_meeting(request.actor, found.item.meeting)
    return found


def _files(form: PaperForm) -> list[agenda.NewFile]:
    upload = form.cleaned_data["file"]
    if upload is None:
        return []
    label = form.cleaned_data["file_label"] or "Standard"
    return [agenda.NewFile(label=label, upload=upload, data=form.file_bytes)]
