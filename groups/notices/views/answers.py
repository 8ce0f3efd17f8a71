"""How a one-button form answers: with what was done, or with why not."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from coprod.core.access import Request
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken

REFUSALS = (ActionDenied, InvalidTransition, RuleBroken)


def try_to(
    request: Request,
    act: Callable[[], object],
    *,
    done: str,
    to: str,
    instead: str = "",
) -> HttpResponse:
    """Do one thing, say that it was done or why it was not, and go on to a page."""
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect(instead or to)
    messages.success(request, done)
    return redirect(to)
