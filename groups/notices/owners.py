"""Who of the team may have a message that did not arrive, and what each of them has."""

import datetime as dt

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.roles import roles_with
from groups.notices.models import Alert, Delivery
from groups.notices.owed import ANYONE, Owed, owed_line

# A first page that lists more than this helps nobody; the outbox holds them all.
_MOST = 300


def colleagues() -> QuerySet[User]:
    """Return everybody who may see to a message, by name."""
    roles = roles_with(Permission.SEND_NOTICES)
    return (
        User.objects.filter(is_active=True, role_grants__role__in=roles)
        .distinct()
        .order_by("name", "pk")
    )


def mine_first(rows: QuerySet[Delivery], actor: Actor) -> QuerySet[Delivery]:
    """Order messages: what the actor has, what nobody has, what others have; oldest first."""
    place = Case(
        When(owner_id=actor.user_id, then=Value(0)),
        When(Q(owner__isnull=True), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.select_related("owner").order_by(place, "due_at", "pk")


def owed(actor: Actor, rows: QuerySet[Delivery], today: dt.date) -> list[Owed]:
    """Return what did not arrive as lines of "owed today", and alerts nobody has dealt with.

    `rows` come with their person and owner. Each of the actor's own is a line; what others have is one line for each of them, and what
    nobody has is one. Two queries.
    """
    if not actor.can(Permission.SEND_NOTICES):
        return []
    by_owner: dict[int | None, list[Delivery]] = {}
    lines = []
    for row in rows[:_MOST]:
        if row.owner_id is not None and row.owner_id == actor.user_id:
            lines.append(_line(actor, [row], today))
        else:
            by_owner.setdefault(row.owner_id, []).append(row)
    lines += [_line(actor, held, today) for held in by_owner.values()]
    return [*lines, *_alerts(actor, today)]


def _line(actor: Actor, rows: list[Delivery], today: dt.date) -> Owed:
    first = rows[0]
    people = {row.person_id for row in rows}
    one = len(rows) == 1
    return owed_line(
        actor,
        today,
        due=min(dates.local(first.due_at).date(), today),
        who=first.person.known_as if len(people) == 1 else f"{len(people)} people",
        who_url=first.person.get_absolute_url()
        if len(people) == 1
        else reverse("notices:outbox"),
        what=f"Did not arrive: {first.subject}"
        if one
        else f"{len(rows)} messages did not arrive",
        icon="warning",
        holder=first.owner,
        nobody=ANYONE,
        url=first.get_absolute_url()
        if one
        else reverse("notices:outbox", fragment="failed"),
    )


def _alerts(actor: Actor, today: dt.date) -> list[Owed]:
    rows = Alert.objects.open().order_by("-raised_at", "-pk")[:_MOST]
    return [_alert(actor, row, today) for row in rows]


def _alert(actor: Actor, row: Alert, today: dt.date) -> Owed:
    return owed_line(
        actor,
        today,
        due=min(dates.local(row.raised_at).date(), today),
        who="The team",
        who_url=reverse("notices:health"),
        what=str(row),
        icon="warning",
        nobody=ANYONE,
        url=row.get_absolute_url(),
    )
