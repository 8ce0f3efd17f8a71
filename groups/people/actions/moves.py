"""Where a person stands with the network, and what each move does to what she is sent."""

import datetime as dt

from django.db import transaction

from coprod.core import audit, dates, transitions
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition
from groups.people import permissions
from groups.people.enums import PERSON_TRANSITIONS, PersonState
from groups.people.models import Person
from groups.people.signals import reach_changed

_GONE = frozenset({PersonState.LEFT, PersonState.DECEASED})


def start_taking_part(*, by: Actor, person: Person) -> Person:
    """Record that a person has been welcomed, or is back from a break. Raises ActionDenied.

    For somebody who had left or died it says that this was written down by mistake: what
    had stopped for it and is still of use goes out after all.
    """
    permissions.check_can_move_person(by)
    return _move(by, person, PersonState.ACTIVE, "started taking part")


def pause_person(
    *, by: Actor, person: Person, until: dt.date | None = None, reason: str = ""
) -> Person:
    """Record that a person takes a break, to its last day or until she tells us.

    Meanwhile she hears only about money, about what she said yes to, and what is essential. After the
    last day she takes part again by the clock. Raises ActionDenied.
    """
    permissions.check_can_take_a_break(by, person)
    return _move(by, person, PersonState.PAUSED, "paused", reason=reason, until=until)


def change_break(*, by: Actor, person: Person, until: dt.date | None) -> Person:
    """Give a break another last day, or none. Raises ActionDenied, and InvalidTransition when she
    takes no break."""
    permissions.check_can_take_a_break(by, person)
    _check_on_a_break(person)
    with transaction.atomic():
        old, person.paused_until = person.paused_until, until
        person.save(update_fields=["paused_until"])
        _record(by, person, "changed break", {"until": [_day(old), _day(until)]})
        reach_changed.send(Person, by=by, person=person)
    return person


def end_break(*, by: Actor, person: Person) -> Person:
    """Record that a person is back from her break, before its last day or after.

    Raises ActionDenied, and InvalidTransition when she takes none.
    """
    permissions.check_can_take_a_break(by, person)
    return _back(by, person)


def end_break_by_the_clock(*, by: Actor, person: Person) -> Person:
    """Write down that a break is over whose last day has passed.

    It asks no permission: every page says so already, this only makes the row agree. Raises
    InvalidTransition when the break still lasts, or somebody else wrote it down.
    """
    if person.is_on_a_break():
        raise InvalidTransition("This break still lasts.")
    return _back(by, person)


def _check_on_a_break(person: Person) -> None:
    if person.state != PersonState.PAUSED:
        raise InvalidTransition("There is no break now. Look at the page again.")


def _back(by: Actor, person: Person) -> Person:
    _check_on_a_break(person)
    return _move(by, person, PersonState.ACTIVE, "came back from a break")


def welcome_back(*, by: Actor, person: Person) -> Person:
    """Record that a person who asked about us, or had left, is being welcomed. Raises ActionDenied."""
    permissions.check_can_move_person(by)
    return _move(by, person, PersonState.WELCOMING, "welcomed")


def record_leaving(*, by: Actor, person: Person, reason: str = "") -> Person:
    """Record that a person left the network. Raises ActionDenied.

    Everything that waits for her stops in the same transaction, and what is printed is named to be
    taken out of its pile; her claims go on to be paid.
    """
    permissions.check_can_move_person(by)
    return _move(by, person, PersonState.LEFT, "recorded leaving", reason=reason)


def record_death(*, by: Actor, person: Person) -> Person:
    """Record that a person died, so that no letter or call reaches the family by mistake.

    Everything that waits stops, as when she leaves. Raises ActionDenied.
    """
    permissions.check_can_move_person(by)
    return _move(by, person, PersonState.DECEASED, "recorded death")


def _move(
    by: Actor,
    person: Person,
    to: str,
    verb: str,
    *,
    reason: str = "",
    until: dt.date | None = None,
) -> Person:
    with transaction.atomic():
        old = person.state
        transitions.move(
            person, table=PERSON_TRANSITIONS, to=to, values={"paused_until": until}
        )
        changes = {"state": [old, to]}
        if until is not None:
            changes["until"] = ["", _day(until)]
        _record(by, person, verb, changes, reason)
        was_mistake = old in _GONE and to == PersonState.ACTIVE
        reach_changed.send(Person, by=by, person=person, was_mistake=was_mistake)
    return person


def _day(day: dt.date | None) -> str:
    return dates.long_date(day) if day else ""


def _record(
    by: Actor,
    person: Person,
    verb: str,
    changes: dict[str, list[str]],
    reason: str = "",
) -> None:
    audit.record(
        by=by,
        verb=verb,
        on=person,
        about_person_id=person.pk,
        changes=changes,
        reason=reason,
    )
