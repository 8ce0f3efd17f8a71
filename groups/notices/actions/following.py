"""Letting what still waits for a person follow her new address, her new wish, or her going."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from groups.notices import reach
from groups.notices.actions import stopping
from groups.notices.actions.planning import ring_sweep
from groups.notices.actions.welcome import WELCOME, welcome_body
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel
from groups.people.models import Person


def follow_person(*, by: Actor, person: Person, was_mistake: bool = False) -> int:
    """Send what still waits for a person as she now wants it, and return how many changed.

    First everything stops that is not to go to her: she has died or left, switched it off, or takes a
    break. Then what had stopped and may go again is planned again. Then what is planned and not in a
    pile of letters, and what failed because there was no way to reach her, goes the way she wants.
    What goes by several ways at once was decided by somebody and keeps its ways. A letter is due
    earlier, as in `reach.due_for`. It asks no permission: it is the effect of a change to the
    person, which has asked its own. `was_mistake`: that she had gone was written down by mistake.
    Rule: practice.md, story 1: the rest of the call is written down next week.
    """
    with transaction.atomic():
        person = Person.objects.prefetch_related(*reach.around()).get(pk=person.pk)
        done = {
            "stopped messages": stopping.stop_for(person),
            "took up messages": stopping.let_return(person, was_mistake=was_mistake)
            + stopping.leave_digest(person),
            "redirected messages": sum(
                _follow(delivery, person) for delivery in _waiting(person)
            ),
        }
        for verb, count in done.items():
            if count:
                audit.record(
                    by=by,
                    verb=verb,
                    on=person,
                    about_person_id=person.pk,
                    changes={"messages": [0, count]},
                )
        if any(done.values()):
            transaction.on_commit(ring_sweep, robust=True)
    return sum(done.values())


def follow_reach(
    *, by: Actor, person: Person, was_mistake: bool = False, **_: Any
) -> None:
    """Receive the signal that how to reach a person, or whether, has changed."""
    follow_person(by=by, person=person, was_mistake=was_mistake)


def _still_here() -> Q:
    return Q(state=DeliveryState.PLANNED, print_run__isnull=True) | Q(
        state=DeliveryState.FAILED,
        reason__in=[reach.NO_WAY_TO_REACH, reach.NOTHING_SENDS_IT],
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
    notice = delivery.notice
    channel = reach.reachable_channel(
        person,
        notice.purpose,
        essential=notice.is_essential,
        before=delivery.expires_at,
    )
    if not channel:
        return False
    values: dict[str, Any] = {
        "channel": channel,
        "print_size": reach.print_size_for(person, notice.purpose),
        "address": reach.address_for(person, channel),
    }
    if delivery.state == DeliveryState.PLANNED and all(
        getattr(delivery, name) == value for name, value in values.items()
    ):
        return False
    if channel == Channel.LETTER != delivery.channel:
        values["due_at"] = reach.due_for(person, notice.purpose, delivery.due_at)
    if delivery.in_digest and channel != Channel.EMAIL:
        # The weekly e-mail it waited for does not reach her any more.
        values |= {"in_digest": False, "due_at": timezone.now()}
    if notice.occasion == WELCOME:
        values["body"] = welcome_body(person)
    return bool(
        Delivery.objects.filter(_still_here(), pk=delivery.pk).update(
            state=DeliveryState.PLANNED, reason="", owner=None, **values
        )
    )
