"""What helps a person take part, and how to reach her: the small pages beside the long form."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from groups.people import actions, permissions
from groups.people.forms import (
    ContactForm,
    NeedForm,
    OwnWordsForm,
    ReasonForm,
    asked,
)
from groups.people.models import AccessNeed, ContactPoint, Person
from groups.people.views.loading import load_page, load_person, page_url


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def need_add(request: Request, ref: str | None = None) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_change_person(request.actor, person)
    form = NeedForm(request.POST or None, initial={"for_meetings": True})
    if request.method == "POST" and form.is_valid():
        actions.add_need(by=request.actor, person=person, need=form.need())
        messages.success(request, "The need is saved. It is passed on to each meeting.")
        return redirect(page_url(person, ref))
    title = (
        "Add something you need" if ref is None else f"Add a need for {person.known_as}"
    )
    context = {"form": form, "title": title, "back": page_url(person, ref)}
    return render(request, "people/simple_form.html", context)


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def need_end(request: Request, pk: int, ref: str | None = None) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_change_person(request.actor, person)
    live = AccessNeed.objects.filter(passport__person=person)
    need = get_object_or_404(live.select_related("passport__person"), pk=pk)
    if request.method == "POST":
        actions.end_need(by=request.actor, need=need)
        messages.success(request, "The need is taken off.")
        return redirect(page_url(person, ref))
    context = {
        "person": person,
        "question": f"Take off “{need.detail}”?",
        "effect": "We stop arranging this for new meetings.",
        "button": "Take it off",
        "back": page_url(person, ref),
    }
    return render(request, "people/confirm.html", context)


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def own_words(request: Request, ref: str | None = None) -> HttpResponse:
    page = load_page(request, ref)
    person = page.person
    permissions.check_can_change_person(request.actor, person)
    initial: dict[str, Any] = {
        "own_words": page.own_words,
        "agreed_to_share": page.agreed_to_share,
    }
    form = OwnWordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = initial | asked.answered(form)
        actions.set_own_words(by=request.actor, person=person, **values)
        messages.success(request, "The words are saved.")
        return redirect(page_url(person, ref))
    title = "What helps you" if ref is None else f"What helps {person.known_as}"
    context = {"form": form, "title": title, "back": page_url(person, ref)}
    return render(request, "people/simple_form.html", context)


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_add(request: Request, ref: str | None = None) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_change_person(request.actor, person)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_contact_point(by=request.actor, person=person, point=form.point())
        messages.success(request, "The address or number is saved.")
        return redirect(_reach_url(person, ref))
    title = (
        "Add an address or number"
        if ref is None
        else f"Another way to reach {person.known_as}"
    )
    context = {"form": form, "title": title, "back": _reach_url(person, ref)}
    return render(request, "people/simple_form.html", context)


def _reach_url(person: Person, ref: str | None) -> str:
    # Her own addresses stand on the page of the room above that says how we reach her.
    return reverse("notices:my-reach") if ref is None else person.get_absolute_url()


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_stop(request: Request, pk: int, ref: str | None = None) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_change_person(request.actor, person)
    point = get_object_or_404(
        ContactPoint.objects.select_related("person"), pk=pk, person=person
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.stop_contact_point(
            by=request.actor, point=point, reason=form.cleaned_data["reason"]
        )
        messages.success(request, "We will not use it any more.")
        return redirect(_reach_url(person, ref))
    context = {
        "person": person,
        "form": form,
        "question": f"Stop using this {point.get_kind_display().lower()}?",
        "effect": point.value,
        "button": "Stop using it",
        "back": _reach_url(person, ref),
    }
    return render(request, "people/confirm.html", context)
