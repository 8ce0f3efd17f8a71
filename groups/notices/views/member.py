from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from coprod.core.access import MEMBERS, STAFF, Request, audience
from groups.notices import queries
from groups.notices.enums import ARRIVING
from groups.notices.models import Delivery
from groups.people.models import Person

PER_PAGE = 20


def _mine(request: Request) -> QuerySet[Delivery]:
    # A worker who is also a member sees here only what she herself was sent.
    person_id = request.actor.person_id or 0
    return queries.sent_to(request.actor, person_id).filter(state__in=ARRIVING)


@audience(MEMBERS)
@require_safe
def my_messages(request: Request) -> HttpResponse:
    page = Paginator(_mine(request), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/my_messages.html", {"page_obj": page})


@audience(MEMBERS)
@require_safe
def my_message(request: Request, ref: str) -> HttpResponse:
    delivery = get_object_or_404(_mine(request).select_related("person"), reference=ref)
    return render(request, "notices/my_message.html", {"delivery": delivery})


@audience(STAFF)
@require_safe
def person_messages(request: Request, ref: str) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.actor), reference=ref)
    rows = queries.sent_to(request.actor, person.pk)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "notices/person_messages.html", {"person": person, "page_obj": page}
    )
