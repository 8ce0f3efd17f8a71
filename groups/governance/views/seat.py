from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance import actions, terms
from groups.governance.forms import (
    EndMembershipForm,
    SeatForm,
    TakeSeatForm,
    TermForm,
)
from groups.governance.models import Group, Membership, Seat


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def seat_add(request: Request, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.actor), slug=slug)
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            seat = actions.add_seat(by=request.actor, group=group, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The seat “{seat}” is added.")
            return redirect(group)
    context = {"form": form, "group": group, "heading": "Add a seat"}
    return render(request, "governance/seat_form.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def seat_take(request: Request, slug: str, pk: int) -> HttpResponse:
    seats = Seat.objects.filter(group__in=Group.objects.visible_to(request.actor))
    seat = get_object_or_404(seats.select_related("group"), group__slug=slug, pk=pk)
    form = TakeSeatForm(request.POST or None, initial={"from_date": dates.today()})
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.take_seat(
                by=request.actor, group=seat.group, seat=seat, **form.cleaned_data
            )
        except RuleBroken as refusal:
            form.add_error(
                "person" if refusal.field == "person" else None, str(refusal)
            )
        else:
            messages.success(
                request, f"{membership.person.known_as} is now in {seat.group.name}."
            )
            return redirect(seat.group)
    context = {
        "form": form,
        "group": seat.group,
        "heading": f"Who takes the seat “{seat}”?",
    }
    return render(request, "governance/seat_form.html", context)


def _serving(request: Request, slug: str, pk: int) -> Membership:
    rows = Membership.objects.serving().select_related("group", "person")
    visible = rows.filter(group__in=Group.objects.visible_to(request.actor))
    return get_object_or_404(visible, group__slug=slug, pk=pk)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def membership_term(request: Request, slug: str, pk: int) -> HttpResponse:
    membership = _serving(request, slug, pk)
    name = membership.person.known_as
    form = TermForm(request.POST or None, initial={"to_date": membership.to_date})
    if request.method == "POST" and form.is_valid():
        try:
            terms.set_term(by=request.actor, membership=membership, **form.cleaned_data)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The term of {name} is saved.")
            return redirect(membership.group)
    context = {
        "form": form,
        "group": membership.group,
        "heading": f"The term of {name}",
    }
    return render(request, "governance/seat_form.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: Request, slug: str, pk: int) -> HttpResponse:
    membership = _serving(request, slug, pk)
    form = EndMembershipForm(request.POST or None, initial={"on_date": dates.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_membership(
                by=request.actor, membership=membership, **form.cleaned_data
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"{membership.person.known_as} has left {membership.group.name}.",
            )
            return redirect(membership.group)
    heading = f"{membership.person.known_as} is leaving"
    context = {"form": form, "group": membership.group, "heading": heading}
    return render(request, "governance/seat_form.html", context)
