"""What staff do about a message that did not arrive."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from coprod.core import audit, transitions
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions, queries, reach
from groups.notices.actions.planning import ring_sweep
from groups.notices.enums import DELIVERY_TRANSITIONS, DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.people import actions as people_actions
from groups.people.enums import Channel
from groups.people.queries.actors import spoken

INSTEAD = {
    Channel.LETTER: "We post it instead.",
    Channel.PHONE: "We ring instead.",
    Channel.EMAIL: "We send an e-mail instead.",
}


def _check_in_trouble(delivery: Delivery) -> None:
    if not delivery.is_in_trouble:
        raise InvalidTransition("Somebody has already sorted this out.")
    if delivery.expires_at is not None and delivery.expires_at <= timezone.now():
        raise RuleBroken("It is too late for this message. Mark it as dealt with.")
    if delivery.words_removed_at is not None:
        raise RuleBroken("We no longer have its words. Mark it as dealt with.")
    if not delivery.person.can_be_written_to:
        raise RuleBroken(
            "This person is no longer in touch with us. Mark it as dealt with."
        )


def send_again(*, by: Actor, delivery: Delivery) -> Delivery:
    """Put one message that failed, came back or may have gone back in the queue, by its own channel.

    The only way a message that "may have been sent" goes again: a person decides it. Raises
    ActionDenied, InvalidTransition, and RuleBroken when it is too late or there is no address.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        let_wait_again(delivery)
        _record(by, "sent again", delivery)
        transaction.on_commit(ring_sweep, robust=True)
    return delivery


def let_wait_again(delivery: Delivery, *, print_run: PrintRun | None = None) -> None:
    """Let a message that did not arrive wait as if it were new, in a pile when one is given.

    The caller asks permission and writes the audit event. Raises InvalidTransition, and RuleBroken
    when it is too late or there is no address.
    """
    _check_in_trouble(delivery)
    address = queries.address_for(delivery.person, delivery.channel)
    if not address:
        raise RuleBroken(
            "There is nothing to send it to. Add an address or number first."
        )
    came_back = delivery.state == DeliveryState.BOUNCED
    transitions.move(
        delivery,
        table=DELIVERY_TRANSITIONS,
        to=DeliveryState.PLANNED,
        values={
            "due_at": timezone.now(),
            "attempts": 0,
            "handing_over": False,
            "claim_token": None,
            "claimed_until": None,
            "print_run": print_run,
            "reason": "",
            "sent_at": None,
            "sent_by_name": None,
            "address": address,
            # What came back is a new message; what may have gone keeps its name, so that a
            # mail server that has it already can tell.
            "message_id": uuid.uuid4() if came_back else delivery.message_id,
        },
    )


def use_other_channel(*, by: Actor, delivery: Delivery, channel: str) -> Delivery:
    """Owe the same message by another channel, and close the one that did not arrive.

    Returns the new delivery. Raises ActionDenied, InvalidTransition, and RuleBroken when it is too
    late, when we have no address for that channel, or when it was already tried that way.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        _check_in_trouble(delivery)
        prefetch_related_objects([delivery.person], "contact_points")
        address = queries.address_for(delivery.person, channel)
        if not address:
            raise RuleBroken("We have no address or number for that. Add one first.")
        transitions.move(
            delivery,
            table=DELIVERY_TRANSITIONS,
            to=DeliveryState.WITHDRAWN,
            values={
                "reason": f"{delivery.reason} {INSTEAD[Channel(channel)]}".strip()[:300]
            },
        )
        other = Delivery(
            notice=delivery.notice,
            person=delivery.person,
            channel=channel,
            print_size=reach.print_size_for(delivery.person, delivery.notice.purpose),
            subject=delivery.subject,
            body=delivery.body,
            link_path=delivery.link_path,
            due_at=timezone.now(),
            expires_at=delivery.expires_at,
            address=address,
        )
        try:
            with transaction.atomic():
                other.save()
        except IntegrityError as problem:
            raise RuleBroken("We have already tried it that way.") from problem
        _record(by, f"changed to {channel}", delivery)
        transaction.on_commit(ring_sweep, robust=True)
    return other


def mark_arrived(*, by: Actor, delivery: Delivery) -> Delivery:
    """Write down that a message which "may have been sent" did arrive.

    Raises ActionDenied and InvalidTransition.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if delivery.state != DeliveryState.UNCERTAIN:
            raise InvalidTransition("Somebody has already sorted this out.")
        transitions.move(
            delivery,
            table=DELIVERY_TRANSITIONS,
            to=DeliveryState.HANDED_OVER,
            values={"sent_at": timezone.now(), "sent_by_name": by.name, "reason": ""},
        )
        _record(by, "marked as arrived", delivery)
    return delivery


def deal_with(*, by: Actor, delivery: Delivery, note: str) -> Delivery:
    """Take a message that did not arrive off the list, with what was done about it.

    Its state stays what it is: it is not made to look sent. Raises ActionDenied and InvalidTransition.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        now = timezone.now()
        if not (
            Delivery.objects.in_trouble()
            .filter(pk=delivery.pk)
            .update(dealt_with_at=now, dealt_with_by=by.user, outcome=note[:300])
        ):
            raise InvalidTransition("Somebody has already sorted this out.")
        delivery.dealt_with_at, delivery.dealt_with_by, delivery.outcome = (
            now,
            by.user,
            note[:300],
        )
        _record(by, "dealt with", delivery)
    return delivery


def mark_came_back(
    *, by: Actor, delivery: Delivery, reason: str, stop_using: bool
) -> Delivery:
    """Write down that a message came back. With `stop_using`, nothing more goes to that address.

    Raises ActionDenied and InvalidTransition.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        transitions.move(
            delivery,
            table=DELIVERY_TRANSITIONS,
            to=DeliveryState.BOUNCED,
            values={"reason": reason[:300]},
        )
        _record(by, "came back", delivery)
        if stop_using:
            _stop_using(by, delivery, reason)
    return delivery


def _stop_using(by: Actor, delivery: Delivery, reason: str) -> None:
    points = delivery.person.contact_points.filter(
        kind__in=queries.KINDS[delivery.channel], stopped_at__isnull=True
    )
    for point in points:
        # The address of the row is as people write it, a number without +44.
        if spoken(point.kind, point.value) in delivery.address:
            people_actions.stop_contact_point(by=by, point=point, reason=reason)


def _record(by: Actor, verb: str, delivery: Delivery) -> None:
    audit.record(by=by, verb=verb, on=delivery, about_person_id=delivery.person_id)
