from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from coprod.core import limits, secrets
from coprod.core.access import MEMBERS, Request, audience, public
from groups.people.models import Person
from meetings import feed_queries, permissions
from meetings.actions import feeds
from meetings.calendar_file import feed_file

# Sealed in the session from the post to the page that shows it, and gone from there then.
_SHOWN_ONCE = "new_calendar"
# A diary asks some times a day. Many may come from one address: diaries on the web do.
_A_MINUTE = 120


def _person(request: Request) -> Person:
    if not permissions.can_have_feed(request.actor, request.actor.person_id):
        raise Http404
    return Person.objects.get(pk=request.actor.person_id or 0)


@audience(MEMBERS)
@require_safe
def my_calendar(request: Request) -> HttpResponse:
    person = _person(request)
    context = {"feed": feed_queries.live_feed(person.pk), "address": ""}
    if request.method == "GET" and _SHOWN_ONCE in request.session:
        context["address"] = _address(request.session.pop(_SHOWN_ONCE))
    return render(request, "meetings/my_calendar.html", context)


def _address(sealed: str) -> str:
    try:
        secret = secrets.decrypt(sealed)
    except InvalidToken:
        return ""
    return settings.SITE_URL + reverse("meetings:feed", args=[secret])


@audience(MEMBERS)
@require_POST
def my_calendar_make(request: Request) -> HttpResponse:
    secret = feeds.make_feed(by=request.actor, person=_person(request))
    request.session[_SHOWN_ONCE] = secrets.encrypt(secret)
    messages.success(request, "Your address is ready. Copy it now.")
    return redirect("meetings:my-calendar")


@audience(MEMBERS)
@require_POST
def my_calendar_end(request: Request) -> HttpResponse:
    feeds.end_feed(by=request.actor, person=_person(request))
    request.session.pop(_SHOWN_ONCE, None)
    messages.success(request, "The address has ended. Nobody can read it any more.")
    return redirect("meetings:my-calendar")


@public
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    if not limits.is_within(request, what="calendar", most=_A_MINUTE):
        return HttpResponse("Please try again later.", "text/plain", 429)
    person = feed_queries.person_of(secret)
    if person is None:
        raise Http404
    response = HttpResponse(
        feed_file(feed_queries.meetings_of(person)),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response
