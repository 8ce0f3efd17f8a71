import datetime as dt
import logging
import time
from dataclasses import dataclass

from groups.notices import channels
from groups.notices.actions import recovering
from groups.notices.actions.sending import Broken, Sender

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
    """Send everything that is due and a machine can send, once; close what is too late; take up what
    a dead sweep left.

    Safe to run twice and twice at once. Calls are left to people, and so are letters that nobody
    posts for us, except that their time may have passed too. Stops after `seconds` with
    `is_finished` False. One row that breaks does not stop the others; a provider that is not
    there stops its own channel until the next sweep.
    """
    started = time.monotonic()

    def clock() -> dt.datetime:
        return now + dt.timedelta(seconds=time.monotonic() - started)

    def goes_on() -> bool:
        return seconds is None or time.monotonic() - started <= seconds

    swept = Swept()
    swept.recovered = recovering.recover(now=now, goes_on=goes_on)
    swept.too_late = recovering.mark_too_late(now=now)
    recovering.fail_what_nothing_sends(now=now)
    for channel in channels.MACHINES:
        transport = channels.for_channel(channel)
        if transport is None:
            continue
        sender = Sender(channel, transport, clock=clock)
        try:
            if not sender.send_all(goes_on):
                swept.is_finished = False
        except Broken:
            swept.broken += 1
        except Exception:  # one channel must not stop the others (R11)
            log.exception("sending by %s stopped", channel)
            swept.broken += 1
        swept.sent += sender.sent_count
        swept.broken += sender.broken_count
    return swept
