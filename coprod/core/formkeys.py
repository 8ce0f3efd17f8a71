"""One-time keys: five identical posts have one effect and one answer.

Every unsafe form carries `form_key`. FormKeyMiddleware runs the view inside one transaction with
the row of the key. A view that redirects has had its effect: the key and the answer are kept
with it. A view that shows the form again has not: everything is rolled back, key included, and the
same key may be used for the next try.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from coprod.core.models import FormKey

FIELD = "form_key"
# The key belongs to another form or another account: nothing was done.
USED_ELSEWHERE = HttpResponse(status=409)


def exempt(
    reason: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Mark an unsafe view that needs no key, and say why."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.form_key_exempt = reason  # type: ignore[attr-defined]  # read by the middleware
        return view

    return decorate


def read_key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def run_once(
    request: HttpRequest, key: uuid.UUID, view: Callable[[], HttpResponse]
) -> HttpResponse:
    """Run the view with its key in one transaction, or repeat the answer already given."""
    user_id = request.user.pk if request.user.is_authenticated else None
    with transaction.atomic():
        try:
            with transaction.atomic():
                # On PostgreSQL a second identical post waits here until the first has committed;
                # on SQLite it waits at the start of the transaction.
                kept = FormKey.objects.create(
                    key=key, user_id=user_id, path=request.path[:300]
                )
        except IntegrityError:
            return _repeat(request, key, user_id)
        response = view()
        if not isinstance(response, HttpResponseRedirect):
            transaction.set_rollback(True)
            return response
        kept.answer_url = response.url[:500]
        kept.message = _last_message(request)
        kept.save(update_fields=["answer_url", "message"])
    return response


def _repeat(request: HttpRequest, key: uuid.UUID, user_id: int | None) -> HttpResponse:
    kept = FormKey.objects.get(key=key)
    if (
        kept.user_id != user_id
        or kept.path != request.path[:300]
        or not kept.answer_url
    ):
        return USED_ELSEWHERE
    if kept.message:
        messages.success(request, kept.message)
    return HttpResponseRedirect(kept.answer_url)


def _last_message(request: HttpRequest) -> str:
    storage: Any = get_messages(request)
    queued = getattr(storage, "_queued_messages", [])
    return str(queued[-1].message) if queued else ""
