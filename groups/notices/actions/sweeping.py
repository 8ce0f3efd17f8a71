import datetime as dt
import logging
import time
from dataclasses import dataclass

from groups.notices.actions import sending
from groups.notices.models import Delivery
from groups.people.enums import Channel

log = logging.getLogger(__name__)


@dataclass
class Swept:
    """What one sweep did."""

    sent: int = 0
    too_late: int = 0
    recovered: int = 0
    broken: int = 0
    is_finished: bool = True


def send_due(*, now: dt.datetime, seconds: float | None = None) -> Swept:
    """Send every e-mail that is due, once; close what is too late; take up what a dead sweep left.

    Safe to run twice and twice at once. Letters and calls are left to people, except that their
    time may have passed too. Stops after `seconds` with `is_finished` False. One row that
    breaks does not stop the others; a mail server that is not there stops the sweep until the next.
    """
    started = time.monotonic()
    swept = Swept()
    swept.recovered = sending.recover(now=now)
    swept.too_late = sending.mark_too_late(now=now)
    due = (
        Delivery.objects.due(now).filter(channel=Channel.EMAIL).order_by("due_at", "pk")
    )
    for delivery_id in due.values_list("pk", flat=True):
        elapsed = time.monotonic() - started
        if seconds is not None and elapsed > seconds:
            swept.is_finished = False
            break
        try:
            swept.sent += sending.send_one(
                delivery_id, now=now + dt.timedelta(seconds=elapsed)
            )
        except sending.MailServerSilent as problem:
            log.warning("the mail server cannot be reached: %s", problem)
            swept.broken += 1
            break
        except Exception:  # one poisoned row must not stop the others (R11)
            log.exception("delivery %s stopped the sweep of itself", delivery_id)
            swept.broken += 1
    return swept
