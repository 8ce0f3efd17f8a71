from collections.abc import Iterable

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.models import RoleGrant, User
from groups.people.enums import Channel, ContactKind, Purpose, SignInCapacity
from groups.people.models import Person, SignIn, Supporter


def sign_ins_of(user: User) -> list[SignIn]:
    """Return the people this account may open today: itself first, then whom it supports."""
    rows = (
        SignIn.objects.filter(user=user).select_related("person", "link").order_by("pk")
    )
    usable = [row for row in rows if row.link is None or _is_current(row.link)]
    return sorted(usable, key=lambda row: row.capacity != SignInCapacity.SELF)


def _is_current(link: Supporter) -> bool:
    today = dates.today()
    in_dates = link.from_date <= today and (
        link.to_date is None or link.to_date >= today
    )
    return in_dates and link.ended_at is None


def actor_for(
    user: User, *, chosen_person_id: int | None, request_id: str = ""
) -> tuple[Actor, bool]:
    """Return who this account is now, and whether it must first say as whom it is here.

    A link that has ended is gone at the next request, because it is read each time.
    """
    roles = set(RoleGrant.objects.filter(user=user).values_list("role", flat=True))
    keys = sign_ins_of(user)
    own = [row.person_id for row in keys if row.capacity == SignInCapacity.SELF]
    chosen = next((row for row in keys if row.person_id == chosen_person_id), None)
    if chosen is None and len(keys) == 1:
        chosen = keys[0]
    must_choose = chosen is None and len(keys) > 1
    acting_for_other = (
        chosen is not None and chosen.capacity == SignInCapacity.SUPPORTER
    )
    if chosen:
        roles.add(Role.SUPPORTER if acting_for_other else Role.MEMBER)
    if acting_for_other:
        # One capacity at a time: while helping a member, a worker's own rights are put aside.
        roles = {Role.SUPPORTER}
    link = chosen.link if chosen else None
    actor = Actor(
        user=user,
        name=user.name,
        roles=frozenset(roles),
        person_id=chosen.person_id if chosen else None,
        person_name=chosen.person.known_as if chosen else "",
        own_person_id=own[0] if len(own) == 1 else None,
        is_supporter=acting_for_other,
        scopes=frozenset(link.scopes) if link else frozenset(),
        request_id=request_id,
    )
    return actor, must_choose


def channel_for(person: Person, purpose: str) -> str:
    """Return the channel a person asked for, falling back to one she can be reached by.

    Reads `preferences` and `contact_points`, which the caller prefetches for lists. A person with
    no preference gets e-mail when she has one, then a letter, then a call.
    """
    wanted = {row.purpose: row.channel for row in person.preferences.all()}
    asked = wanted.get(purpose) or wanted.get(Purpose.EVERYTHING)
    if asked:
        return asked
    kinds = {
        point.kind for point in person.contact_points.all() if point.stopped_at is None
    }
    if ContactKind.EMAIL in kinds:
        return Channel.EMAIL
    return Channel.LETTER if ContactKind.POST in kinds else Channel.PHONE


def contact_value(person: Person, kinds: Iterable[str]) -> str:
    """Return the first live contact value of these kinds, or an empty string. Needs the prefetch."""
    for kind in kinds:
        for point in person.contact_points.all():
            if point.kind == kind and point.stopped_at is None:
                return f"{point.value}\n{point.postcode}".strip()
    return ""
