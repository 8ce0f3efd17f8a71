from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from meetings import permissions, queries
from meetings.actions import access
from meetings.forms.access import SettleForm
from meetings.models import AccessArrangement, Meeting


@audience(STAFF, MEMBERS)
@require_safe
def access_list(request: Request, ref: str) -> HttpResponse:
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(visible, reference=ref)
    is_team = permissions.can_manage_meetings(request.actor)
    if (
        not is_team
        and not Meeting.objects.chaired_by(request.actor).filter(pk=meeting.pk).exists()
    ):
        raise Http404
    lines = queries.access_rows(meeting, request.actor, on_the_day=not is_team)
    access.note_reading(by=request.actor, meeting=meeting, arrangements=lines)
    context = {
        "meeting": meeting,
        "lines": lines,
        "to_arrange": sum(line.is_open for line in lines),
        "can_settle": permissions.can_settle_arrangements(request.actor, meeting),
    }
    name = "access_list" if is_team else "access_for_chair"
    return render(request, f"meetings/{name}.html", context)


def _find(request: Request, ref: str, pk: int) -> AccessArrangement:
    visible = AccessArrangement.objects.visible_to(request.actor)
    found: AccessArrangement = get_object_or_404(
        visible.select_related("meeting__group", "person", "owner"),
        meeting__reference=ref,
        pk=pk,
    )
    permissions.check_can_settle_arrangement(request.actor, found)
    return found


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def access_settle(request: Request, ref: str, pk: int) -> HttpResponse:
    line = _find(request, ref, pk)
    form = SettleForm(request.POST or None, arrangement=line)
    if request.method == "POST" and form.is_valid():
        try:
            access.settle(by=request.actor, arrangement=line, **form.cleaned_data)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Saved for {line.person.known_as}.")
            return redirect("meetings:access-list", ref=ref)
    context = {"form": form, "line": line, "meeting": line.meeting}
    return render(request, "meetings/access_settle.html", context)


@audience(STAFF)
@require_POST
def access_take(request: Request, ref: str, pk: int) -> HttpResponse:
    line = _find(request, ref, pk)
    access.take_over(by=request.actor, arrangement=line)
    messages.success(request, f"You now see to this for {line.person.known_as}.")
    return redirect("meetings:access-list", ref=ref)
