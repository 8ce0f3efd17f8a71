"""What a provider tells us afterwards: that a message arrived, or that it did not.

Receipts are repeated and come out of order, and each may be quicker than our own note that the
message went. Every change is a conditional UPDATE on what the row holds and on the provider's own
time, so that the same receipts end in the same state in whatever order they come.
"""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from coprod.core import audit
from coprod.core.actors import Actor
from groups.notices.actions import bouncing, claiming
from groups.notices.channels.transport import Receipt, Told
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery

NO_SUCH_ADDRESS = "It came back: nobody is reached at this address."
NOT_NOW = "It could not be delivered."

# Gone, or perhaps gone, with nothing heard since.
_ON_ITS_WAY = Q(state__in=[DeliveryState.HANDED_OVER, DeliveryState.UNCERTAIN]) | Q(
    state=DeliveryState.CLAIMED, handing_over=True
)
_NOT_NOW = Q(state=DeliveryState.BOUNCED, reason__startswith=NOT_NOW)


def take_receipt(*, by: Actor, told: Told) -> int:
    """Write down what became of a message, and return how many rows it changed.

    A receipt of something that is not ours, or that a person has settled meanwhile, changes nothing.
    An address that reaches nobody is not used again and the row gets an owner. It asks no
    permission: who may bring receipts is asked where they come in.
    """
    with transaction.atomic():
        return sum(_take(by, row, told) for row in _rows(told))


def _rows(told: Told) -> list[Delivery]:
    """Return the row of this reference, or all that went together under it."""
    asked = Q()
    if told.provider_id:
        asked |= Q(provider_id=told.provider_id)
    try:
        asked |= Q(message_id=uuid.UUID(told.reference))
        asked |= Q(provider_id=told.reference, in_digest=True)
    except ValueError:
        if not told.provider_id:
            return []
    rows = Delivery.objects.filter(asked).select_related("person", "notice")
    return list(rows.order_by("pk"))


def _take(by: Actor, row: Delivery, told: Told) -> bool:
    if told.receipt == Receipt.ARRIVED:
        earlier = Q(state=DeliveryState.BOUNCED, receipt_at__lt=told.at)
        return _move(row, told, _ON_ITS_WAY | _NOT_NOW | earlier, reason="")
    if told.receipt == Receipt.NOT_NOW:
        reason = f"{NOT_NOW} {told.words}".strip()
        return _came_back(by, row, told, _ON_ITS_WAY, reason)
    earlier = Q(state=DeliveryState.DELIVERED, receipt_at__lte=told.at)
    reason = f"{NO_SUCH_ADDRESS} {told.words}".strip()
    came_back = _came_back(by, row, told, _ON_ITS_WAY | _NOT_NOW | earlier, reason)
    if came_back:
        bouncing.flag_address(row, NO_SUCH_ADDRESS)
    return came_back


def _came_back(by: Actor, row: Delivery, told: Told, when: Q, reason: str) -> bool:
    if not _move(row, told, when, reason=reason):
        return False
    audit.record(
        by=by,
        verb="came back",
        on=row,
        about_person_id=row.person_id,
        changes={"state": [row.state, DeliveryState.BOUNCED]},
    )
    return True


def _move(row: Delivery, told: Told, when: Q, *, reason: str) -> bool:
    arrived = told.receipt == Receipt.ARRIVED
    rows: QuerySet[Delivery] = Delivery.objects.filter(when, pk=row.pk)
    return bool(
        rows.update(
            state=DeliveryState.DELIVERED if arrived else DeliveryState.BOUNCED,
            reason=reason[:300],
            receipt_at=told.at,
            owner_id=None if arrived else claiming.owner_of(row),
            sent_at=Coalesce("sent_at", Value(told.at)),
            sent_by_name=Coalesce("sent_by_name", Value(settings.SERVICE_NAME)),
            provider_id=told.provider_id or row.provider_id,
            claim_token=None,
            claimed_until=None,
            handing_over=False,
        )
    )
