from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied


def check_can_manage_projects(actor: Actor) -> None:
    """Raise ActionDenied unless the actor records projects for the organisation."""
    if not actor.can(Permission.MANAGE_PROJECTS):
        raise ActionDenied("Only the involvement team can record a project or a stage.")


def can_manage_projects(actor: Actor) -> bool:
    """Tell whether the actor records projects."""
    return actor.can(Permission.MANAGE_PROJECTS)
