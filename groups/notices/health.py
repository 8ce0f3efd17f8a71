"""How the sending is: what has stopped, what waits too long, and what nobody has seen to yet.

Every staff page asks this, so it is one statement, and each process keeps the answer for a while.
"""

import datetime as dt
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import Error
from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Value,
)
from django.utils import timezone

from coprod.core import dates
from coprod.core.models import Heartbeat
from coprod.core.scheduling import PULSE
from groups.notices import channels
from groups.notices.enums import OPEN
from groups.notices.models import Alert, Delivery, DeliveryQuerySet
from groups.people.enums import Channel

log = logging.getLogger(__name__)
# A worker or a clock that has not been seen for three minutes is not running (trust.md R04).
SILENT = dt.timedelta(minutes=3)
# Staff are told within ten minutes (trust.md R07); the rest is for the sweep and for what is kept.
TOO_LONG = dt.timedelta(minutes=8)
# The third try comes six minutes after the first.
TRIED_OFTEN = 3
KEPT_SECONDS = 20.0
SWEEP = "sweep"
COMPARED = "compared"
_STARTED = time.monotonic()
_BEAT, _WAITING, _ALERTS = "beat", "waiting", "alerts"

WORDS: dict[str, tuple[str, str]] = {
    Channel.EMAIL: ("E-mail is not going out", "e-mail,e-mails"),
    Channel.TEXT: ("Text messages are not going out", "text message,text messages"),
    Channel.LETTER: ("Letters are not being handed over", "letter,letters"),
}


def machine_channels() -> tuple[str, ...]:
    """Return the channels that go out by themselves; the others are in the hands of the team."""
    letters = (Channel.LETTER,) if channels.through(Channel.LETTER) else ()
    return (Channel.EMAIL, Channel.TEXT, *letters)


@dataclass(frozen=True)
class Waiting:
    """What of one channel has been due too long."""

    channel: str
    count: int
    oldest_at: dt.datetime


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong, in the words of the banner."""

    title: str
    words: str


@dataclass(frozen=True)
class Health:
    """What one look has found. `beats` holds when each piece of due work was last seen."""

    looked_at: dt.datetime
    beats: Mapping[str, dt.datetime] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()
    alert_count: int = 0

    @classmethod
    def good(cls) -> "Health":
        """Return the health of a service in which nothing is wrong."""
        now = timezone.now()
        return cls(looked_at=now, beats={PULSE: now, SWEEP: now})

    def is_silent(self, name: str) -> bool:
        """Tell whether this has not been seen for three minutes, or never."""
        seen_at = self.beats.get(name)
        return seen_at is None or self.looked_at - seen_at > SILENT

    @property
    def is_clock_silent(self) -> bool:
        return self.is_silent(PULSE)

    @property
    def is_worker_silent(self) -> bool:
        """Tell whether the worker has not done what it was rung for.

        Whether a worker is there cannot be told while nothing rings it.
        """
        return self.is_silent(SWEEP) and not self.is_clock_silent

    @property
    def oldest_waiting(self) -> dt.timedelta:
        """Return how long the oldest message has been due that should have gone by itself."""
        oldest = min((row.oldest_at for row in self.waiting), default=self.looked_at)
        return max(self.looked_at - oldest, dt.timedelta(0))

    def troubles(self, *, up_for: dt.timedelta) -> list[Trouble]:
        """Return what is wrong, for the banner: what has stopped, then what waits.

        `up_for` is how long we have been looking: a service that was started just now for the first
        time has not stopped because nothing of it was ever seen.
        """
        found = []
        if self.is_clock_silent and self._was_there(PULSE, up_for):
            found.append(Trouble("Nothing starts the sending", self._words(_CLOCK)))
        if self.is_worker_silent and self._was_there(SWEEP, up_for):
            found.append(Trouble("The sending has stopped", self._words(_WORKER)))
        found += [_not_going(row, self.looked_at) for row in self.waiting]
        if self.alert_count:
            found.append(_nobody_has_seen_to(self.alert_count))
        return found

    def _was_there(self, name: str, up_for: dt.timedelta) -> bool:
        return name in self.beats or up_for > SILENT

    def _words(self, about: tuple[str, str]) -> str:
        name, words = about
        seen_at = self.beats.get(name)
        since = f" since {dates.long_datetime(seen_at)}" if seen_at else ""
        return f"{words}{since}. {_TELL}"


_TELL = (
    "Nothing is lost: what is due goes out once it runs again. "
    "Tell whoever runs this service for you."
)
_CLOCK = (PULSE, "The clock that starts the sending each minute has not run")
_WORKER = (SWEEP, "The worker that sends messages has not run")


def _not_going(row: Waiting, now: dt.datetime) -> Trouble:
    title, names = WORDS[row.channel]
    one, many = names.split(",")
    waits = f"1 {one} waits" if row.count == 1 else f"{row.count} {many} wait"
    since = (
        f", the oldest since {dates.long_datetime(row.oldest_at)}"
        if row.oldest_at < now
        else ", and each was tried three times"
    )
    return Trouble(
        title,
        f"{waits}{since}. "
        "Nothing is lost: what is still in time goes out as soon as it can.",
    )


def _nobody_has_seen_to(count: int) -> Trouble:
    waits = "1 alert waits" if count == 1 else f"{count} alerts wait"
    return Trouble("Look at this", f"{waits} for somebody of the team to see to it.")


def look(*, now: dt.datetime | None = None) -> Health:
    """Ask the database how the sending is. One statement."""
    now = now or timezone.now()
    text, number = CharField(), IntegerField()
    beats = Heartbeat.objects.annotate(
        what=Value(_BEAT, output_field=text),
        number=Value(0, output_field=number),
    ).values_list("what", "name", "number", "beaten_at")
    late = (
        _going_nowhere(now)
        .values("channel")
        .annotate(
            what=Value(_WAITING, output_field=text),
            number=Count("pk"),
            oldest_at=Min("due_at"),
        )
        .values_list("what", "channel", "number", "oldest_at")
    )
    alerts = (
        Alert.objects.open()
        .values("kind")
        .annotate(
            what=Value(_ALERTS, output_field=text),
            number=Count("pk"),
            oldest_at=Min("raised_at"),
        )
        .values_list("what", "kind", "number", "oldest_at")
    )
    rows = list(beats.union(late, alerts, all=True))
    return Health(
        looked_at=now,
        beats={name: at for what, name, _, at in rows if what == _BEAT},
        waiting=tuple(
            Waiting(channel, count, at)
            for what, channel, count, at in sorted(rows)
            if what == _WAITING
        ),
        alert_count=sum(count for what, _, count, _ in rows if what == _ALERTS),
    )


def _going_nowhere(now: dt.datetime) -> DeliveryQuerySet:
    """Return what a machine should have sent: due too long, or put off again and again.

    A provider that says "not now" puts each message off, so that none is due. One such message
    alone is nothing; it is when nothing else of its channel has gone lately.
    """
    since = now - TOO_LONG
    sent = Delivery.objects.filter(channel=OuterRef("channel"), sent_at__gte=since)
    put_off = Q(due_at__gt=now, attempts__gte=TRIED_OFTEN) & ~Exists(sent)
    # A letter in somebody's pile is theirs to post.
    rows = Delivery.objects.filter(
        state__in=OPEN, channel__in=machine_channels(), print_run__isnull=True
    )
    return rows.filter(Q(due_at__lt=since) | put_off).not_held(since)


# What this process found when it last looked, and until when that will do.
_kept: list[tuple[float, Health | None]] = []


def keep(found: Health | None, *, seconds: float = KEPT_SECONDS) -> None:
    """Let this be the answer for a while. None: nothing could be found out."""
    _kept[:] = [(time.monotonic() + seconds, found)]


def forget() -> None:
    """Look again the next time somebody asks."""
    _kept.clear()


def lately() -> Health | None:
    """Return how the sending is, at most 20 seconds old; None when the database does not answer.

    Never raises: the banner must not break the page it stands on.
    """
    if _kept and time.monotonic() < _kept[0][0]:
        return _kept[0][1]
    try:
        found = look()
    except Error as problem:
        log.warning("could not look how the sending is: %s", type(problem).__name__)
        keep(None)
        return None
    keep(found)
    return found


def banner() -> list[Trouble]:
    """Return what every staff page says is wrong. Usually nothing."""
    found = lately()
    up_for = dt.timedelta(seconds=time.monotonic() - _STARTED)
    return found.troubles(up_for=up_for) if found else []
