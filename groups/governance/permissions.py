from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied, RuleBroken
from groups.governance.enums import GroupState, SeatCategory
from groups.governance.models import Group, Seat
from groups.people.enums import Capacity
from groups.people.models import Person


def check_can_manage_groups(actor: Actor) -> None:
    """Raise ActionDenied unless the actor sets up groups for the organisation (DESIGN, roles)."""
    if not actor.can(Permission.MANAGE_GROUPS):
        raise ActionDenied("Only the involvement team can set up or change a group.")


def can_manage_groups(actor: Actor) -> bool:
    """Tell whether the actor sets up groups."""
    return actor.can(Permission.MANAGE_GROUPS)


def reads_all_groups(actor: Actor) -> bool:
    """Tell whether the actor may read every group, whoever is in it."""
    return actor.can(Permission.READ_GROUPS)


def is_auditing(actor: Actor) -> bool:
    """Tell whether the actor reads groups that she neither runs nor sits in (DESIGN, roles)."""
    return reads_all_groups(actor) and not can_manage_groups(actor)


def check_group_is_open(group: Group) -> None:
    """Raise RuleBroken when the group has closed."""
    if group.state == GroupState.CLOSED:
        raise RuleBroken(f"{group.name} has closed, so nobody can join it.")


def check_person_fits_seat(person: Person, seat: Seat) -> None:
    """Raise RuleBroken when the seat is kept for somebody else.

    A seat that needs lived experience is for members and carers, never for staff: that is what
    the seat is for (practice.md N6).
    """
    lived = person.capacity in (Capacity.LIVED, Capacity.CARER)
    if seat.lived_experience_required and not lived:
        raise RuleBroken(
            f"This seat is for somebody with lived experience. {person.known_as} is known to us "
            f"as {person.get_capacity_display().lower()}.",
            field="person",
        )
    wanted = {
        SeatCategory.STAFF: Capacity.STAFF,
        SeatCategory.PARTNER: Capacity.PARTNER,
        SeatCategory.COUNCILLOR: Capacity.COUNCILLOR,
    }.get(SeatCategory(seat.category))
    if wanted and person.capacity != wanted:
        raise RuleBroken(
            f"This seat is for {seat.get_category_display().lower()}.", field="person"
        )
