from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import dates
from coprod.core.access import EVERYONE, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.governance import actions, permissions, queries
from groups.governance.enums import GroupState, SeatCategory
from groups.governance.forms import GroupForm
from groups.governance.models import Group

_PER_PAGE = 20


@audience(EVERYONE)
@require_safe
def group_list(request: Request) -> HttpResponse:
    groups = queries.with_counts(Group.objects.visible_to(request.actor))
    ordered = groups.select_related("parent").order_by("state", "name", "pk")
    page = Paginator(ordered, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "can_manage": permissions.can_manage_groups(request.actor),
        "reads_all": permissions.reads_all_groups(request.actor),
    }
    return render(request, "governance/group_list.html", context)


@audience(EVERYONE)
@require_safe
def group_detail(request: Request, slug: str) -> HttpResponse:
    visible = Group.objects.visible_to(request.actor).with_chair(request.actor)
    group = get_object_or_404(visible.select_related("parent"), slug=slug)
    actions.note_reading(by=request.actor, on=group)
    can_manage = permissions.can_manage_groups(request.actor)
    is_chair = group.chair_id is not None  # type: ignore[attr-defined]  # read with the group
    context = {
        "group": group,
        "seats": queries.seat_rows(group),
        "sponsor": queries.sponsor(group),
        "quorum": queries.quorum_of(group, []),
        "projects": group.projects.order_by("name", "pk"),
        "children": group.children.order_by("name", "pk"),
        "can_manage": can_manage,
        "is_chair": is_chair and not can_manage,
        "can_plan": group.state != GroupState.CLOSED,
        "can_start": can_manage
        and group.state in (GroupState.FORMING, GroupState.PAUSED),
    }
    return render(request, "governance/group_detail.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def group_add(request: Request) -> HttpResponse:
    parents = Group.objects.exclude(state=GroupState.CLOSED).order_by("name")
    form = GroupForm(request.POST or None, parents=parents, initial=_defaults())
    if request.method == "POST" and form.is_valid():
        group = actions.create_group(
            by=request.actor, quorums=form.quorums(), **form.values()
        )
        messages.success(request, f"{group.name} is set up. Add its seats next.")
        return redirect(group)
    return render(request, "governance/group_form.html", {"form": form, "group": None})


def _defaults() -> dict[str, object]:
    field = Group._meta.get_field
    names = ("attribution", "decision_rule", "quorum_total", "papers_lead_days", "kind")
    return {name: field(name).default for name in names}  # type: ignore[union-attr]  # all have one


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: Request, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.actor), slug=slug)
    parents = Group.objects.exclude(pk=group.pk).order_by("name")
    quorums = dict(group.category_quorums.values_list("category", "minimum"))
    initial = {name: getattr(group, name) for name in actions.CHANGEABLE} | {
        "version": group.version,
        "quorum_member": quorums.get(SeatCategory.MEMBER),
        "quorum_partner": quorums.get(SeatCategory.PARTNER),
    }
    form = GroupForm(request.POST or None, parents=parents, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_group(
                by=request.actor,
                group=group,
                version=_number(form.cleaned_data["version"]),
                quorums=form.quorums(),
                **form.values(),
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{group.name} is saved.")
            return redirect(group)
    return render(request, "governance/group_form.html", {"form": form, "group": group})


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


@audience(STAFF)
@require_POST
def group_start(request: Request, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.actor), slug=slug)
    actions.activate_group(by=request.actor, group=group)
    messages.success(
        request, f"{group.name} has started, {dates.long_date(dates.today())}."
    )
    return redirect(group)
