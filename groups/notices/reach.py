"""Which way something reaches a person, and whether it goes to her at all: decided here alone."""

import datetime as dt
from collections.abc import Container, Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from coprod.core import dates
from groups.notices import channels
from groups.people.enums import Channel, ConsentPurpose, ContactKind, Purpose
from groups.people.models import ConsentRecord, Person
from groups.people.queries import channel_for, contact_value, wish_for

# Post goes three working days earlier than e-mail (practice.md, issue dates).
POST_WORKING_DAYS = 3
POST_TIME = dt.time(9)
KINDS: dict[str, tuple[str, ...]] = {
    Channel.EMAIL: (ContactKind.EMAIL,),
    Channel.TEXT: (ContactKind.TEXT, ContactKind.MOBILE),
    Channel.LETTER: (ContactKind.POST,),
    Channel.PHONE: (ContactKind.LANDLINE, ContactKind.MOBILE),
}
# What is tried when the way she asked for does not work.
_NEXT = (Channel.LETTER, Channel.PHONE, Channel.EMAIL)
# The same, when a letter would come too late.
_QUICK = (Channel.PHONE, Channel.EMAIL, Channel.TEXT)

NO_LONGER_IN_TOUCH = "This person is no longer in touch with us."
NO_CONSENT = "They took back that they agreed to hear from us."
NOT_WANTED = "They asked us not to send these."
ON_A_BREAK = "They are taking a break."
# A message called off for one of these goes after all when the person says so in time.
THEIR_WISH = frozenset({NO_CONSENT, NOT_WANTED, ON_A_BREAK})
# The same, and when it was a mistake that she had gone.
MAY_RETURN = THEIR_WISH | {NO_LONGER_IN_TOUCH}

NO_WAY_TO_REACH = (
    "We have no e-mail, address or phone number that works for this person."
)
NOTHING_SENDS_IT = (
    "We have an address for this person, but nothing here can send to it now."
)


def prefetch(people: Iterable[Person]) -> None:
    """Read all that the functions here ask about many people, in three statements."""
    prefetch_related_objects(list(people), *around())


def around(path: str = "") -> list[Any]:
    """Return what to prefetch; `path` leads to the person, like "person__"."""
    consents = ConsentRecord.objects.select_related("wording")
    return [
        f"{path}contact_points",
        f"{path}preferences",
        Prefetch(f"{path}consents", queryset=consents),
    ]


def address_for(person: Person, channel: str) -> str:
    """Return where this channel reaches the person now, or an empty string.

    An address for a letter starts with the person's name. Reads the prefetched contact points.
    """
    value = contact_value(person, KINDS[channel])
    return (
        f"{person.known_as}\n{value}" if value and channel == Channel.LETTER else value
    )


def _works(person: Person, channel: str) -> bool:
    return channels.is_set_up(channel) and bool(address_for(person, channel))


def reachable_channel(
    person: Person,
    purpose: str,
    *,
    essential: bool = False,
    before: dt.datetime | None = None,
) -> str:
    """Return the channel the person asked for, or the next by which she can be reached at all.

    What is `essential` and would come too late by post goes a quicker way, by phone first:
    `before` is when it is of no more use. Empty when nothing works. Reads the prefetched preferences
    and contact points.
    """
    asked = channel_for(person, purpose)
    ways = [asked, *_NEXT]
    if essential and before is not None and before < _next_post_arrives():
        quick = [] if asked == Channel.LETTER else [asked]
        ways = [*quick, *_QUICK, Channel.LETTER]
    return next((str(way) for way in ways if _works(person, way)), "")


def _next_post_arrives() -> dt.datetime:
    day = dates.add_working_days(dates.today(), POST_WORKING_DAYS)
    return dates.wall_to_instant(day, POST_TIME)


def why_nothing_works(person: Person) -> str:
    """Return in words why a person cannot be reached, for who has to find a way."""
    known = any(address_for(person, channel) for channel in Channel)
    return NOTHING_SENDS_IT if known else NO_WAY_TO_REACH


def print_size_for(person: Person, purpose: str) -> int:
    """Return the size of print of a person's letters about one kind of thing."""
    return wish_for(person, purpose).print_size or person.print_size


def due_for(person: Person, purpose: str, due_at: dt.datetime) -> dt.datetime:
    """Return when a person's message must go so that she has it as early as everyone else.

    Letters are posted three working days before (practice.md), but never before now.
    """
    if reachable_channel(person, purpose) != Channel.LETTER:
        return due_at
    day = dates.add_working_days(dates.local(due_at).date(), -POST_WORKING_DAYS)
    return min(due_at, max(dates.wall_to_instant(day, POST_TIME), timezone.now()))


def why_not(
    person: Person,
    purpose: str,
    *,
    due_at: dt.datetime,
    essential: bool = False,
    is_going: bool = False,
) -> str:
    """Return in words why a message does not go to a person at all, or nothing when it goes.

    Who has died, left or taken back her consent hears nothing. What she switched off and what a
    break keeps away is left out, but never what is `essential`. During a break she also hears
    about money and about what she said yes to. Reads what `around` names.
    """
    if not person.can_be_written_to:
        return NO_LONGER_IN_TOUCH
    if _took_back(person, purpose):
        return NO_CONSENT
    if essential:
        return ""
    if not wish_for(person, purpose).is_wanted:
        return NOT_WANTED
    kept_away = purpose != Purpose.MONEY and not is_going
    if kept_away and person.is_on_a_break(dates.local(due_at).date()):
        return ON_A_BREAK
    return ""


def _took_back(person: Person, purpose: str) -> bool:
    """Tell whether a consent this message rests on was given once and taken back since."""
    asked = {ConsentPurpose.NETWORK}
    if purpose == Purpose.NEWS:
        asked.add(ConsentPurpose.NEWS)
    given: dict[str, bool] = {}
    for record in person.consents.all():
        stands = record.withdrawn_at is None
        given[record.wording.purpose] = (
            given.get(record.wording.purpose, False) or stands
        )
    return any(given.get(each) is False for each in asked)


def going_on_a_break(people: Iterable[Person]) -> dict[int, frozenset[str]]:
    """Return what those of these people who take a break said yes to, by reference.

    It comes by relation, as no room above may be imported. One query, and none when nobody takes
    a break.
    """
    away = {person.pk for person in people if person.is_on_a_break()}
    if not away:
        return {}
    yes = Person.objects.filter(pk__in=away, invitations__reply="coming")
    found: dict[int, set[str]] = {}
    for pk, reference in yes.values_list("pk", "invitations__meeting__reference"):
        found.setdefault(pk, set()).add(reference)
    return {pk: frozenset(references) for pk, references in found.items()}


def is_about(about: str, references: Container[str]) -> bool:
    """Tell whether a notice is about one of these, or about one person's place in one."""
    return about.partition(" ")[0] in references
