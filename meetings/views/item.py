from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coprod.core.access import CHAIRS, STAFF, Request, audience
from meetings import permissions
from meetings.actions import agenda
from meetings.forms.meeting import ItemForm
from meetings.models import AgendaItem, Meeting


def find_item(request: Request, ref: str, pk: int) -> AgendaItem:
    items = AgendaItem.objects.filter(
        meeting__in=Meeting.objects.managed_by(request.actor)
    )
    found: AgendaItem = get_object_or_404(
        items.select_related("meeting__group"), meeting__reference=ref, pk=pk
    )
    permissions.check_can_change_meeting(request.actor, found.meeting)
    return found


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_add(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    permissions.check_can_change_meeting(request.actor, meeting)
    form = ItemForm(request.POST or None, initial={"minutes_planned": 15})
    if request.method == "POST" and form.is_valid():
        item = agenda.add_item(by=request.actor, meeting=meeting, **form.cleaned_data)
        messages.success(request, f"“{item.title}” is on the agenda.")
        return redirect(meeting)
    context = {
        "form": form,
        "meeting": meeting,
        "heading": "Add something to the agenda",
    }
    return render(request, "meetings/item_form.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: Request, ref: str, pk: int) -> HttpResponse:
    item = find_item(request, ref, pk)
    initial = {name: getattr(item, name) for name in ItemForm.base_fields}
    form = ItemForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        agenda.change_item(by=request.actor, item=item, **form.cleaned_data)
        messages.success(request, f"“{item.title}” is changed.")
        return redirect(item.meeting)
    context = {"form": form, "meeting": item.meeting, "heading": "Change this item"}
    return render(request, "meetings/item_form.html", context)


@audience(STAFF, CHAIRS)
@require_POST
def item_move(request: Request, ref: str, pk: int) -> HttpResponse:
    item = find_item(request, ref, pk)
    agenda.move_item(by=request.actor, item=item, up=request.POST.get("way") == "up")
    messages.success(request, f"“{item.title}” is now item {item.position}.")
    return redirect(item.meeting)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request: Request, ref: str, pk: int) -> HttpResponse:
    item = find_item(request, ref, pk)
    if request.method == "POST":
        title = item.title
        agenda.remove_item(by=request.actor, item=item)
        messages.success(request, f"“{title}” is off the agenda.")
        return redirect(item.meeting)
    context = {"item": item, "meeting": item.meeting, "papers": item.papers.count()}
    return render(request, "meetings/item_remove.html", context)
