"""Who an account is, and how a person is reached: what other rooms ask about people."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.models import User
from coprod.core.prepared import Prepared
from groups.people.enums import ContactKind, PersonState, SignInCapacity
from groups.people.models import Person

NUMBERS = frozenset({ContactKind.LANDLINE, ContactKind.MOBILE, ContactKind.TEXT})


@dataclass(frozen=True)
class Key:
    """One person an account may open today, as herself or as her supporter.

    `helper_id` and `helper_name` are the supporter, when the account opens her as one.
    """

    sign_in_id: int
    person_id: int
    known_as: str
    capacity: str
    scopes: tuple[str, ...]
    helper_id: int | None
    helper_name: str

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
    "sign_ins__link__supporter_id",
    "sign_ins__link__supporter__known_as",
)

# Every page asks this, so it is put into SQL only once.
_ROLES_AND_KEYS = Prepared(
    lambda user_id: User.objects.filter(pk=user_id).values_list(*_COLUMNS)
)


def roles_and_keys(user: User) -> tuple[set[str], list[Key]]:
    """Return an account's roles and the people it may open today, in one statement.

    Every page asks this, so that a role or a link that has ended is gone at the next request.
    Itself first, then whom it supports.
    """
    roles: set[str] = set()
    keys: dict[int, Key] = {}
    today = dates.today()
    rows = _ROLES_AND_KEYS(user.pk)
    for role, pk, person_id, name, state, capacity, *link in rows:
        if role is not None:
            roles.add(role)
        gone = state in (PersonState.DECEASED, PersonState.ANONYMISED)
        is_self = capacity == SignInCapacity.SELF
        *dates_of_link, scopes, helper_id, helper_name = link
        if (
            pk is not None
            and not gone
            and (is_self or _is_current(today, *dates_of_link))
        ):
            keys[pk] = Key(
                pk,
                person_id,
                name,
                capacity,
                tuple(scopes or ()),
                helper_id,
                helper_name or "",
            )
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
    key = _chosen(keys, chosen_person_id, chosen_capacity)
    if key is None:
        actor = Actor(user, user.name, frozenset(roles), request_id=request_id)
        return actor, len(keys) > 1
    # One capacity at a time: while helping a member, a worker's own rights are put aside.
    # On a shared address the name is of whoever said she is here, not of the account.
    actor = Actor(
        user=user,
        name=key.known_as if key.is_self else key.helper_name,
        roles=frozenset(roles | {Role.MEMBER})
        if key.is_self
        else frozenset({Role.SUPPORTER}),
        person_id=key.person_id,
        person_name=key.known_as,
        own_person_id=key.person_id if key.is_self else key.helper_id,
        is_supporter=not key.is_self,
        scopes=frozenset(key.scopes),
        request_id=request_id,
    )
    return actor, False


def _chosen(keys: list[Key], person_id: int | None, capacity: str | None) -> Key | None:
    if len(keys) == 1:
        return keys[0]
    mine = [key for key in keys if key.person_id == person_id]
    exact = [key for key in mine if key.capacity == capacity]
    return next(iter(exact or mine), None)


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
