"""A session that ends in the middle of a long form loses nothing that was typed.

Every form of ours carries `form_owner`: who it was shown to, signed. A post that comes after the
session has ended is put aside, sealed, in the new session; after sign-in the same account sees
what it wrote and can send it. Anybody else who signs in on that device sees nothing of it.

What was typed is shown in the words of the page the form stood on (see formwords): that page is
asked for once more, for the account that has just signed in.
"""

import copy
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from coprod.core import formwords, secrets
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken

FIELD = "form_owner"
_SESSION = "kept_form"
_SALT = "coprod.form_owner"
# WCAG 2.2.6: what was typed is kept for more than 20 hours.
_KEPT_SECONDS = 24 * 60 * 60
_NOT_KEPT = frozenset({FIELD, "form_key", "csrfmiddlewaretoken"})
# A name that begins so was typed by nobody: the page put it there for itself.
_OF_THE_PAGE = "_"
# Passwords and codes are typed nowhere else, and are not ours to keep.
_SECRETS = "/accounts/"
# A page may send on to the one that has the form.
_MOST_PAGES = 3


@dataclass(frozen=True)
class KeptForm:
    """What was typed, where it was to be sent, and the address of the page it was typed on."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool


def owner_mark(user_id: int) -> str:
    """Return the signed mark of who a form is shown to."""
    return signing.dumps(user_id, salt=_SALT)


def put_aside(request: HttpRequest) -> bool:
    """Keep a post that came without a session. Returns False when it is not a form of ours."""
    if request.path.startswith(_SECRETS):
        return False
    try:
        owner_id = int(signing.loads(request.POST.get(FIELD, ""), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        if name not in _NOT_KEPT and not name.startswith(_OF_THE_PAGE)
        for value in values
    ]
    kept = {
        "path": request.get_full_path(),
        "page": _stood_on(request),
        "fields": fields,
        "owner": owner_id,
        "files": bool(request.FILES),
        "at": time.time(),
    }
    request.session[_SESSION] = secrets.encrypt(json.dumps(kept))
    return True


def _stood_on(request: HttpRequest) -> str:
    """Return the address of the page the form was typed on: the browser says it within one site."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return ""
    return came_from._replace(scheme="", netloc="", fragment="").geturl()


def read(session: SessionBase, user_id: int | None) -> KeptForm | None:
    """Return what this account had typed, or None: nothing kept, too old, or somebody else's."""
    sealed = session.get(_SESSION)
    if not sealed:
        return None
    kept = json.loads(secrets.decrypt(sealed))
    if kept["owner"] != user_id or time.time() - kept["at"] > _KEPT_SECONDS:
        return None
    return KeptForm(
        path=kept["path"],
        page=kept["page"],
        fields=tuple((name, value) for name, value in kept["fields"]),
        had_files=kept["files"],
    )


def throw_away(session: SessionBase) -> None:
    session.pop(_SESSION, None)


def told(request: HttpRequest, kept: KeptForm) -> formwords.Told:
    """Return what was typed as the form asked for it, question by question."""
    for address in (kept.page, kept.path):
        html, address_shown = _page(request, address)
        found = formwords.tell(html, address_shown, kept.path, kept.fields)
        if found is not None:
            return found
    return formwords.untold(kept.fields)


def _page(request: HttpRequest, address: str) -> tuple[str, str]:
    """Return a page as this account may see it now, and its address; nothing when it may not."""
    for _ in range(_MOST_PAGES):
        response = _ask(request, address)
        if response is None or response.status_code not in {200, 302}:
            break
        if response.status_code == 200:
            return response.content.decode("utf-8", "replace"), address
        address = response.headers["Location"]
    return "", ""


def _ask(request: HttpRequest, address: str) -> HttpResponse | None:
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    if found.url_name == "kept-form":
        return None
    try:
        response = found.func(_asking(request, address), *found.args, **found.kwargs)
    except (Http404, ActionDenied, InvalidTransition, RuleBroken):
        return None
    is_page = isinstance(response, HttpResponse) and not response.streaming
    return response if is_page else None


def _asking(request: HttpRequest, address: str) -> HttpRequest:
    """Return a request of the same account for another page; it reads and sends nothing."""
    parts = urlsplit(address)
    asking = copy.copy(request)
    asking.method = "GET"
    asking.path = asking.path_info = parts.path
    asking.META = request.META | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
    }
    asking.GET = QueryDict(parts.query)
    # What the account is to be told stays for the page it really sees.
    asking._messages = default_storage(asking)  # type: ignore[attr-defined]  # django.contrib.messages sets it
    return asking
