"""Hand e-mails over to a mail server on this machine: the product's sweep and bare smtplib, turn by turn.

Run in a process of its own by notices.py; prints its findings as JSON.
"""

import json
import smtplib
import sys
import time
from email.utils import parseaddr
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import django  # noqa: E402 - the path comes first

django.setup()

from django.conf import settings  # noqa: E402 - the apps come first
from django.utils import timezone  # noqa: E402

from coprod.core import collecting  # noqa: E402
from groups.notices import emails  # noqa: E402
from groups.notices.actions import sweeping  # noqa: E402
from groups.notices.channels import mime  # noqa: E402
from groups.notices.enums import DeliveryState  # noqa: E402
from groups.notices.models import Delivery  # noqa: E402
from tests.storm import plan  # noqa: E402

_ROUNDS = 5


def _written() -> list[tuple[str, bytes]]:
    """Return what waits as it will go over the wire, so that both send the very same."""
    rows = Delivery.objects.filter(state=DeliveryState.PLANNED)
    mail_from = mime.sender(settings.DEFAULT_FROM_EMAIL)
    return [
        (
            row.address,
            mime.compose(emails.build(row, address=row.address), mail_from=mail_from),
        )
        for row in rows.select_related("person", "notice")
    ]


def _bare(messages: list[tuple[str, bytes]]) -> float:
    started = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for address, message in messages:
            server.sendmail(
                parseaddr(settings.DEFAULT_FROM_EMAIL)[1], [address], message
            )
    return time.perf_counter() - started


def _ours(count: int) -> float:
    started = time.perf_counter()
    swept = sweeping.send_due(now=timezone.now())
    took = time.perf_counter() - started
    if swept.sent != count or swept.broken:
        raise SystemExit(f"{swept.sent} of {count} went, {swept.broken} broke.")
    return took


def main(count: int) -> None:
    # As a worker does when it starts.
    collecting.settle()
    plan.people(count)
    ours, bare = [], []
    for number in range(_ROUNDS + 1):
        plan.remind(count, about=f"M-BENCH-{number}")
        messages = _written()
        took = _ours(count), _bare(messages)
        # The first round is to get warm.
        if number:
            ours.append(took[0])
            bare.append(took[1])
    print(json.dumps({"ours": median(ours), "bare": median(bare)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
