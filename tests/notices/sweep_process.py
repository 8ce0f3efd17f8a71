"""One sweep in a process of its own, so that a test can kill it or run two at once.

Prints nothing; what was handed to the mail server stands in SENT_LOG, one reference a line.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

import argparse
import datetime as dt
import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "coprod.settings"
django.setup()

from django.conf import settings
from django.utils import timezone

from groups.notices import channels, emails
from groups.notices.actions import claiming, sweeping
from groups.notices.channels.files import Files
from groups.notices.channels.smtp import MailServer
from groups.notices.channels.transport import Outgoing, Taken
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, NoticeFactory

PAUSE = float(os.environ.get("PAUSE", "0"))
# It is slow from this message on.
PAUSE_FROM = int(os.environ.get("PAUSE_FROM", "1"))
taken = 0


def be_slow() -> None:
    global taken  # noqa: PLW0603 - one count for one process
    taken += 1
    if taken >= PAUSE_FROM:
        time.sleep(PAUSE)


def note_sent(outgoing: Outgoing) -> None:
    with Path(os.environ["SENT_LOG"]).open("a") as log:
        log.write(outgoing.reference + "\n")
        log.flush()
        os.fsync(log.fileno())


class SlowFiles(Files):
    """The file transport, slow after it took the message: it can be asked afterwards."""

    def send(self, outgoing: Outgoing) -> Taken:
        taken = super().send(outgoing)
        note_sent(outgoing)
        be_slow()
        return taken


class SlowServer(MailServer):
    """Like a mail server: it took the message, is slow to say so, and cannot be asked."""

    def open(self) -> None:
        """It is always there."""

    def send(self, outgoing: Outgoing) -> Taken:
        note_sent(outgoing)
        be_slow()
        return Taken()


TRANSPORTS: dict[str, Any] = {"SlowFiles": SlowFiles, "SlowServer": SlowServer}


def claim_without_asking() -> None:
    """The control: take each row whatever state it is in, and hand it over whoever has it."""
    chosen = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    def claim(channel: str, *, now: dt.datetime) -> list[Delivery] | None:
        if not chosen:
            return None
        rows = Delivery.objects.filter(pk=chosen.pop(0))
        rows.update(
            state=DeliveryState.CLAIMED,
            claim_token=uuid.uuid4(),
            claimed_until=now + claiming.LEASE,
        )
        return list(rows.select_related("person", "notice"))

    def step(_sent: Any, following: list[Delivery], **_kwargs: Any) -> set[int]:
        return {row.pk for row in following}

    vars(claiming).update(claim=claim, step=step)


def die_of_the_first() -> None:
    """The poison: whoever makes the first message into an e-mail dies of it."""
    poisoned = Delivery.objects.order_by("pk").values_list("pk", flat=True)[0]
    build = emails.build

    def poisonous(delivery: Delivery, *, address: str) -> Outgoing:
        if delivery.pk == poisoned:
            os._exit(0)
        return build(delivery, address=address)

    emails.build = poisonous


def seed(count: int) -> None:
    notice = NoticeFactory()
    for _ in range(count):
        DeliveryFactory(notice=notice, due_at=timezone.now() - dt.timedelta(minutes=1))


def sweep(hours_on: float) -> None:
    go = os.environ.get("GO")
    if go:
        Path(f"{go}.{os.getpid()}").touch()
        while not Path(go).exists():
            time.sleep(0.005)
    sweeping.send_due(now=timezone.now() + dt.timedelta(hours=hours_on))


def states() -> None:
    rows = Delivery.objects.values_list("message_id", "state")
    answer = {str(message_id): state for message_id, state in rows}
    Path(os.environ["ANSWER"]).write_text(json.dumps(answer))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["seed", "sweep", "states"])
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--hours-on", type=float, default=0)
    parser.add_argument("--transport", default="SlowFiles")
    parser.add_argument("--no-claim", action="store_true")
    parser.add_argument("--poisoned", action="store_true")
    asked = parser.parse_args()
    transport = TRANSPORTS[asked.transport]
    settings.EMAIL_THROUGH = transport.name
    channels.TRANSPORTS[transport.name] = transport
    if asked.poisoned:
        die_of_the_first()
    if asked.no_claim:
        claim_without_asking()
    if asked.what == "seed":
        seed(asked.count)
    elif asked.what == "sweep":
        sweep(asked.hours_on)
    else:
        states()


if __name__ == "__main__":
    main()
