"""Adding a person and inviting her to sign in: both owe her a message, so they live here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coprod.core.access import STAFF, Request, audience
from groups.notices import actions
from groups.notices.forms import InviteForm
from groups.notices.views.answers import REFUSALS
from groups.people import queries as people_queries
from groups.people.enums import ConsentPurpose, ContactKind
from groups.people.forms import PersonForm
from groups.people.models import Person
from groups.people.permissions import can_add_person, can_open_sign_in


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    if not can_add_person(request.actor):
        raise Http404
    wording = people_queries.current_wording(ConsentPurpose.NETWORK)
    form = PersonForm(
        request.POST or None,
        initial=PersonForm.blank(),
        topics=people_queries.topics(),
        wording=wording,
    )
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_person_with_welcome(by=request.actor, **form.values())
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request,
                f"We have written down {person.known_as}. A welcome is waiting.",
            )
            return redirect(person)
    context = {
        "form": form,
        "person": None,
        "wording": wording,
        "theirs": None,
        "back": reverse("people:list"),
        "is_own": False,
    }
    return render(request, "people/person_form.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request, ref: str) -> HttpResponse:
    people = Person.objects.visible_to(request.actor).prefetch_related("contact_points")
    person = get_object_or_404(people, reference=ref)
    if not can_open_sign_in(request.actor):
        raise Http404
    known = people_queries.contact_value(person, [ContactKind.EMAIL])
    form = InviteForm(request.POST or None, initial={"email": known})
    if request.method == "POST" and form.is_valid():
        try:
            key = actions.invite_to_sign_in(
                by=request.actor, person=person, email=form.cleaned_data["email"]
            )
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"{person.known_as} can sign in with {key.user.email}."
            )
            return redirect(person)
    return render(
        request, "notices/person_invite.html", {"person": person, "form": form}
    )
