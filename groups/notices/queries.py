from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.prepared import Prepared
from groups.notices.enums import IN_TROUBLE, OPEN, SENT, DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.notices.owed import Owed
from groups.people.enums import Channel, ContactKind, PrintSize
from groups.people.models import Person
from groups.people.queries import channel_for, contact_value

# Post goes three working days earlier than e-mail (practice.md, issue dates).
POST_WORKING_DAYS = 3
# Staff are told of a silent mail server within ten minutes (trust.md R07).
SILENT = dt.timedelta(minutes=10)
WEEK = 7
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

    @property
    def not_sent(self) -> list[Delivery]:
        """Return what still stands between us and everyone: open, in trouble or too late."""
        reached = {row.person_id for row in self.deliveries if row.state in SENT}
        return [
            row
            for row in self.deliveries
            if row.person_id not in reached and row.state != DeliveryState.WITHDRAWN
        ]


_TOLD = Prepared(
    lambda occasion, about: (
        Delivery.objects.filter(notice__occasion=occasion, notice__about=about)
        .select_related("person", "notice")
        .order_by("person__known_as", "pk")
    )
)


def issue_progress(
    *, occasion: str, about: str, version: int | None = None
) -> IssueProgress:
    """Return how far a notice has come; without `version`, its newest version.

    A person counts as sent when any of her deliveries has gone (an e-mail that failed and was then
    posted is sent). Deliveries called off do not count.
    """
    deliveries = _TOLD(occasion, about)
    newest = max((row.notice.version for row in deliveries), default=0)
    wanted = newest if version is None else version
    deliveries = [row for row in deliveries if row.notice.version == wanted]
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


@dataclass(frozen=True)
class Outbox:
    """What waits for a person of the team, in numbers."""

    letters_to_post: int = 0
    letters_late: int = 0
    calls_to_make: int = 0
    failures: int = 0
    emails_late: int = 0
    sent_today: int = 0


def outbox(actor: Actor) -> Outbox:
    """Return the numbers of the outbox, nothing but noughts for who may not send. One query.

    `emails_late` are e-mails that should have gone more than ten minutes ago: the mail
    server or the worker is not there (trust.md R07).
    """
    if not actor.can(Permission.SEND_NOTICES):
        return Outbox()
    now = timezone.now()
    today = dates.wall_to_instant(dates.today(), dt.time(0))
    planned = Q(state=DeliveryState.PLANNED)
    late = Q(due_at__lt=now - SILENT)
    counts = Delivery.objects.filter(
        Q(state__in=OPEN) | Q(state__in=IN_TROUBLE) | Q(sent_at__gte=today)
    ).aggregate(
        letters_to_post=Count("pk", filter=planned & Q(channel=Channel.LETTER)),
        letters_late=Count(
            "pk", filter=planned & Q(channel=Channel.LETTER, due_at__lt=today)
        ),
        calls_to_make=Count("pk", filter=planned & Q(channel=Channel.PHONE)),
        failures=Count(
            "pk", filter=Q(state__in=IN_TROUBLE, dealt_with_at__isnull=True)
        ),
        emails_late=Count("pk", filter=planned & late & Q(channel=Channel.EMAIL)),
        sent_today=Count("pk", filter=Q(state__in=SENT, sent_at__gte=today)),
    )
    return Outbox(**counts)


def _listed(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_related("person", "notice").prefetch_related(
        "person__contact_points"
    )


def calls(actor: Actor) -> QuerySet[Delivery]:
    """Return calls to make, soonest first, with the person and her numbers."""
    return _listed(
        Delivery.objects.visible_to(actor).calls_to_make().order_by("due_at", "pk")
    ).select_related("person", "notice", "person__staff_contact")


def letters(actor: Actor) -> QuerySet[Delivery]:
    """Return letters that wait to be printed, soonest first, with the person and her address."""
    return _listed(
        Delivery.objects.visible_to(actor).letters_to_print().order_by("due_at", "pk")
    )


def in_trouble(actor: Actor) -> QuerySet[Delivery]:
    """Return messages that did not arrive and that nobody has dealt with, oldest first."""
    rows = Delivery.objects.visible_to(actor).in_trouble()
    return rows.select_related("person", "notice").order_by("due_at", "pk")


def sent(actor: Actor, *, channel: str = "") -> QuerySet[Delivery]:
    """Return what has gone out, newest first."""
    rows = Delivery.objects.visible_to(actor).filter(sent_at__isnull=False)
    if channel:
        rows = rows.filter(channel=channel)
    return rows.select_related("person", "notice").order_by("-sent_at", "-pk")


def sent_to(actor: Actor, person_id: int) -> QuerySet[Delivery]:
    """Return what one person was or will be sent, newest first, as far as the actor may see it."""
    return (
        Delivery.objects.visible_to(actor)
        .filter(person_id=person_id)
        .select_related("notice")
        .order_by("-due_at", "-pk")
    )


def print_runs_waiting(actor: Actor) -> list[PrintRun]:
    """Return piles of letters that were taken to print and are not yet posted, oldest first."""
    if not actor.can(Permission.SEND_NOTICES):
        return []
    return list(
        PrintRun.objects.filter(letters__state=DeliveryState.PLANNED)
        .annotate(waiting=Count("letters"))
        .select_related("document", "made_by")
        .order_by("made_at")
    )


def call_window(person: Person) -> str:
    """Return 'Call after 2pm', 'Call between 10am and 4pm', or an empty string."""
    after = dates.clock(person.call_after) if person.call_after else ""
    before = dates.clock(person.call_before) if person.call_before else ""
    if after and before:
        return f"Call between {after} and {before}"
    if after:
        return f"Call after {after}"
    return f"Call before {before}" if before else ""


def owed(*, actor: Actor, today: dt.date) -> list[Owed]:
    """Return calls and letters owed up to a week from today, for "owed today" (first page).

    Each call is a line of its own; letters of one day are one line. Two queries.
    """
    if not actor.can(Permission.SEND_NOTICES):
        return []
    until = dates.wall_to_instant(today + dt.timedelta(days=WEEK), dt.time(0))
    lines = [
        _owed_call(row, actor, today) for row in calls(actor).filter(due_at__lt=until)
    ]
    by_day: dict[dt.date, list[Delivery]] = {}
    waiting = Delivery.objects.filter(
        state=DeliveryState.PLANNED, channel=Channel.LETTER, due_at__lt=until
    )
    for row in waiting.select_related("person").order_by("due_at"):
        by_day.setdefault(max(dates.local(row.due_at).date(), today), []).append(row)
    lines += [_owed_letters(day, rows, today) for day, rows in by_day.items()]
    return sorted(lines, key=lambda line: (line.due_date, line.due_words))


def _day_words(day: dt.date, today: dt.date) -> str:
    return "Today" if day == today else dates.short_date(day)


def _owed_call(row: Delivery, actor: Actor, today: dt.date) -> Owed:
    day = dates.local(row.due_at).date()
    words = _day_words(day, today)
    if row.person.call_after:
        words += f", after {dates.clock(row.person.call_after)}"
    contact = row.person.staff_contact
    mine = contact is not None and contact.pk == actor.user_id
    return Owed(
        due_date=day,
        due_words=words,
        who=row.person.known_as,
        who_url=row.person.get_absolute_url(),
        what=f"Ring: {row.subject}",
        icon="phone",
        holder="You" if mine else (contact.get_short_name() if contact else "Anyone"),
        holder_is_me=mine,
        is_late=day < today,
        url=reverse("notices:call", args=[row.reference]),
    )


def _owed_letters(day: dt.date, rows: list[Delivery], today: dt.date) -> Owed:
    people = {row.person_id: row.person for row in rows}
    large = sum(row.print_size > PrintSize.STANDARD for row in rows)
    what = "Post a letter" if len(rows) == 1 else f"Post {len(rows)} letters"
    first = rows[0].person
    return Owed(
        due_date=day,
        due_words=_day_words(day, today),
        who=first.known_as if len(people) == 1 else f"{len(people)} people",
        who_url=first.get_absolute_url()
        if len(people) == 1
        else reverse("notices:outbox"),
        what=f"{what}, {large} in large print" if large else what,
        icon="letter",
        holder="Anyone",
        holder_is_me=False,
        is_late=any(dates.local(row.due_at).date() < today for row in rows),
        url=reverse("notices:outbox"),
    )


@dataclass(frozen=True)
class Line:
    """One line of a list in the outbox, with the words staff read on it."""

    delivery: Delivery
    due_words: str
    is_late: bool
    size_words: str
    size_icon: str
    address: str


def line(delivery: Delivery, today: dt.date) -> Line:
    """Return a delivery as a line: when it is due, where it goes today, and in which print.

    Reads the person's prefetched contact points.
    """
    day = dates.local(delivery.due_at).date()
    is_large = delivery.print_size > PrintSize.STANDARD
    return Line(
        delivery=delivery,
        due_words=_day_words(day, today),
        is_late=day < today,
        size_words=f"{'Large print' if is_large else 'Standard'} {delivery.print_size}",
        size_icon="large-print" if is_large else "document",
        address=address_for(delivery.person, delivery.channel),
    )
