from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import CHAIRS, MEMBERS, STAFF, Request, audience
from coprod.core.errors import EditConflict, InvalidTransition, RuleBroken
from groups.governance import actions as governance
from meetings import decision_queries, permissions
from meetings.actions import decisions as actions
from meetings.enums import ItemPurpose, MinutesState
from meetings.forms.decision import DecisionForm, ViewForHerForm, ViewForm
from meetings.forms.minutes import with_version
from meetings.models import AgendaItem, Decision, DecisionView, Meeting
from meetings.views.minutes import READERS

_PER_PAGE = 20


@audience(*READERS)
@require_safe
def decision_list(request: Request) -> HttpResponse:
    rows = decision_queries.decisions_for(request.actor)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "meetings/decision_list.html", {"page": page})


def _find(request: Request, ref: str) -> Decision:
    decision = decision_queries.decision_with_views(request.actor, ref)
    if decision is None:
        raise Http404
    return decision


@audience(*READERS)
@require_safe
def decision_detail(request: Request, ref: str) -> HttpResponse:
    decision = _find(request, ref)
    actor, meeting = request.actor, decision.item.meeting
    governance.note_reading(by=actor, on=decision)
    is_team = permissions.can_manage_meetings(actor)
    views = list(decision.views.all())
    context = {
        "decision": decision,
        "meeting": meeting,
        "card": decision_queries.decision_card(
            decision, decision.options.all(), views, meeting.minutes.attribution
        ),
        "mine": next((row for row in views if row.person_id == actor.person_id), None),
        "can_say": permissions.can_say_view(actor, decision, actor.person_id),
        "can_say_for_others": is_team
        and meeting.minutes.state != MinutesState.APPROVED,
        "people": views if is_team else [],
        "can_change": permissions.can_change_notes(actor, meeting.minutes),
    }
    return render(request, "meetings/decision_detail.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_record(request: Request, ref: str, position: int) -> HttpResponse:
    items = AgendaItem.objects.filter(
        meeting__in=Meeting.objects.managed_by(request.actor)
    )
    item = get_object_or_404(
        items.select_related("meeting__group", "meeting__minutes", "decision"),
        meeting__reference=ref,
        position=position,
        purpose=ItemPurpose.DECISION,
    )
    permissions.check_can_record_decision(request.actor, item)
    initial = DecisionForm.initial_of(getattr(item, "decision", None))
    form = DecisionForm(request.POST or None, initial=initial)
    theirs = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_decision(by=request.actor, item=item, **form.decision())
        except EditConflict as conflict:
            theirs = conflict.theirs
            form = DecisionForm(with_version(request.POST, conflict.version))
            form.add_error("wording", str(conflict))
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The decision is recorded.")
            return redirect("meetings:minutes-detail", ref=ref)
    context = {"form": form, "item": item, "meeting": item.meeting, "theirs": theirs}
    return render(request, "meetings/decision_form.html", context)


@audience(MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def view_say(request: Request, ref: str) -> HttpResponse:
    decision = _find(request, ref)
    view = get_object_or_404(
        decision.views.select_related("person"), person=request.actor.person_id
    )
    return _view_page(request, decision, view, ViewForm)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def view_record(request: Request, ref: str, person_ref: str) -> HttpResponse:
    decision = _find(request, ref)
    views = decision.views.select_related("person")
    view = get_object_or_404(views, person__reference=person_ref)
    return _view_page(request, decision, view, ViewForHerForm)


def _view_page(
    request: Request, decision: Decision, view: DecisionView, form_class: type[ViewForm]
) -> HttpResponse:
    permissions.check_can_say_view(request.actor, decision, view.person_id)
    mode = decision.item.meeting.minutes.attribution
    form = form_class(request.POST or None, view=view, group_mode=mode)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_view(
                by=request.actor,
                decision=decision,
                person=view.person,
                **form.cleaned_data,
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Thank you. This is kept with the decision.")
            return redirect("meetings:decision-detail", ref=decision.reference)
    is_hers = view.person_id == request.actor.person_id
    context = {"form": form, "decision": decision, "view": view, "is_hers": is_hers}
    return render(request, "meetings/decision_view.html", context)
