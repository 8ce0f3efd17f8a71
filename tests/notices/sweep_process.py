"""One sweep in a process of its own, so that a test can kill it or run two at once.

Prints nothing; what was handed to the mail server stands in SENT_LOG, one Message-ID a line.
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
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from coprod.core.mail import FileBackend
from groups.notices.actions import sending, sweeping
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, NoticeFactory

PAUSE = float(os.environ.get("PAUSE", "0"))


def note_sent(messages: Any) -> None:
    with Path(os.environ["SENT_LOG"]).open("a") as log:
        for message in messages:
            log.write(str(message.message()["Message-ID"]) + "\n")
            log.flush()
            os.fsync(log.fileno())


class SlowFiles(FileBackend):
    """The file transport, slow after it took the message: it can be asked afterwards."""

    def send_messages(self, messages: Any) -> int:
        count = super().send_messages(messages)
        note_sent(messages)
        time.sleep(PAUSE)
        return count


class SlowServer(BaseEmailBackend):
    """Like a mail server: it took the message, is slow to say so, and cannot be asked."""

    def send_messages(self, messages: Any) -> int:
        note_sent(messages)
        time.sleep(PAUSE)
        return len(messages)


def claim_without_asking(delivery_id: int, *, now: dt.datetime) -> Delivery:
    """The control: take the row whatever state it is in."""
    Delivery.objects.filter(pk=delivery_id).update(
        state=DeliveryState.CLAIMED,
        claim_token=uuid.uuid4(),
        claimed_until=now + sending.LEASE,
        handing_over=False,
    )
    return Delivery.objects.select_related("person", "notice").get(pk=delivery_id)


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
    asked = parser.parse_args()
    settings.EMAIL_BACKEND = f"{__name__}.{asked.transport}"
    if asked.no_claim:
        sending.claim = claim_without_asking
    if asked.what == "seed":
        seed(asked.count)
    elif asked.what == "sweep":
        sweep(asked.hours_on)
    else:
        states()


if __name__ == "__main__":
    main()
