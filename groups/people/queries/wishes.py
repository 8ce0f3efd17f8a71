"""How a person wants to hear from us about each kind of thing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from groups.people.enums import Channel, ContactKind, Purpose
from groups.people.models import ChannelPreference, ContactPoint, Person

# What a purpose of its own follows where nothing else was said: a reminder comes as meetings do.
_FOLLOWS: dict[str, tuple[Purpose, ...]] = {
    Purpose.EVERYTHING: (Purpose.EVERYTHING,),
    Purpose.REMINDERS: (Purpose.REMINDERS, Purpose.MEETINGS, Purpose.EVERYTHING),
}


@dataclass(frozen=True)
class Wish:
    """How one kind of thing is to come. An empty channel or size was never said."""

    channel: str = ""
    print_size: int | None = None
    is_wanted: bool = True


def wish_for(person: Person, purpose: str) -> Wish:
    """Return how a person wants to hear about one kind of thing.

    What she has not said of it she has said of what it follows. Reads `preferences`, which the
    caller prefetches for lists.
    """
    said = {row.purpose: row for row in person.preferences.all()}
    chain = _FOLLOWS.get(purpose, (Purpose(purpose), Purpose.EVERYTHING))
    rows = [said[each] for each in chain if each in said]
    return Wish(
        channel=next((row.channel for row in rows if row.channel), ""),
        print_size=next((row.print_size for row in rows if row.print_size), None),
        is_wanted=next((row.is_wanted for row in rows if _speaks(row)), True),
    )


def _speaks(row: ChannelPreference) -> bool:
    # A row about the print alone leaves open whether the thing is wanted.
    return bool(row.channel) or not row.is_wanted


def channel_for(person: Person, purpose: str) -> str:
    """Return the channel a person asked for, falling back to one she can be reached by.

    Reads `preferences` and `contact_points`, which the caller prefetches for lists. A person with
    no preference gets e-mail when she has one, then a letter, then a call.
    """
    return wish_for(person, purpose).channel or fallback_channel(
        point.kind for point in person.contact_points.all() if point.stopped_at is None
    )


def asked_channel(purpose: str, person: str) -> Coalesce:
    """Return `channel_for` as a column of rows that have a person at this path.

    Empty, and not a letter or a call, for somebody who has not said and has no e-mail. For lists that are cut: what is left out must be left out by the database.
    """
    chain = _FOLLOWS.get(purpose, (Purpose(purpose), Purpose.EVERYTHING))
    said = [
        Subquery(
            ChannelPreference.objects.filter(person=OuterRef(person), purpose=each)
            .exclude(channel="")
            .values("channel")[:1]
        )
        for each in chain
    ]
    has_email = ContactPoint.objects.filter(
        person=OuterRef(person), kind=ContactKind.EMAIL, stopped_at__isnull=True
    )
    otherwise = Case(
        When(Exists(has_email), then=Value(str(Channel.EMAIL))),
        default=Value(""),
        output_field=CharField(),
    )
    return Coalesce(*said, otherwise)


def fallback_channel(kinds: Iterable[str]) -> str:
    """Return the channel for somebody who has not said: e-mail, then a letter, then a call."""
    known = set(kinds)
    if ContactKind.EMAIL in known:
        return Channel.EMAIL
    return Channel.LETTER if ContactKind.POST in known else Channel.PHONE
