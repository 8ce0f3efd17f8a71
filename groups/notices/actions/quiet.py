"""The times in which somebody wants no message that makes a noise."""

import datetime as dt

from django.conf import settings

from coprod.core import dates
from groups.people.enums import Channel
from groups.people.models import Person


def hours(person: Person, channel: str) -> tuple[dt.time, dt.time] | None:
    """Return the person's own quiet hours; for a text, the council's when she has not said."""
    if channel not in (Channel.EMAIL, Channel.TEXT):
        return None
    if person.quiet_from is not None and person.quiet_until is not None:
        return person.quiet_from, person.quiet_until
    if channel == Channel.TEXT:
        return settings.QUIET_FROM, settings.QUIET_UNTIL
    return None


def ends_at(person: Person, channel: str, now: dt.datetime) -> dt.datetime | None:
    """Return when the quiet time that is on now ends, or None when none is on. By London's clocks."""
    quiet = hours(person, channel)
    if quiet is None or quiet[0] == quiet[1]:
        return None
    start, end = quiet
    here = dates.local(now)
    clock = here.time()
    if start < end:
        if not start <= clock < end:
            return None
        day = here.date()
    elif clock >= start:
        day = here.date() + dt.timedelta(days=1)
    elif clock < end:
        day = here.date()
    else:
        return None
    # On the two nights the clocks change an end may come twice, or only in another hour's name.
    ends = [
        dt.datetime.combine(day, end, tzinfo=dates.LONDON).replace(fold=fold)
        for fold in (0, 1)
    ]
    instants = [each.astimezone(dt.UTC) for each in ends]
    return next((each for each in instants if each > now), None)
