from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.prepared import Prepared
from groups.notices import called_off, channels, owners, windows
from groups.notices.enums import IN_TROUBLE, OPEN, SENT, DeliveryState, Stage
from groups.notices.models import Delivery, PrintRun
from groups.notices.owed import ANYONE, Owed, due_words, owed_line
from groups.notices.reach import KINDS, address_for, due_for, reachable_channel
from groups.notices.windows import Window
from groups.people.enums import Channel, PrintSize
from groups.people.models import Person

__all__ = [
    "KINDS",
    "IssueProgress",
    "Line",
    "Outbox",
    "Telling",
    "address_for",
    "call_window",
    "calls",
    "due_for",
    "in_trouble",
    "letters",
    "letters_go_by_themselves",
    "line",
    "outbox",
    "owed",
    "print_runs_waiting",
    "reachable_channel",
    "sent",
    "sent_to",
    "tellings",
]

WEEK = 7


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
    def window(self) -> Window | None:
        """Return when it goes out, while it can still be undone whole."""
        return windows.open_in(self.deliveries)


def _progress(deliveries: Sequence[Delivery]) -> IssueProgress:
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
class Telling:
    """One notice about a thing that is no reminder, and how many people it has reached."""

    occasion: str
    version: int
    is_newest: bool
    progress: IssueProgress


_TOLD_OF = Prepared(
    lambda about: (
        Delivery.objects.filter(notice__about=about, notice__stage=str(Stage.FIRST))
        .select_related("notice")
        .only("person_id", "state", "held_until", "notice")
        .order_by("notice__occasion", "notice__version", "pk")
    )
)


def tellings(*, about: str) -> list[Telling]:
    """Return every notice about one thing with its progress, reminders left aside. One query.

    A person counts as sent when any of her deliveries has gone (an e-mail that failed and was then
    posted is sent). Deliveries called off do not count.
    Of an occasion the newest version is the one of which something was not called off.
    """
    rows: dict[tuple[str, int], list[Delivery]] = {}
    for row in _TOLD_OF(about):
        rows.setdefault((row.notice.occasion, row.notice.version), []).append(row)
    found = {key: _progress(of_one) for key, of_one in rows.items()}
    newest: dict[str, int] = {}
    for (occasion, version), progress in found.items():
        if progress.total:
            newest[occasion] = max(version, newest.get(occasion, 0))
    return [
        Telling(
            occasion=occasion,
            version=version,
            is_newest=newest.get(occasion) == version,
            progress=progress,
        )
        for (occasion, version), progress in found.items()
    ]


@dataclass(frozen=True)
class Outbox:
    """What waits for a person of the team, in numbers."""

    letters_to_post: int = 0
    letters_late: int = 0
    calls_to_make: int = 0
    failures: int = 0
    sent_today: int = 0


def outbox(actor: Actor) -> Outbox:
    """Return the numbers of the outbox, nothing but noughts for who may not send. One query."""
    if not actor.can(Permission.SEND_NOTICES):
        return Outbox()
    today = dates.wall_to_instant(dates.today(), dt.time(0))
    planned, to_post = Q(state=DeliveryState.PLANNED), _letters_to_post()
    counts = Delivery.objects.filter(
        Q(state__in=OPEN) | Q(state__in=IN_TROUBLE) | Q(sent_at__gte=today)
    ).aggregate(
        letters_to_post=Count("pk", filter=to_post),
        letters_late=Count("pk", filter=to_post & Q(due_at__lt=today)),
        calls_to_make=Count("pk", filter=planned & Q(channel=Channel.PHONE)),
        failures=Count(
            "pk", filter=Q(state__in=IN_TROUBLE, dealt_with_at__isnull=True)
        ),
        sent_today=Count("pk", filter=Q(state__in=SENT, sent_at__gte=today)),
    )
    return Outbox(**counts)


def letters_go_by_themselves() -> bool:
    """Tell whether a machine posts the letters, so that nobody has to print them."""
    return bool(channels.through(Channel.LETTER))


def _letters_to_post() -> Q:
    """Letters people post. While a machine does, only what they had in their piles already."""
    waiting = Q(state=DeliveryState.PLANNED, channel=Channel.LETTER)
    if letters_go_by_themselves():
        return waiting & Q(print_run__isnull=False)
    return waiting


def _listed(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_related("person", "notice").prefetch_related(
        "person__contact_points"
    )


def calls(actor: Actor) -> QuerySet[Delivery]:
    """Return calls to make, soonest first, with the person and her numbers."""
    return _listed(
        Delivery.objects.visible_to(actor).calls_to_make().order_by("due_at", "pk")
    ).select_related("person", "notice", "person__staff_contact", "owner")


def letters(actor: Actor) -> QuerySet[Delivery]:
    """Return letters that wait and are in no pile, soonest first, with the person and her address."""
    return _listed(
        Delivery.objects.visible_to(actor).letters_waiting().order_by("due_at", "pk")
    )


def in_trouble(actor: Actor) -> QuerySet[Delivery]:
    """Return messages that did not arrive and that nobody has dealt with: the actor's own first,
    then what nobody has, then what colleagues have; of each the oldest first.
    """
    rows = Delivery.objects.visible_to(actor).in_trouble()
    return owners.mine_first(rows.select_related("person", "notice"), actor)


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
    """Return calls and letters owed up to a week from today, for "owed today" (first page), with what
    did not arrive and what does not add up.

    Each call is a line of its own; letters of one day are one line, and so are those to take out of
    their pile. Four queries.
    """
    if not actor.can(Permission.SEND_NOTICES):
        return []
    until = dates.wall_to_instant(today + dt.timedelta(days=WEEK), dt.time(0))
    lines = [
        _owed_call(row, actor, today) for row in calls(actor).filter(due_at__lt=until)
    ]
    by_day: dict[dt.date, list[Delivery]] = {}
    waiting = Delivery.objects.filter(_letters_to_post(), due_at__lt=until)
    letters_owed = (waiting | Delivery.objects.to_take_out()).select_related("person")
    to_take_out = []
    for row in letters_owed.select_related("print_run").order_by("due_at"):
        if row.state != DeliveryState.PLANNED:
            to_take_out.append(row)
            continue
        by_day.setdefault(max(dates.local(row.due_at).date(), today), []).append(row)
    lines += [_owed_letters(actor, day, rows, today) for day, rows in by_day.items()]
    lines += called_off.owed(actor, to_take_out, today)
    lines += owners.owed(actor, in_trouble(actor), today)
    return sorted(lines, key=lambda line: (line.due_date, line.due_words))


def _owed_call(row: Delivery, actor: Actor, today: dt.date) -> Owed:
    day = dates.local(row.due_at).date()
    found = owed_line(
        actor,
        today,
        due=day,
        who=row.person.known_as,
        who_url=row.person.get_absolute_url(),
        what=f"Ring: {row.subject}",
        icon="phone",
        holder=row.owner or row.person.staff_contact,
        nobody=ANYONE,
        url=reverse("notices:call", args=[row.reference]),
    )
    if row.person.call_after is None:
        return found
    after = dates.clock(row.person.call_after)
    return replace(found, due_words=f"{found.due_words}, after {after}")


def _owed_letters(
    actor: Actor, day: dt.date, rows: list[Delivery], today: dt.date
) -> Owed:
    people = {row.person_id: row.person for row in rows}
    large = sum(row.print_size > PrintSize.STANDARD for row in rows)
    what = "Post a letter" if len(rows) == 1 else f"Post {len(rows)} letters"
    first = rows[0].person
    found = owed_line(
        actor,
        today,
        due=day,
        who=first.known_as if len(people) == 1 else f"{len(people)} people",
        who_url=first.get_absolute_url()
        if len(people) == 1
        else reverse("notices:outbox"),
        what=f"{what}, {large} in large print" if large else what,
        icon="letter",
        nobody=ANYONE,
        url=reverse("notices:outbox"),
    )
    is_late = any(dates.local(row.due_at).date() < today for row in rows)
    return replace(found, is_late=is_late)


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
        due_words=due_words(day, today),
        is_late=day < today,
        size_words=f"{'Large print' if is_large else 'Standard'} {delivery.print_size}",
        size_icon="large-print" if is_large else "document",
        address=address_for(delivery.person, delivery.channel),
    )
