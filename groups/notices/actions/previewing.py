"""What a mass message will be, read from the very rows that would send it.

A page that asks "shall this go?" lets the action write its rows, reads them here, and takes them
back when the answer is not yet yes. So what is shown is what goes: nothing is worked out twice.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max

from groups.notices import texts
from groups.notices.enums import DeliveryState, Stage
from groups.notices.models import Delivery
from groups.people.enums import Channel
from groups.people.queries import wish_for

ORDER = list(Channel.values)


@dataclass(frozen=True)
class Sample:
    """One message as it will be read, for one channel and format, and who else gets such a one."""

    key: str
    title: str
    icon: str
    chosen: Delivery
    rows: Sequence[Delivery]

    @property
    def id(self) -> str:
        """Return what it is called in the page."""
        return self.key.removeprefix("_")

    @property
    def has_choice(self) -> bool:
        return len(self.rows) > 1

    @property
    def text_words(self) -> str:
        """Return the whole of the text message, as it goes out."""
        return texts.whole(self.chosen)


@dataclass(frozen=True)
class Preview:
    """A mass message before it goes: who gets it, how, as it reads, and who does not and why."""

    going: Sequence[Delivery]
    left_out: Sequence[Delivery]
    # Whom nothing reaches: the team gets a task.
    unreached: Sequence[Delivery]
    # Asked us not to send such things, and gets this because it cannot be left unsaid.
    told_anyway: Sequence[Delivery]
    samples: Sequence[Sample]
    goes_at: dt.datetime | None
    mark: str

    @property
    def is_to_many(self) -> bool:
        people = {row.person_id for row in (*self.going, *self.unreached)}
        return len(people) > settings.MANY_PEOPLE

    @property
    def people_count(self) -> int:
        """Return how many people get something: one may get an invitation and papers."""
        return len({row.person_id for row in self.going})

    @property
    def by_channel(self) -> list[tuple[str, str, int]]:
        """Return icon, words and number of each channel that is used."""
        counts = {
            channel: sum(row.channel == channel for row in self.going)
            for channel in ORDER
        }
        return [
            (channel, str(Channel(channel).label), count)
            for channel, count in counts.items()
            if count
        ]

    def own(self, person_id: int | None) -> Delivery | None:
        """Return the message of one of the people it goes to."""
        return next((row for row in self.going if row.person_id == person_id), None)


def newest(about: Sequence[str]) -> int:
    """Return where the messages about these things end now; what is planned next comes after it."""
    rows = Delivery.objects.filter(notice__about__in=about)
    return int(rows.aggregate(newest=Max("pk"))["newest"] or 0)


def planned_since(
    about: Sequence[str], newest_before: int, *, chosen: Mapping[str, str] | None = None
) -> Preview:
    """Return what has been planned about these things since `newest_before`, reminders left aside.

    `chosen` names, for a channel and format, the reference of the person whose message is shown.
    """
    rows = (
        Delivery.objects.filter(
            notice__about__in=about, notice__stage=Stage.FIRST, pk__gt=newest_before
        )
        .select_related("person", "notice")
        .prefetch_related("person__preferences")
        .order_by("person__known_as", "pk")
    )
    return preview(list(rows), chosen=chosen or {})


def preview(rows: Sequence[Delivery], *, chosen: Mapping[str, str]) -> Preview:
    """Return a preview of these messages, which are planned and have not gone."""
    going = [row for row in rows if row.state == DeliveryState.PLANNED]
    times = [row.held_until for row in going if row.held_until is not None]
    return Preview(
        going=going,
        left_out=_once(row for row in rows if row.state == DeliveryState.WITHDRAWN),
        unreached=_once(row for row in rows if row.state == DeliveryState.FAILED),
        told_anyway=_once(row for row in going if _is_told_anyway(row)),
        samples=_samples(going, chosen),
        goes_at=max(times, default=None),
        mark=_mark(rows),
    )


def _once(rows: Iterable[Delivery]) -> list[Delivery]:
    """Return the first of what is alike for one person: of two meetings she gets the same twice."""
    first: dict[tuple[int, str], Delivery] = {}
    for row in rows:
        first.setdefault((row.person_id, row.reason), row)
    return list(first.values())


def _is_told_anyway(row: Delivery) -> bool:
    return (
        row.notice.is_essential
        and not wish_for(row.person, row.notice.purpose).is_wanted
    )


def _samples(going: Sequence[Delivery], chosen: Mapping[str, str]) -> list[Sample]:
    kinds: dict[tuple[tuple[str, int], int, int], list[Delivery]] = {}
    for row in going:
        size = row.print_size if row.channel == Channel.LETTER else 0
        words = (row.notice.occasion, row.notice.version)
        kinds.setdefault((words, ORDER.index(row.channel), size), []).append(row)
    tellings = list(dict.fromkeys(words for words, _, _ in sorted(kinds)))
    return [
        _sample(_once(kinds[kind]), tellings.index(kind[0]), len(tellings), chosen)
        for kind in sorted(kinds)
    ]


def _sample(
    rows: Sequence[Delivery], number: int, of: int, chosen: Mapping[str, str]
) -> Sample:
    first = rows[0]
    key, title = f"_sample-{number}-{first.channel}", str(Channel(first.channel).label)
    if first.channel == Channel.LETTER:
        key, title = f"{key}-{first.print_size}", f"{title}, {first.print_size} point"
    wanted = chosen.get(key, "")
    return Sample(
        key=key,
        title=f"{first.notice.title}: {title}" if of > 1 else title,
        icon=first.channel,
        chosen=next((row for row in rows if row.person.reference == wanted), first),
        rows=rows,
    )


def _mark(rows: Sequence[Delivery]) -> str:
    """Return a short mark that differs when anybody would get anything else."""
    parts = sorted(
        f"{row.person_id}|{row.channel}|{row.print_size}|{row.state}|{row.reason}|"
        f"{row.subject}|{row.body}|{row.text_body}"
        for row in rows
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
