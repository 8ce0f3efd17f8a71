"""Who may see and change what about a person (DESIGN, roles)."""

from collections.abc import Callable

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.people.enums import SupportScope
from groups.people.models import Person, Supporter


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except ActionDenied:
        return False
    return True


def check_can_add_person(actor: Actor) -> None:
    """Raise ActionDenied unless the actor works with the network."""
    if not actor.can(Permission.MANAGE_PEOPLE):
        raise ActionDenied("Only the involvement team can add a person.")


def can_add_person(actor: Actor) -> bool:
    """Tell whether check_can_add_person passes."""
    return _passes(lambda: check_can_add_person(actor))


def check_can_change_person(actor: Actor, person: Person) -> None:
    """Raise ActionDenied unless this is the person, somebody she lets, or the team.

    Staff may do for a member what she may do herself (DESIGN rule 12).
    """
    if actor.can(Permission.MANAGE_PEOPLE):
        return
    if actor.person_id != person.pk:
        raise ActionDenied(
            "Only the involvement team can change somebody else’s details."
        )
    if not actor.has_scope(SupportScope.DETAILS):
        raise ActionDenied(
            f"{person.known_as} has not said that you may see or change these details."
        )


def can_change_person(actor: Actor, person: Person) -> bool:
    """Tell whether check_can_change_person passes."""
    return _passes(lambda: check_can_change_person(actor, person))


def check_can_see_access_needs(actor: Actor, person: Person) -> None:
    """Raise ActionDenied unless this is the person, somebody she lets, or the team."""
    if actor.can(Permission.SEE_ACCESS_NEEDS):
        return
    if actor.person_id != person.pk or not actor.has_scope(SupportScope.DETAILS):
        raise ActionDenied("What somebody needs is shown only to those who arrange it.")


def can_see_access_needs(actor: Actor, person: Person) -> bool:
    """Tell whether check_can_see_access_needs passes."""
    return _passes(lambda: check_can_see_access_needs(actor, person))


def check_can_decide_for_herself(actor: Actor, person: Person) -> None:
    """Raise ActionDenied for consent and supporters, which no supporter may touch.

    The member decides, or the team writes down what she said.
    """
    if actor.can(Permission.MANAGE_PEOPLE):
        return
    if actor.person_id != person.pk or actor.is_supporter:
        raise ActionDenied(
            f"Only {person.known_as} can decide this. The team can write it down for them."
        )


def can_decide_for_herself(actor: Actor, person: Person) -> bool:
    """Tell whether check_can_decide_for_herself passes."""
    return _passes(lambda: check_can_decide_for_herself(actor, person))


def check_can_end_support(actor: Actor, link: Supporter) -> None:
    """Raise ActionDenied unless this is the member, the supporter, or the team."""
    if link.supporter_id == actor.own_person_id:
        return
    if link.supporter_id == actor.person_id and not actor.is_supporter:
        return
    check_can_decide_for_herself(actor, link.member)


def can_end_support(actor: Actor, link: Supporter) -> bool:
    """Tell whether check_can_end_support passes."""
    return _passes(lambda: check_can_end_support(actor, link))


def check_can_move_person(actor: Actor) -> None:
    """Raise ActionDenied unless the actor works with the network."""
    if not actor.can(Permission.MANAGE_PEOPLE):
        raise ActionDenied("Only the involvement team can record this.")


def can_move_person(actor: Actor) -> bool:
    """Tell whether check_can_move_person passes."""
    return _passes(lambda: check_can_move_person(actor))


def check_can_take_a_break(actor: Actor, person: Person) -> None:
    """Raise ActionDenied unless this is the person herself, or the team for her."""
    check_can_decide_for_herself(actor, person)


def can_take_a_break(actor: Actor, person: Person) -> bool:
    """Tell whether check_can_take_a_break passes."""
    return _passes(lambda: check_can_take_a_break(actor, person))


def check_can_open_sign_in(actor: Actor) -> None:
    """Raise ActionDenied unless the actor works with the network: sign-up is closed."""
    if not actor.can(Permission.MANAGE_PEOPLE):
        raise ActionDenied("Only the involvement team can invite somebody to sign in.")


def can_open_sign_in(actor: Actor) -> bool:
    """Tell whether check_can_open_sign_in passes."""
    return _passes(lambda: check_can_open_sign_in(actor))
