"""How and when a person is reached, all that one form shows, in one write."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.people import permissions
from groups.people.actions.person import changed, write_facts
from groups.people.enums import Channel
from groups.people.models import ChannelPreference, Person
from groups.people.signals import reach_changed
from groups.people.values import NewWish

# What stands on the person's row about how and when she is reached.
FACTS = frozenset(
    {
        "print_size",
        "language",
        "call_after",
        "call_before",
        "voicemail_ok",
        "quiet_from",
        "quiet_until",
        "wants_digest",
    }
)


def set_reach(
    *,
    by: Actor,
    person: Person,
    version: int,
    wishes: Mapping[str, NewWish | None],
    **changes: Any,
) -> Person:
    """Keep how and when a person wants to hear from us; what is not given stays as it is.

    `wishes` are by purpose; None takes back what was said of one, which then comes as everything does.
    What waits to be sent follows in the same transaction. Raises ActionDenied, RuleBroken for quiet
    hours with one end, and PersonChanged when somebody else saved since `version`.
    """
    if unknown := set(changes) - FACTS:
        raise TypeError(f"set_reach does not change {', '.join(sorted(unknown))}")
    with transaction.atomic():
        permissions.check_can_change_person(by, person)
        before = {name: getattr(person, name) for name in changes}
        _check_quiet_hours(person, changes)
        write_facts(person, version, changes)
        noted = {
            f"wish.{purpose}": said
            for purpose, wish in wishes.items()
            if (said := _write_wish(person, purpose, wish))
        }
        audit.record(
            by=by,
            verb="changed how to reach",
            on=person,
            about_person_id=person.pk,
            changes=changed(before, changes) | noted,
        )
        person.refresh_from_db()
        reach_changed.send(Person, by=by, person=person)
    return person


def _check_quiet_hours(person: Person, changes: Mapping[str, Any]) -> None:
    begins, ends = (
        changes.get(name, getattr(person, name))
        for name in ("quiet_from", "quiet_until")
    )
    if (begins is None) != (ends is None):
        raise RuleBroken(
            "Write both when the quiet time begins and when it ends.",
            field="quiet_until" if ends is None else "quiet_from",
        )


def _write_wish(person: Person, purpose: str, wish: NewWish | None) -> list[str]:
    """Write one wish and return what it was and is, or nothing when it is the same."""
    old = person.preferences.filter(purpose=purpose).first()
    was = _words(NewWish(old.channel, old.print_size, old.is_wanted) if old else None)
    if was == _words(wish):
        return []
    if wish is None:
        person.preferences.filter(purpose=purpose).delete()
    else:
        ChannelPreference.objects.update_or_create(
            person=person,
            purpose=purpose,
            defaults={
                "channel": wish.channel,
                "print_size": wish.print_size,
                "is_wanted": wish.is_wanted,
            },
        )
    return [was, _words(wish)]


def _words(wish: NewWish | None) -> str:
    if wish is None:
        return ""
    parts = [
        str(Channel(wish.channel).label) if wish.channel else "",
        f"{wish.print_size} point" if wish.print_size else "",
        "" if wish.is_wanted else "Not wanted",
    ]
    return ", ".join(part for part in parts if part)
