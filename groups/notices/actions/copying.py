"""Another copy of what somebody was sent: she has lost the letter, or deleted the e-mail."""

from django.db import transaction
from django.utils import timezone

from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions
from groups.notices.actions.planning import plan_notice
from groups.notices.enums import ARRIVING
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice

COPY = "message.copy"


def send_copy(*, by: Actor, delivery: Delivery) -> Notice:
    """Owe a person once more what she was sent, the way she now wants it.

    It is a message of its own, so that the record of the first stays as it was. She asked for it, so it
    goes even when she has switched such things off. Raises ActionDenied, InvalidTransition for
    what has not been sent, and RuleBroken when its words are no longer kept or its time is over.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if delivery.state not in ARRIVING:
            raise InvalidTransition(
                "This has not been sent, so there is no copy of it."
            )
        if delivery.words_removed_at is not None:
            raise RuleBroken("We no longer keep the words of this message.")
        now = timezone.now()
        if delivery.expires_at is not None and delivery.expires_at <= now:
            raise RuleBroken("It is too late for this message.")
        earlier = Notice.objects.filter(occasion=COPY, about=delivery.reference)
        return plan_notice(
            by=by,
            occasion=COPY,
            about=delivery.reference,
            version=earlier.count() + 1,
            purpose=delivery.notice.purpose,
            title=f"Copy: {delivery.subject}",
            messages=[
                Message(
                    person=delivery.person,
                    subject=delivery.subject,
                    body=delivery.body,
                    link_path=delivery.link_path,
                    text=delivery.text_body,
                    calendar=delivery.calendar,
                )
            ],
            due_at=now,
            expires_at=delivery.expires_at,
            is_essential=True,
        )
