"""What the page of the sending's health shows: each part, each channel, each alert."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from coprod.core import dates
from coprod.core.scheduling import PULSE
from groups.notices import channels, health
from groups.notices.enums import DeliveryState
from groups.notices.health import Health
from groups.notices.models import Alert, Delivery
from groups.people.enums import Channel

_ALERTS_SHOWN = 20
_THROUGH = {
    "smtp": "Your own mail server",
    "notify": "GOV.UK Notify",
    "file": "Files on this machine, for the demonstration",
}
_BY_HAND = {
    Channel.EMAIL: "Not set up: each is a task for the team",
    Channel.TEXT: "Not set up: each is a task for the team",
    Channel.LETTER: "Printed and posted by the team",
    Channel.PHONE: "The team rings",
}


@dataclass(frozen=True)
class Part:
    """One part of the service, and when it was last seen."""

    name: str
    seen_at: dt.datetime | None
    state: str
    colour: str


@dataclass(frozen=True)
class ChannelLine:
    """One way of reaching people: who takes it, what is due, what went last."""

    label: str
    icon: str
    through: str
    due_count: int
    oldest_at: dt.datetime | None
    last_sent_at: dt.datetime | None
    last_receipt_at: dt.datetime | None
    is_late: bool


@dataclass(frozen=True)
class Report:
    parts: Sequence[Part]
    channels: Sequence[ChannelLine]
    open_alerts: Sequence[Alert]
    old_alerts: Sequence[Alert]
    compared_at: dt.datetime | None
    compared_day: dt.date | None
    did_add_up: bool


def report() -> Report:
    """Return how the sending is, part by part. Four statements."""
    now = timezone.now()
    found = health.look(now=now)
    alerts = Alert.objects.select_related("dealt_with_by")
    waiting = list(alerts.open().order_by("-raised_at", "-pk"))
    done = alerts.filter(dealt_with_at__isnull=False).order_by("-raised_at", "-pk")
    past = list(done[:_ALERTS_SHOWN])
    compared_at = found.beats.get(health.COMPARED)
    day = (
        dates.local(compared_at).date() - dt.timedelta(days=1) if compared_at else None
    )
    return Report(
        parts=_parts(found),
        channels=_channels(now, found),
        open_alerts=waiting,
        old_alerts=past,
        compared_at=compared_at,
        compared_day=day,
        did_add_up=str(day) not in {alert.about for alert in [*waiting, *past]},
    )


_RUNNING = ("Running", "green")
_STOPPED = ("Has stopped", "orange")
_NOT_RUNG = ("Nothing rings it", "orange")
_NOT_SEEN = ("Not seen yet", "grey")


def _parts(found: Health) -> list[Part]:
    clock_at, worker_at = found.beats.get(PULSE), found.beats.get(health.SWEEP)
    worker = _STOPPED if found.is_worker_silent else _NOT_RUNG
    return [
        Part(
            "The clock that starts the sending",
            clock_at,
            *_state(found, PULSE, otherwise=_STOPPED),
        ),
        Part(
            "The worker that sends",
            worker_at,
            *_state(found, health.SWEEP, otherwise=worker),
        ),
    ]


def _state(found: Health, name: str, *, otherwise: tuple[str, str]) -> tuple[str, str]:
    # What was started a moment ago has not stopped.
    if name not in found.beats:
        return _NOT_SEEN
    return otherwise if found.is_silent(name) else _RUNNING


def _through(channel: Channel) -> str:
    return _THROUGH.get(channels.through(channel)) or _BY_HAND[channel]


def _channels(now: dt.datetime, found: Health) -> list[ChannelLine]:
    planned = Q(state=DeliveryState.PLANNED, due_at__lte=now)
    rows = Delivery.objects.filter(planned | Q(sent_at__isnull=False))
    counted = {
        row["channel"]: row
        for row in rows.values("channel").annotate(
            due_count=Count("pk", filter=planned),
            oldest_at=Min("due_at", filter=planned),
            last_sent_at=Max("sent_at"),
            last_receipt_at=Max("receipt_at"),
        )
    }
    late = {row.channel for row in found.waiting}
    lines = []
    for channel in Channel:
        row = counted.get(channel)
        lines.append(
            ChannelLine(
                label=str(channel.label),
                icon=str(channel),
                through=_through(channel),
                due_count=row["due_count"] if row else 0,
                oldest_at=row["oldest_at"] if row else None,
                last_sent_at=row["last_sent_at"] if row else None,
                last_receipt_at=row["last_receipt_at"] if row else None,
                is_late=channel in late,
            )
        )
    return lines
