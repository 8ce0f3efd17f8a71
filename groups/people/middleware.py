from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from coprod.core.actors import Actor
from groups.people import queries

SESSION_KEY = "acting_person"
CAPACITY_KEY = "acting_capacity"


class ActorMiddleware:
    """Say who is here and for whom; ask when one account opens more than one person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            request.actor = Actor(user=None, name="Somebody", request_id=request.id)
            return None
        request.actor, must_choose = queries.actor_for(
            request.user,
            chosen_person_id=request.session.get(SESSION_KEY),
            chosen_capacity=request.session.get(CAPACITY_KEY),
            request_id=request.id,
        )
        exempt = getattr(view, "needs_no_person", False) or request.path.startswith(
            "/accounts/"
        )
        public = getattr(view, "audience", "") == "public"
        # An account that opens nobody any more, like a supporter's whose help has ended, is told so.
        lost = must_choose or not request.actor.roles
        if lost and not exempt and not public:
            return redirect(reverse("people:choose"))
        return None
