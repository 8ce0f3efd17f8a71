"""Who may do what about messages (DESIGN, roles)."""

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.notices.models import Notice


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


def check_can_undo(actor: Actor, notice: Notice) -> None:
    """Raise ActionDenied unless the actor is of the team, or sent this notice herself.

    A chair who published her own meeting may take it back like anybody who pressed a button.
    """
    sent_it = actor.user_id is not None and notice.planned_by_id == actor.user_id
    if not sent_it and not actor.can(Permission.SEND_NOTICES):
        raise ActionDenied("Only the team, or who sent this, can undo it.")


def can_undo(actor: Actor, notice: Notice) -> bool:
    """Tell whether check_can_undo passes."""
    try:
        check_can_undo(actor, notice)
    except ActionDenied:
        return False
    return True
