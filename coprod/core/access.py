"""Who a page is for. Every view says so, and a test fails for one that does not.

The audience is only the front door: what a person may see behind it is `visible_to`, and what she
may do is asked again by the action.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from coprod.core.actors import Actor
from coprod.core.enums import Role

View = Callable[..., HttpResponseBase]

PUBLIC = "public"
MEMBERS = frozenset({Role.MEMBER, Role.SUPPORTER})
STAFF = frozenset({Role.INVOLVEMENT, Role.LEAD})
# Who chairs a group is a member there; which meetings she runs the view asks (ADR 11).
CHAIRS = frozenset({Role.MEMBER})
FINANCE = frozenset({Role.FINANCE, Role.RELEASER})
EVERYONE = frozenset(Role)


class Request(HttpRequest):
    """A signed-in request: the actor is set by ActorMiddleware."""

    actor: Actor


def public(view: View) -> View:
    """Mark a page that anybody may open without signing in."""
    marked: View = login_not_required(view)
    marked.audience = PUBLIC  # type: ignore[attr-defined]  # read by the sweep over every address
    return marked


def audience(*groups: frozenset[Role] | Role) -> Callable[[View], View]:
    """Admit accounts that hold at least one of these roles; to others the page does not exist."""
    admitted: set[str] = set()
    for group in groups:
        admitted |= {group} if isinstance(group, str) else set(group)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not admitted & request.actor.roles:
                raise Http404
            return view(request, *args, **kwargs)

        guarded.audience = frozenset(admitted)  # type: ignore[attr-defined]  # read by the sweep
        return guarded

    return decorate
