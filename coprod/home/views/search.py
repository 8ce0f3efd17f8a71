from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coprod.core import references
from coprod.core.access import STAFF, Request, audience
from coprod.core.enums import Role
from groups.governance.models import Group
from groups.people.models import Person
from payments.models import Claim

_MOST = 20


@audience(STAFF, Role.AUDITOR)
@require_safe
def search(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context: dict[str, object] = {
        "words": words,
        "people": [],
        "groups": [],
        "claims": [],
    }
    if words:
        actor = request.actor
        found = (
            Person.objects.visible_to(actor).search(words).order_by("known_as", "pk")
        )
        context["people"] = found[:_MOST]
        groups = Group.objects.visible_to(actor).filter(name__icontains=words)
        context["groups"] = groups.order_by("name")[:_MOST]
        if references.is_well_formed(words):
            claims = Claim.objects.visible_to(actor).select_related("person")
            context["claims"] = claims.filter(reference=words.upper())
    return render(request, "home/search.html", context)
