"""What goes out today, by channel: the first thing the outbox says."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.notices.enums import OPEN, SENT
from groups.notices.models import Delivery
from groups.people.enums import Channel


@dataclass(frozen=True)
class Today:
    """One channel today: what is still to go, when the next one goes, and what has gone."""

    channel: str
    waiting: int = 0
    sent: int = 0
    next_at: dt.datetime | None = None

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def next_words(self) -> str:
        if self.next_at is None:
            return "None waits"
        if dates.local(self.next_at).date() <= dates.today():
            return f"Today, {dates.clock(self.next_at)}"
        return f"{dates.short_date(self.next_at)}, {dates.clock(self.next_at)}"


def by_channel(actor: Actor) -> list[Today]:
    """Return today in every channel, those with nothing too. One query."""
    if not actor.can(Permission.SEND_NOTICES):
        return []
    begins = dates.wall_to_instant(dates.today(), dt.time(0))
    ends = dates.wall_to_instant(dates.today() + dt.timedelta(days=1), dt.time(0))
    is_open = Q(state__in=OPEN)
    rows = (
        Delivery.objects.filter(is_open | Q(sent_at__gte=begins))
        .values("channel")
        .annotate(
            waiting=Count("pk", filter=is_open & Q(due_at__lt=ends)),
            sent=Count("pk", filter=Q(state__in=SENT, sent_at__gte=begins)),
            next_at=Min("due_at", filter=is_open),
        )
        .order_by("channel")
    )
    found = {row["channel"]: Today(**row) for row in rows}
    return [found.get(channel, Today(channel)) for channel in Channel.values]
