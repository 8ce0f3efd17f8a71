"""A member's own break: how long, and coming back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coprod.core import dates
from coprod.core.access import MEMBERS, Request, audience
from groups.people import actions, permissions
from groups.people.enums import PersonState
from groups.people.forms import BreakForm
from groups.people.models import Person
from groups.people.views.loading import load_person


@audience(MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def my_break(request: Request) -> HttpResponse:
    person = load_person(request, None)
    permissions.check_can_take_a_break(request.actor, person)
    form = BreakForm(request.POST or None, is_own=True)
    if request.method == "POST" and form.is_valid():
        until = form.until()
        # A break whose day has passed is still in the row until the worker has written it down.
        if person.state == PersonState.PAUSED:
            actions.change_break(by=request.actor, person=person, until=until)
        else:
            actions.pause_person(by=request.actor, person=person, until=until)
        messages.success(request, _said(person))
        return redirect("people:me")
    return render(request, "people/my_break.html", {"person": person, "form": form})


def _said(person: Person) -> str:
    if person.paused_until is None:
        return "You are taking a break. Tell us when you want to come back."
    return (
        f"You are taking a break until {dates.long_date(person.paused_until)}. "
        "You can come back sooner."
    )


@audience(MEMBERS)
@require_POST
def come_back(request: Request) -> HttpResponse:
    person = load_person(request, None)
    actions.end_break(by=request.actor, person=person)
    messages.success(request, "Welcome back. You hear from us again from now on.")
    return redirect("people:me")
