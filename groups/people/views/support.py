from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.people import actions, permissions
from groups.people.enums import Capacity, PersonState
from groups.people.forms import SupporterForm
from groups.people.models import Person, Supporter
from groups.people.views.loading import load_person


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def supporter_add(request: Request, ref: str) -> HttpResponse:
    person = load_person(request, ref)
    permissions.check_can_decide_for_herself(request.actor, person)
    form = SupporterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link = actions.link_supporter(
                by=request.actor,
                member=person,
                supporter=_supporter(request, form),
                **{name: form.cleaned_data[name] for name in _LINK},
            )
        except RuleBroken as refusal:
            form.add_error(_BOX.get(refusal.field or "", refusal.field), str(refusal))
        else:
            messages.success(
                request, f"{link.supporter.known_as} now supports {person.known_as}."
            )
            return redirect(person)
    context = {
        "form": form,
        "title": f"Add a supporter of {person.known_as}",
        "lead": f"Ask {person.known_as} first what this person may do. They can end it at any time.",
        "back": person.get_absolute_url(),
    }
    return render(request, "people/simple_form.html", context)


_LINK = ("relation", "scopes", "agreed_how", "from_date", "to_date")
_BOX = {"supporter": "reference"}


def _supporter(request: Request, form: SupporterForm) -> Person:
    """Return the supporter we know by number, or add somebody new by name."""
    reference = form.cleaned_data["reference"].upper()
    if not reference:
        return actions.add_person(
            by=request.actor,
            known_as=form.cleaned_data["known_as"],
            capacity=Capacity.CARER,
            state=PersonState.ACTIVE,
            contact_points=form.contact_points(),
        )
    found = Person.objects.visible_to(request.actor).filter(reference=reference).first()
    if found is None:
        raise RuleBroken(
            "We know nobody with this number. Check it.", field="reference"
        )
    return found


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def supporter_end(request: Request, pk: int, ref: str | None = None) -> HttpResponse:
    link = _link(request, pk, ref)
    back = link.member.get_absolute_url() if ref else "/me/"
    if request.method == "POST":
        actions.end_support(by=request.actor, link=link)
        messages.success(
            request,
            f"{link.supporter.known_as} no longer supports {link.member.known_as}.",
        )
        return redirect(back)
    context = {
        "person": link.member,
        "question": f"End the help of {link.supporter.known_as}?",
        "effect": f"From now on they cannot see or do anything here for {link.member.known_as}.",
        "button": "End it now",
        "back": back,
    }
    return render(request, "people/confirm.html", context)


def _link(request: Request, pk: int, ref: str | None) -> Supporter:
    """Return a live link of this member, or for a person herself also one where she helps."""
    links = Supporter.objects.select_related("member", "supporter").filter(
        ended_at__isnull=True
    )
    if ref is not None:
        return get_object_or_404(links, pk=pk, member=load_person(request, ref))
    link = get_object_or_404(links, pk=pk)
    if not permissions.can_end_support(request.actor, link):
        raise Http404
    if request.actor.person_id not in (link.member_id, link.supporter_id):
        raise Http404
    return link
