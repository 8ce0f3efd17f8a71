"""The product's own worker and clock as a storm runs them: celery -A tests.storm.product.

Two numbers are smaller, so that a storm is over in minutes: the lease on a row, and how often the
clock rings. STORM_WITHOUT takes one protection away, for the controls. Without "claim", rows are sent
as if nobody else could be sending them: read what is due, send it, write down that it went. Without
"mark", a row whose sender died is sent again, whether or not it was being handed over.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

import datetime as dt
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django

django.setup()

from celery.signals import worker_ready

from coprod.celery import app
from groups.notices.actions import claiming, recovering
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery

__all__ = ["app"]

LEASE = dt.timedelta(seconds=10)
EVERY_SECONDS = 1.0

claiming.LEASE = LEASE
app.conf.beat_schedule = {"sweep": {"task": "notices.sweep", "schedule": EVERY_SECONDS}}


@worker_ready.connect
def say_ready(**_kwargs: Any) -> None:
    Path(os.environ["STORM_FOLDER"], f"ready.{os.getpid()}").touch()


def unprotected_claim(channel: str, *, now: dt.datetime) -> list[Delivery] | None:
    rows = claiming.candidates(channel, now).select_related("person", "notice")
    found = list(rows.prefetch_related("person__contact_points")[: claiming.BATCH])
    for row in found:
        row.claim_token = uuid.uuid4()
    return found or None


def unprotected_step(
    sent: list[claiming.Sent], following: Sequence[Delivery], **_kwargs: Any
) -> set[int]:
    for each in sent:
        keys = [row.pk for row in each.deliveries]
        Delivery.objects.filter(pk__in=keys).update(
            state=DeliveryState.HANDED_OVER, sent_at=each.at, sent_by_name="storm"
        )
    return {row.pk for row in following}


def unmarked_recover(*, now: dt.datetime, **_kwargs: Any) -> int:
    dead = Delivery.objects.filter(state=DeliveryState.CLAIMED, claimed_until__lt=now)
    return dead.update(
        state=DeliveryState.PLANNED,
        claim_token=None,
        claimed_until=None,
        handing_over=False,
    )


without = os.environ.get("STORM_WITHOUT")
if without == "claim":
    vars(claiming).update(claim=unprotected_claim, step=unprotected_step)
    vars(recovering)["recover"] = lambda **_kwargs: 0
elif without == "mark":
    vars(recovering)["recover"] = unmarked_recover
