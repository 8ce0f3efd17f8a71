"""Who may do what about messages (DESIGN, roles)."""

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied


def check_can_send_notices(actor: Actor) -> None:
    """Raise ActionDenied unless the actor posts, rings and mends for the team."""
    if not actor.can(Permission.SEND_NOTICES):
        raise ActionDenied("Only the involvement team posts letters and makes calls.")


def can_send_notices(actor: Actor) -> bool:
    """Tell whether check_can_send_notices passes."""
    try:
        check_can_send_notices(actor)
    except ActionDenied:
        return False
    return True
