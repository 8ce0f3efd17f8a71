"""Letting what still waits for a person follow her new address, or her new wish."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Q, prefetch_related_objects

from coprod.core import audit
from coprod.core.actors import Actor
from groups.notices import queries
from groups.notices.actions.planning import NO_WAY_TO_REACH, ring_sweep
from groups.notices.actions.welcome import WELCOME, welcome_body
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel
from groups.people.models import Person


def follow_person(*, by: Actor, person: Person) -> int:
    """Send what still waits for a person the way she now wants it, and return how many changed.

    Takes up what is planned and not in a pile of letters, and what failed because there was no
    way to reach her. What goes by several ways at once was decided by somebody and stays. A letter
    is due earlier, as in `queries.due_for`. It asks no permission: it is the effect of a
    change to the person, which has asked its own. Rule: practice.md, story 1: the rest of the call
    is written down next week.
    """
    with transaction.atomic():
        person = Person.objects.get(pk=person.pk)
        prefetch_related_objects([person], "contact_points", "preferences")
        changed = sum(_follow(delivery, person) for delivery in _waiting(person))
        if changed:
            audit.record(
                by=by,
                verb="redirected messages",
                on=person,
                about_person_id=person.pk,
                changes={"messages": [0, changed]},
            )
            transaction.on_commit(ring_sweep, robust=True)
    return changed


def follow_reach(*, by: Actor, person: Person, **_: Any) -> None:
    """Receive the signal that how to reach a person has changed."""
    follow_person(by=by, person=person)


def _still_here() -> Q:
    return Q(state=DeliveryState.PLANNED, print_run__isnull=True) | Q(
        state=DeliveryState.FAILED,
        reason=NO_WAY_TO_REACH,
        dealt_with_at__isnull=True,
    )


def _waiting(person: Person) -> list[Delivery]:
    several = (
        Delivery.objects.filter(person=person)
        .values("notice_id")
        .annotate(ways=Count("pk"))
        .filter(ways__gt=1)
    )
    return list(
        Delivery.objects.filter(_still_here(), person=person)
        .exclude(notice_id__in=several.values("notice_id"))
        .select_related("notice")
    )


def _follow(delivery: Delivery, person: Person) -> bool:
    """Change one row, unless it is as it should be or somebody took it up meanwhile."""
    channel = queries.reachable_channel(person, delivery.notice.purpose)
    if not channel:
        return False
    values: dict[str, Any] = {
        "channel": channel,
        "print_size": person.print_size,
        "address": queries.address_for(person, channel),
    }
    if delivery.state == DeliveryState.PLANNED and all(
        getattr(delivery, name) == value for name, value in values.items()
    ):
        return False
    if channel == Channel.LETTER != delivery.channel:
        values["due_at"] = queries.due_for(
            person, delivery.notice.purpose, delivery.due_at
        )
    if delivery.notice.occasion == WELCOME:
        values["body"] = welcome_body(person)
    return bool(
        Delivery.objects.filter(_still_here(), pk=delivery.pk).update(
            state=DeliveryState.PLANNED, reason="", **values
        )
    )
