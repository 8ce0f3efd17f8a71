"""Notices that wait in their window, or were undone and can still be sent after all."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice

# How long the outbox offers to send after all what was undone.
OFFERED = dt.timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """One notice that can be undone, or that was undone today."""

    notice: Notice
    count: int
    is_open: bool

    @property
    def goes_words(self) -> str:
        """Return '12 messages go out at 10.32am'."""
        if self.notice.held_until is None:
            return ""
        verb = "message goes" if self.count == 1 else "messages go"
        return f"{self.count:,} {verb} out at {dates.clock(self.notice.held_until)}"


def is_open(notice: Notice, now: dt.datetime) -> bool:
    """Tell whether a notice can still be undone whole."""
    return (
        notice.undone_at is None
        and notice.held_until is not None
        and notice.held_until > now
    )


def open_in(deliveries: Sequence[Delivery]) -> Window | None:
    """Return the open window of a telling that has been read already. Asks nothing more."""
    now = timezone.now()
    waiting = [
        row
        for row in deliveries
        if row.state == DeliveryState.PLANNED
        and row.held_until is not None
        and is_open(row.notice, now)
    ]
    if not waiting:
        return None
    return Window(notice=waiting[0].notice, count=len(waiting), is_open=True)


def windows(actor: Actor, *, about: str = "") -> list[Window]:
    """Return what the actor can undo now, and what was undone since yesterday. One query.

    `about` narrows it to one thing.
    """
    now = timezone.now()
    rows = Notice.objects.filter(
        Q(undone_at__isnull=True, held_until__gt=now) | Q(undone_at__gt=now - OFFERED)
    )
    if not actor.can(Permission.SEND_NOTICES):
        rows = rows.filter(planned_by_id=actor.user_id or 0)
    if about:
        rows = rows.filter(about=about)
    together = Q(deliveries__held_until=F("held_until"))
    waiting = together & Q(
        deliveries__state__in=[DeliveryState.PLANNED, DeliveryState.WITHDRAWN]
    )
    counted = (
        rows.annotate(
            waits=Count(
                "deliveries",
                filter=together & Q(deliveries__state=DeliveryState.PLANNED),
            ),
            all_of_it=Count("deliveries", filter=waiting),
        )
        .select_related("planned_by", "undone_by")
        .order_by("held_until", "pk")
    )
    found = [
        Window(
            notice=row,
            count=row.waits if is_open(row, now) else row.all_of_it,
            is_open=is_open(row, now),
        )
        for row in counted
    ]
    return [window for window in found if window.count]
