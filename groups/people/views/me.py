from collections.abc import Collection

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import EVERYONE, MEMBERS, Request, audience
from groups.people import permissions, queries
from groups.people.enums import SupportScope
from groups.people.middleware import CAPACITY_KEY, SESSION_KEY
from groups.people.queries import Key
from groups.people.views.loading import load_page


@audience(MEMBERS)
@require_safe
def me(request: Request) -> HttpResponse:
    actor = request.actor
    if not actor.has_scope(SupportScope.DETAILS):
        return render(request, "people/me_helping.html", {"may": _may(actor.scopes)})
    page = load_page(request, None)
    decides = permissions.can_decide_for_herself(actor, page.person)
    context = {
        "page": page,
        "person": page.person,
        "decides": decides,
        "asked": page.to_ask if decides else [],
    }
    return render(request, "people/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: Request) -> HttpResponse:
    keys = queries.sign_ins_of(request.actor.user) if request.actor.user else []
    if request.method == "POST":
        return _chosen(request, keys)
    context = {"keys": [_choice(key, request) for key in keys]}
    return render(request, "people/choose.html", context)


# Any account may say who is here, also one that has no role until it has said so.
choose.audience = EVERYONE  # type: ignore[attr-defined]  # read by the sweep
choose.needs_no_person = True  # type: ignore[attr-defined]  # read by ActorMiddleware


def _chosen(request: Request, keys: list[Key]) -> HttpResponse:
    posted = request.POST.get("who", "")
    key = next((key for key in keys if str(key.sign_in_id) == posted), None)
    if key is None:
        messages.error(request, "Choose one of the names on this page.")
        return redirect("people:choose")
    request.session[SESSION_KEY] = key.person_id
    request.session[CAPACITY_KEY] = key.capacity
    # Another person may be here now: what the last one left behind is not for her.
    request.session.cycle_key()
    return redirect("/")


def _choice(key: Key, request: Request) -> dict[str, object]:
    return {
        "key": key,
        "may": _may(key.scopes),
        "is_now": key.person_id == request.actor.person_id
        and key.is_self != request.actor.is_supporter,
    }


def _may(scopes: Collection[str]) -> list[str]:
    return [words for scope, words in queries.SCOPE_WORDS.items() if scope in scopes]
