"""What must not be forgotten about a person, in a few words beside a drawing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coprod.core import dates
from groups.people.enums import (
    Channel,
    ContactKind,
    NeedCategory,
    PersonState,
    PrintSize,
)
from groups.people.models import Person

_NEED_ICONS = {
    NeedCategory.CONTACT: "chat",
    NeedCategory.FORMAT: "easy-read",
    NeedCategory.ROOM: "step-free",
    NeedCategory.PEOPLE: "people",
    NeedCategory.JOIN_IN: "break",
    NeedCategory.TRAVEL: "car",
}
# A need whose words name one of these has a drawing of its own.
_WORD_ICONS = {
    "break": "break",
    "bsl": "hand",
    "easy read": "easy-read",
    "loop": "ear",
    "hear": "ear",
    "taxi": "car",
    "step": "step-free",
}
_CHANNEL_ICONS = {
    Channel.EMAIL: "email",
    Channel.TEXT: "text",
    Channel.LETTER: "letter",
    Channel.PHONE: "phone",
}
_CHANNEL_WORDS = {
    Channel.EMAIL: "E-mail",
    Channel.TEXT: "Text",
    Channel.LETTER: "Post",
    Channel.PHONE: "Phone",
}
STATE_COLOURS = {
    PersonState.WELCOMING: "",
    PersonState.ACTIVE: "green",
    PersonState.PAUSED: "yellow",
}
RINGS = frozenset({ContactKind.LANDLINE, ContactKind.MOBILE})


@dataclass(frozen=True)
class Flag:
    """One thing to keep in mind; `must` is something never to get wrong."""

    words: str
    icon: str
    must: bool = False


@dataclass(frozen=True)
class Reach:
    words: str
    icon: str


def call_words(person: Person) -> str:
    """Return when a person can be rung: 'After 2pm', 'Between 10am and 2pm', or nothing."""
    after, before = person.call_after, person.call_before
    if after and before:
        return f"Between {dates.clock(after)} and {dates.clock(before)}"
    if after:
        return f"After {dates.clock(after)}"
    return f"Before {dates.clock(before)}" if before else ""


def reach_of(person: Person, channel: str, kinds: Iterable[str]) -> list[Reach]:
    """Return how a person hears from us, her choice first, then when to ring her."""
    found = [Reach(_CHANNEL_WORDS[Channel(channel)], _CHANNEL_ICONS[Channel(channel)])]
    when = call_words(person)
    if RINGS & set(kinds) and (when or channel != Channel.PHONE):
        found.append(Reach(when or "Phone", "phone"))
    return found


def flags_of(
    person: Person, kinds: Iterable[str], needs: Iterable[Mapping[str, Any]]
) -> list[Flag]:
    """Return what to keep in mind wherever a person is invited, what must never happen first."""
    rung = bool(RINGS & set(kinds))
    found = []
    if rung and not person.voicemail_ok:
        found.append(Flag("Never leave a voicemail", "phone", must=True))
    if rung and call_words(person):
        words = call_words(person)
        found.append(Flag(f"Call {words[0].lower()}{words[1:]}", "clock"))
    if person.print_size > PrintSize.STANDARD:
        found.append(Flag(f"Letters in {person.print_size} point", "large-print"))
    if person.other_language:
        found.append(Flag(f"Speaks {person.other_language}", "chat"))
    found += [
        Flag(
            need["detail"],
            need_icon(need["category"], need["detail"]),
            bool(need["must"]),
        )
        for need in needs
    ]
    return sorted(found, key=lambda flag: not flag.must)


def need_icon(category: str, detail: str) -> str:
    """Return the drawing that stands beside a need."""
    lower = detail.lower()
    for word, icon in _WORD_ICONS.items():
        if word in lower:
            return icon
    return _NEED_ICONS[NeedCategory(category)]


def state_colour(state: str) -> str:
    """Return the colour of a state's tag; the words always stand in it."""
    return STATE_COLOURS.get(PersonState(state), "grey")
