"""Ask for a fresh sign-in before a page is shown, and never in the middle of a typed form.

The page then carries a signed proof that its form was opened fresh by this account. Its post is
taken with the proof for an hour, so that nobody loses what she typed (trust.md S07).
"""

from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core import signing
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

from coprod.core.access import Request, View

_SALT = "payments.fresh-sign-in"
_GOOD_FOR_SECONDS = 60 * 60


def proof_of(request: Request) -> str:
    """Return the proof for the form of a page that was opened after a fresh sign-in."""
    return signing.dumps([request.actor.user_id, request.path], salt=_SALT)


def _is_proven(request: Request) -> bool:
    try:
        held = signing.loads(
            request.POST.get("proof", ""), salt=_SALT, max_age=_GOOD_FOR_SECONDS
        )
    except signing.BadSignature:
        return False
    return bool(held == [request.actor.user_id, request.path])


def fresh_sign_in(view: View) -> View:
    """Open a page only after a fresh sign-in; take its form with the proof it carried."""
    ask_first: View = reauthentication_required(view)

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return ask_first(request, *args, **kwargs)
        if _is_proven(request):
            return view(request, *args, **kwargs)
        messages.error(request, "Please sign in again, then do this once more.")
        return HttpResponseRedirect(request.path)

    return guarded
