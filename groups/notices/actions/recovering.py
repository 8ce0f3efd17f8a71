"""Taking up rows whose sender died, and closing what nobody can send any more. Sends nothing."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db.models import QuerySet

from groups.notices import channels
from groups.notices.actions import claiming
from groups.notices.actions.claiming import Sent
from groups.notices.actions.sending import MAY_HAVE_GONE
from groups.notices.channels import Silent, Transport
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel

log = logging.getLogger(__name__)
# trust.md R31: a row whose senders died so often is not taken up again.
MAX_ATTEMPTS = 5

TOO_LATE = "Its time had passed before it was sent."
STOPPED_TOO_OFTEN = "We stopped 5 times while we were sending it."
NOTHING_SENDS_IT = {
    Channel.EMAIL: "Nothing here sends e-mail now. Write or ring instead.",
    Channel.TEXT: "Nothing here sends texts now. Write or ring instead.",
}


def mark_too_late(*, now: dt.datetime) -> int:
    """Close what nobody sent before its time had passed, in every channel; staff see it."""
    return Delivery.objects.filter(
        state=DeliveryState.PLANNED, expires_at__lte=now
    ).update(state=DeliveryState.TOO_LATE, reason=TOO_LATE)


def fail_what_nothing_sends(*, now: dt.datetime) -> int:
    """Make what is due by a channel that was switched off a task for the team, never silence."""
    count = 0
    for channel, reason in NOTHING_SENDS_IT.items():
        if not channels.is_set_up(channel):
            due = Delivery.objects.due(now).filter(channel=channel)
            count += claiming.fail_all(due, reason)
    return count


def recover(*, now: dt.datetime, goes_on: Callable[[], bool]) -> int:
    """Take up rows whose lease has run out, and return how many.

    Not yet handed over: planned again. Handed over or not, nobody knows: the provider is asked
    when it can be (a row then is sent or planned again), and otherwise the row is shown to staff as
    "may have been sent". Such a row is never sent again by itself. Rule: trust.md R09.
    """
    dead = Delivery.objects.filter(state=DeliveryState.CLAIMED, claimed_until__lt=now)
    unsent = dead.filter(handing_over=False)
    count = claiming.fail_all(
        unsent.filter(attempts__gte=MAX_ATTEMPTS), STOPPED_TOO_OFTEN
    )
    count += unsent.update(
        state=DeliveryState.PLANNED, claim_token=None, claimed_until=None
    )
    unknown = dead.filter(handing_over=True)
    askable = [
        name for name, make in channels.TRANSPORTS.items() if make().can_be_asked
    ]
    count += claiming.fail_all(
        unknown.exclude(provider__in=askable),
        MAY_HAVE_GONE,
        state=DeliveryState.UNCERTAIN,
    )
    for name in askable:
        rows = unknown.filter(provider=name).order_by("claimed_until", "pk")
        if rows.exists():
            count += _ask(channels.TRANSPORTS[name](), rows, now=now, goes_on=goes_on)
    return count


def _ask(
    transport: Transport,
    rows: QuerySet[Delivery],
    *,
    now: dt.datetime,
    goes_on: Callable[[], bool],
) -> int:
    count = 0
    try:
        transport.open()
        for row in rows.iterator():
            if not goes_on():
                break
            _settle(transport, row, now=now)
            count += 1
    except Silent as problem:
        # It is asked again at the next sweep; until then nothing is sent again.
        log.warning("%s cannot be asked: %s", transport.name, problem)
    finally:
        transport.close()
    return count


def _settle(transport: Transport, row: Delivery, *, now: dt.datetime) -> None:
    reference = row.provider_id if row.in_digest else str(row.message_id)
    found = transport.find(reference)
    if found is not None:
        name = found.provider_id or (reference if row.in_digest else "")
        sent = Sent([row], name, now)
        claiming.step([sent], [], now=now, provider=transport.name)
        return
    claiming.ours(row).update(
        state=DeliveryState.PLANNED,
        handing_over=False,
        claim_token=None,
        claimed_until=None,
        provider_id="",
    )
