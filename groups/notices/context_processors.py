"""What every staff page knows of the sending."""

from typing import Any

from django.http import HttpRequest

from coprod.core.actors import Actor
from groups.notices import health, permissions


def sending(request: HttpRequest) -> dict[str, Any]:
    """Return how to find out what is wrong. Nothing is asked before a staff page wants to know."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "sending_troubles": health.banner,
        "may_see_health": bool(actor and permissions.can_send_notices(actor)),
    }
