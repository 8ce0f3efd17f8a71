"""Pages with the faults that the sweep must find: the control of test_url_sweep."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from coprod.core.access import EVERYONE, STAFF, audience
from groups.people.models import AccessNeed, Person
from meetings.models import Meeting


@audience(EVERYONE)
def any_need(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a need to whoever asks: no `visible_to`."""
    need = AccessNeed.objects.filter(passport__person__reference=ref).first()
    return HttpResponse(need.detail if need else "")


@audience(EVERYONE)
def any_redirect(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a name away in a redirect."""
    person = Person.objects.get(reference=ref)
    return HttpResponse(
        status=302, headers={"Location": f"/help/?of={person.known_as}"}
    )


def for_anybody(request: HttpRequest, ref: str) -> HttpResponse:
    """Say nothing about whom it is for."""
    return HttpResponse("Hello")


for_anybody.audience = frozenset()  # type: ignore[attr-defined]  # declared for nobody, open to all


@audience(STAFF)
def hidden_button(request: HttpRequest, ref: str) -> HttpResponse:
    """Hide the form from some of its audience, and take it from them all the same."""
    if request.method == "POST":
        Meeting.objects.filter(reference=ref).update(title="changed")
        return HttpResponse(status=302, headers={"Location": "/help/"})
    return HttpResponse(status=403)


@audience(EVERYONE)
def writes_on_reading(request: HttpRequest, ref: str) -> HttpResponse:
    Meeting.objects.filter(reference=ref).update(venue="somewhere")
    return HttpResponse("Hello")


@audience(EVERYONE)
def falls_over(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("people/<ref>/needs-of-anybody/", any_need),
    path("people/<ref>/redirect/", any_redirect),
    path("people/<ref>/for-anybody/", for_anybody),
    path("meetings/<ref>/hidden-button/", hidden_button),
    path("meetings/<ref>/writes/", writes_on_reading),
    path("falls-over/", falls_over),
    path("", include("coprod.urls")),
]
