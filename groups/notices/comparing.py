"""What should have been sent against what the ledger holds, day by day (lessons.md T25, T26).

The rooms above say what they expect: they know what happened, the ledger only what was planned.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count

from coprod.core import dates
from groups.notices.enums import OPEN, Stage
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel

# How many keys of notices are asked for in one statement.
_AT_A_TIME = 200
_WORDS = {
    Channel.EMAIL: "e-mail,e-mails",
    Channel.TEXT: "text message,text messages",
    Channel.LETTER: "letter,letters",
    Channel.PHONE: "call,calls",
}


@dataclass(frozen=True)
class Expected:
    """One person who must have been told of one thing: what its row in the ledger is known by.

    Without `version` any will do that was planned on the day. `or_occasion` is as good as the first.
    """

    occasion: str
    about: str
    version: int | None
    stage: str
    person_id: int
    or_occasion: str = ""


_Key = tuple[str, str, int | None, str, int]
Source = Callable[[dt.date], Iterable[Expected]]
_sources: dict[str, Source] = {}


def register(name: str, expected: Source) -> None:
    """Ask `expected(day)` every day whom its room should have told of something on that day.

    `name` stands in the alert ("claims"). The same name again takes the place of the first.
    """
    _sources[name] = expected


def unregister(name: str) -> None:
    """Ask no more."""
    _sources.pop(name, None)


@dataclass(frozen=True)
class Comparison:
    """What was found for one day. Numbers and occasions only, no person."""

    day: dt.date
    expected: int
    # By room and occasion: how many people have no row in the ledger.
    missing: tuple[tuple[str, str, int], ...] = ()
    # By channel: how many messages were due on the day and have reached no end.
    unfinished: tuple[tuple[str, int], ...] = ()
    # Occasions of reminders that went to nobody at all.
    empty: tuple[tuple[str, int], ...] = ()

    @property
    def adds_up(self) -> bool:
        return not (self.missing or self.unfinished or self.empty)

    @property
    def words(self) -> str:
        """Return what does not add up, as sentences; empty when everything does."""
        return "\n".join(
            [
                *(_missing(*row) for row in self.missing),
                *(_unfinished(*row) for row in self.unfinished),
                *(_empty(*row) for row in self.empty),
            ]
        )


def _missing(room: str, occasion: str, count: int) -> str:
    people = "1 person has" if count == 1 else f"{count} people have"
    return f"{people} no message about “{occasion}” ({room})."


def _unfinished(channel: str, count: int) -> str:
    one, many = _WORDS[Channel(channel)].split(",")
    waits = f"1 {one} that was" if count == 1 else f"{count} {many} that were"
    return f"{waits} due on this day {'has' if count == 1 else 'have'} not gone."


def _empty(occasion: str, count: int) -> str:
    times = "1 reminder" if count == 1 else f"{count} reminders"
    return f"{times} about “{occasion}” went to nobody."


def compare(day: dt.date) -> Comparison:
    """Compare what was expected on one day with the ledger. It writes nothing.

    A row that was withdrawn, failed or came too late counts as accounted for: it says why, and
    who of the team sees to it. What counts is that there is a row.
    """
    wanted = {
        name: list(dict.fromkeys(source(day))) for name, source in _sources.items()
    }
    told = _told({each for rows in wanted.values() for each in rows}, day)
    missing = Counter(
        (name, each.occasion)
        for name, rows in wanted.items()
        for each in rows
        if each not in told
    )
    return Comparison(
        day=day,
        expected=sum(map(len, wanted.values())),
        missing=tuple((*key, count) for key, count in sorted(missing.items())),
        unfinished=_due_and_open(day),
        empty=_to_nobody(day),
    )


def _told(wanted: set[Expected], day: dt.date) -> set[Expected]:
    """Return those of the wanted that have a row in the ledger."""
    abouts = sorted({each.about for each in wanted})
    occasions = sorted(
        {each.occasion for each in wanted} | {each.or_occasion for each in wanted}
    )
    found: set[_Key] = set()
    for start in range(0, len(abouts), _AT_A_TIME):
        rows = Delivery.objects.filter(
            notice__occasion__in=occasions,
            notice__about__in=abouts[start : start + _AT_A_TIME],
        ).values_list(
            "notice__occasion",
            "notice__about",
            "notice__version",
            "notice__stage",
            "person_id",
            "notice__planned_at",
        )
        for occasion, about, version, stage, person_id, planned_at in rows:
            found.add((occasion, about, version, stage, person_id))
            if dates.local(planned_at).date() == day:
                found.add((occasion, about, None, stage, person_id))
    return {each for each in wanted if not found.isdisjoint(_keys(each))}


def _keys(each: Expected) -> set[_Key]:
    rest = (each.about, each.version, each.stage, each.person_id)
    return {(name, *rest) for name in (each.occasion, each.or_occasion) if name}


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    midnight = dt.time(0)
    return (
        dates.wall_to_instant(day, midnight),
        dates.wall_to_instant(day + dt.timedelta(days=1), midnight),
    )


def _due_and_open(day: dt.date) -> tuple[tuple[str, int], ...]:
    start, end = _bounds(day)
    rows = Delivery.objects.filter(
        state__in=OPEN, due_at__gte=start, due_at__lt=end
    ).not_held(end)
    counted = rows.values("channel").annotate(number=Count("pk"))
    return tuple(counted.values_list("channel", "number").order_by("channel"))


def _to_nobody(day: dt.date) -> tuple[tuple[str, int], ...]:
    start, end = _bounds(day)
    rows = Notice.objects.filter(
        stage__startswith=Stage.REMINDER,
        planned_at__gte=start,
        planned_at__lt=end,
        deliveries__isnull=True,
    )
    counted = rows.values("occasion").annotate(number=Count("pk"))
    return tuple(counted.values_list("occasion", "number").order_by("occasion"))
