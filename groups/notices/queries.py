from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from coprod.core import dates
from groups.notices.enums import IN_TROUBLE, OPEN, SENT, DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel, ContactKind
from groups.people.models import Person
from groups.people.queries import channel_for, contact_value

# Post goes three working days earlier than e-mail (practice.md, issue dates).
POST_WORKING_DAYS = 3
KINDS: dict[str, tuple[str, ...]] = {
    Channel.EMAIL: (ContactKind.EMAIL,),
    Channel.LETTER: (ContactKind.POST,),
    Channel.PHONE: (ContactKind.LANDLINE, ContactKind.MOBILE),
}


def address_for(person: Person, channel: str) -> str:
    """Return where this channel reaches the person now, or an empty string.

    An address for a letter starts with the person's name. Reads the prefetched contact points.
    """
    value = contact_value(person, KINDS[channel])
    return (
        f"{person.known_as}\n{value}" if value and channel == Channel.LETTER else value
    )


def reachable_channel(person: Person, purpose: str) -> str:
    """Return the channel the person asked for, or the next by which she can be reached at all.

    Empty when nothing works. Reads the prefetched preferences and contact points.
    """
    asked = channel_for(person, purpose)
    for channel in (asked, Channel.LETTER, Channel.PHONE, Channel.EMAIL):
        if address_for(person, channel):
            return str(channel)
    return ""


def due_for(person: Person, purpose: str, due_at: dt.datetime) -> dt.datetime:
    """Return when this person's message must go so that she has it as early as everyone else.

    Letters are posted three working days before (practice.md), but never before now.
    """
    if reachable_channel(person, purpose) != Channel.LETTER:
        return due_at
    day = dates.add_working_days(dates.local(due_at).date(), -POST_WORKING_DAYS)
    earlier = dates.wall_to_instant(day, dt.time(9))
    return min(due_at, max(earlier, timezone.now()))


@dataclass(frozen=True)
class IssueProgress:
    """How many people one notice has reached. Counts people, not pieces of paper."""

    total: int
    sent: int
    waiting: int
    in_trouble: int
    too_late: int
    deliveries: Sequence[Delivery] = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Say that everyone invited has been sent hers; nobody at all is not everyone."""
        return self.total > 0 and self.sent == self.total


def issue_progress(
    *, occasion: str, about: str, version: int | None = None
) -> IssueProgress:
    """Return how far a notice has come; without `version`, its newest version.

    A person counts as sent when any of her deliveries has gone (an e-mail that failed and was then
    posted is sent). Deliveries called off do not count.
    """
    rows = Delivery.objects.filter(notice__occasion=occasion, notice__about=about)
    if version is not None:
        rows = rows.filter(notice__version=version)
    deliveries = list(
        rows.select_related("person", "notice").order_by("person__known_as", "pk")
    )
    newest = max((row.notice.version for row in deliveries), default=0)
    deliveries = [row for row in deliveries if row.notice.version == newest]
    states: dict[int, set[str]] = {}
    for row in deliveries:
        if row.state != DeliveryState.WITHDRAWN:
            states.setdefault(row.person_id, set()).add(row.state)
    sent = [person for person, held in states.items() if held & SENT]
    waiting = [p for p, held in states.items() if p not in sent and held & OPEN]
    trouble = [
        p
        for p, held in states.items()
        if p not in sent and p not in waiting and held & IN_TROUBLE
    ]
    return IssueProgress(
        total=len(states),
        sent=len(sent),
        waiting=len(waiting),
        in_trouble=len(trouble),
        too_late=len(states) - len(sent) - len(waiting) - len(trouble),
        deliveries=deliveries,
    )
