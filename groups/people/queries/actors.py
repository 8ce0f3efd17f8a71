"""Who an account is, and how a person is reached: what other rooms ask about people."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.models import User
from groups.people.enums import (
    Channel,
    ContactKind,
    PersonState,
    Purpose,
    SignInCapacity,
)
from groups.people.models import Person

NUMBERS = frozenset({ContactKind.LANDLINE, ContactKind.MOBILE, ContactKind.TEXT})


@dataclass(frozen=True)
class Key:
    """One person an account may open today, as herself or as her supporter."""

    sign_in_id: int
    person_id: int
    known_as: str
    capacity: str
    scopes: tuple[str, ...]

    @property
    def is_self(self) -> bool:
        return self.capacity == SignInCapacity.SELF


_COLUMNS = (
    "role_grants__role",
    "sign_ins__pk",
    "sign_ins__person_id",
    "sign_ins__person__known_as",
    "sign_ins__person__state",
    "sign_ins__capacity",
    "sign_ins__link__from_date",
    "sign_ins__link__to_date",
    "sign_ins__link__ended_at",
    "sign_ins__link__scopes",
)


def roles_and_keys(user: User) -> tuple[set[str], list[Key]]:
    """Return an account's roles and the people it may open today, in one statement.

    Every page asks this, so that a role or a link that has ended is gone at the next request.
    Itself first, then whom it supports.
    """
    roles: set[str] = set()
    keys: dict[int, Key] = {}
    today = dates.today()
    for role, pk, person_id, name, state, capacity, *link in User.objects.filter(
        pk=user.pk
    ).values_list(*_COLUMNS):
        if role is not None:
            roles.add(role)
        gone = state in (PersonState.DECEASED, PersonState.ANONYMISED)
        is_self = capacity == SignInCapacity.SELF
        if pk is not None and not gone and (is_self or _is_current(today, *link[:3])):
            keys[pk] = Key(pk, person_id, name, capacity, tuple(link[3] or ()))
    return roles, sorted(
        keys.values(), key=lambda key: (not key.is_self, key.sign_in_id)
    )


def _is_current(
    today: dt.date,
    from_date: dt.date | None,
    to_date: dt.date | None,
    ended_at: dt.datetime | None,
) -> bool:
    started = from_date is not None and from_date <= today
    return started and (to_date is None or to_date >= today) and ended_at is None


def sign_ins_of(user: User) -> list[Key]:
    """Return the people this account may open today: itself first, then whom it supports."""
    return roles_and_keys(user)[1]


def actor_for(
    user: User,
    *,
    chosen_person_id: int | None,
    chosen_capacity: str | None = None,
    request_id: str = "",
) -> tuple[Actor, bool]:
    """Return who this account is now, and whether it must first say as whom it is here.

    A link that has ended is gone at the next request, because it is read each time.
    """
    roles, keys = roles_and_keys(user)
    own = {key.person_id for key in keys if key.is_self}
    chosen = _chosen(keys, chosen_person_id, chosen_capacity)
    helping = chosen is not None and not chosen.is_self
    if chosen is not None:
        # One capacity at a time: while helping a member, a worker's own rights are put aside.
        roles = {Role.SUPPORTER} if helping else roles | {Role.MEMBER}
    actor = Actor(
        user=user,
        name=user.name if chosen is None or helping else chosen.known_as,
        roles=frozenset(roles),
        person_id=chosen.person_id if chosen else None,
        person_name=chosen.known_as if chosen else "",
        own_person_id=_own_person(own, chosen),
        is_supporter=helping,
        scopes=frozenset(chosen.scopes) if chosen else frozenset(),
        request_id=request_id,
    )
    return actor, chosen is None and len(keys) > 1


def _chosen(keys: list[Key], person_id: int | None, capacity: str | None) -> Key | None:
    if len(keys) == 1:
        return keys[0]
    mine = [key for key in keys if key.person_id == person_id]
    exact = [key for key in mine if key.capacity == capacity]
    return next(iter(exact or mine), None)


def _own_person(own: set[int], chosen: Key | None) -> int | None:
    """Return whose account this is: on a shared address, whoever said she is here."""
    if chosen is not None and chosen.is_self:
        return chosen.person_id
    return next(iter(own)) if len(own) == 1 else None


def channel_for(person: Person, purpose: str) -> str:
    """Return the channel a person asked for, falling back to one she can be reached by.

    Reads `preferences` and `contact_points`, which the caller prefetches for lists. A person with
    no preference gets e-mail when she has one, then a letter, then a call.
    """
    wanted = {row.purpose: row.channel for row in person.preferences.all()}
    asked = wanted.get(purpose) or wanted.get(Purpose.EVERYTHING)
    if asked:
        return asked
    return fallback_channel(
        point.kind for point in person.contact_points.all() if point.stopped_at is None
    )


def fallback_channel(kinds: Iterable[str]) -> str:
    """Return the channel for somebody who has not said: e-mail, then a letter, then a call."""
    known = set(kinds)
    if ContactKind.EMAIL in known:
        return Channel.EMAIL
    return Channel.LETTER if ContactKind.POST in known else Channel.PHONE


def contact_value(person: Person, kinds: Iterable[str]) -> str:
    """Return the first live contact value of these kinds, or an empty string.

    Reads `contact_points`, which the caller prefetches for lists.
    """
    for kind in kinds:
        for point in person.contact_points.all():
            if point.kind == kind and point.stopped_at is None:
                return f"{spoken(point.kind, point.value)}\n{point.postcode}".strip()
    return ""


def spoken(kind: str, value: str) -> str:
    """Return a contact value as people write it: a British number without +44."""
    if kind not in NUMBERS or not value.startswith("+44"):
        return value
    number = phonenumbers.parse(value, "GB")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
