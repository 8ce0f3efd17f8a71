"""Who of the team sees to a message that did not arrive."""

from django.db import transaction

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from coprod.core.models import User
from groups.notices import owners, permissions
from groups.notices.models import Delivery


def take_over(*, by: Actor, delivery: Delivery) -> Delivery:
    """Say "I will see to it". Raises ActionDenied, and InvalidTransition when it is sorted out or
    somebody took it over since the page was opened.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        return _give(by, delivery, by.user)


def hand_to(*, by: Actor, delivery: Delivery, colleague: User) -> Delivery:
    """Give it to a colleague of the team, who finds it on her first page.

    Raises ActionDenied, RuleBroken for somebody who may not send messages, and InvalidTransition
    when it is sorted out or somebody took it over since the page was opened.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if not owners.colleagues().filter(pk=colleague.pk).exists():
            raise RuleBroken(
                f"{colleague.name} does not send messages for the team.",
                field="colleague",
            )
        return _give(by, delivery, colleague)


def _give(by: Actor, delivery: Delivery, to: User | None) -> Delivery:
    """Move it from whoever has it on the page in hand, so that of two who take it one learns so."""
    old = delivery.owner
    rows = Delivery.objects.in_trouble().filter(pk=delivery.pk, owner=old)
    if not rows.update(owner=to):
        raise InvalidTransition(
            "Somebody has sorted this out or taken it over. Look at it again."
        )
    delivery.owner = to
    audit.record(
        by=by,
        verb="gave to",
        on=delivery,
        about_person_id=delivery.person_id,
        changes={"owner": [old.name if old else "", to.name if to else ""]},
    )
    return delivery
