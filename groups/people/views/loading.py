"""How the pages about a person find her: by reference for the team, as herself for a member."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from coprod.core.access import Request
from coprod.core.enums import Permission
from coprod.core.prepared import Prepared
from groups.people import queries
from groups.people.models import Person
from groups.people.queries import PersonPage

# Whoever may see people may see each of them, so this read has one shape.
_PERSON = Prepared(lambda reference: Person.objects.filter(reference=reference))


def load_person(request: Request, reference: str | None) -> Person:
    """Return the person of a page, or 404. Without a reference she is the one acted as."""
    actor = request.actor
    if reference is None:
        visible = Person.objects.visible_to(actor)
        return get_object_or_404(visible, pk=actor.person_id or 0)
    found = _PERSON(reference) if actor.can(Permission.SEE_PEOPLE) else []
    if not found:
        raise Http404
    return found[0]


def load_page(request: Request, reference: str | None) -> PersonPage:
    """Return the person of a page with everything around her, or 404."""
    return queries.person_page(load_person(request, reference))


def page_url(person: Person, reference: str | None) -> str:
    """Return the page these small pages lead back to."""
    return reverse("people:me") if reference is None else person.get_absolute_url()
