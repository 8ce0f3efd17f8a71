from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import dates
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance import actions as governance
from meetings import action_queries, minutes_queries, permissions
from meetings.actions import to_do
from meetings.enums import ACTION_TRANSITIONS
from meetings.forms.action import ActionForm, MoveForm
from meetings.models import Action, AgendaItem, Meeting
from meetings.views.minutes import READERS

_PER_PAGE = 20
_SHOWN = {
    action_queries.MINE: "Mine",
    action_queries.OPEN: "Still to do",
    action_queries.LATE: "Late",
    action_queries.ALL: "All",
}


@audience(*READERS)
@require_safe
def action_list(request: Request) -> HttpResponse:
    default = action_queries.MINE if request.actor.person_id else action_queries.OPEN
    show = request.GET.get("show", default)
    if show not in _SHOWN:
        show = default
    today = dates.today()
    rows = action_queries.actions_for(request.actor, show=show, today=today)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "lines": [_line(action) for action in page],
        "choices": [(key, words, key == show) for key, words in _SHOWN.items()],
        "today": today,
    }
    return render(request, "meetings/action_list.html", context)


def _line(action: Action) -> action_queries.ActionLine:
    mode = action.item.meeting.minutes.attribution
    return action_queries.ActionLine(action, action_queries.who_does(action, mode))


def _find(request: Request, ref: str) -> Action:
    rows = Action.objects.visible_to(request.actor).select_related(
        "owner", "item__meeting__group", "item__meeting__minutes"
    )
    found: Action = get_object_or_404(rows, reference=ref)
    return found


@audience(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def action_detail(request: Request, ref: str) -> HttpResponse:
    action = _find(request, ref)
    governance.note_reading(by=request.actor, on=action)
    moves = [
        move
        for move in ACTION_TRANSITIONS[action.state]
        if permissions.can_move_action(request.actor, action, move)
    ]
    form = None
    if moves:
        form = MoveForm(
            request.POST or None,
            moves=sorted(moves),
            initial={"version": action.version, "outcome": action.outcome},
        )
    elif request.method == "POST":
        raise Http404
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            to_do.move_action(by=request.actor, action=action, **form.cleaned_data)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Saved.")
            return redirect(action)
    context = {"line": _line(action), "form": form, "meeting": action.item.meeting}
    return render(request, "meetings/action_detail.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def action_add(request: Request, ref: str, position: int) -> HttpResponse:
    items = AgendaItem.objects.filter(
        meeting__in=Meeting.objects.managed_by(request.actor)
    )
    item = get_object_or_404(
        items.select_related("meeting__group", "meeting__minutes"),
        meeting__reference=ref,
        meeting__minutes__isnull=False,
        position=position,
    )
    permissions.check_can_change_notes(request.actor, item.meeting.minutes)
    people = minutes_queries.people_with_a_part(item.meeting)
    form = ActionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            to_do.write_action(by=request.actor, item=item, **form.cleaned_data)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The action is written down.")
            return redirect("meetings:minutes-detail", ref=ref)
    context = {"form": form, "item": item, "meeting": item.meeting}
    return render(request, "meetings/action_form.html", context)
