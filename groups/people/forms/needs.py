"""What people ask for most (practice.md 4), so that a caller's needs are one tick each."""

from collections.abc import Iterable

from groups.people.enums import NeedCategory
from groups.people.queries import Need
from groups.people.values import NewNeed

# An interpreter is booked three weeks ahead, a taxi three days; a chair is moved on the day.
_INTERPRETER_DAYS = 21
_TAXI_DAYS = 3

COMMON_NEEDS: dict[str, NewNeed] = {
    "step_free": NewNeed(NeedCategory.ROOM, "Step-free room", must=True),
    "near_door": NewNeed(NeedCategory.ROOM, "A seat near the door"),
    "loop": NewNeed(NeedCategory.ROOM, "Hearing loop", must=True),
    "quiet": NewNeed(NeedCategory.ROOM, "A quiet space to go to"),
    "parking": NewNeed(NeedCategory.ROOM, "A place to park close by"),
    "breaks": NewNeed(NeedCategory.JOIN_IN, "A break every 45 minutes"),
    "premeet": NewNeed(NeedCategory.JOIN_IN, "Somebody to go through the papers first"),
    "bsl": NewNeed(
        NeedCategory.JOIN_IN, "BSL interpreter", must=True, lead_days=_INTERPRETER_DAYS
    ),
    "speech_to_text": NewNeed(
        NeedCategory.JOIN_IN, "Speech to text", must=True, lead_days=_INTERPRETER_DAYS
    ),
    "easy_read": NewNeed(
        NeedCategory.FORMAT, "Easy read papers", must=True, lead_days=10
    ),
    "supporter": NewNeed(NeedCategory.PEOPLE, "A supporter comes too"),
    "taxi": NewNeed(NeedCategory.TRAVEL, "A taxi there and back", lead_days=_TAXI_DAYS),
}
CHOICES = [(key, need.detail) for key, need in COMMON_NEEDS.items()]
_BY_DETAIL = {need.detail: key for key, need in COMMON_NEEDS.items()}


def ticked(details: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return which common needs these are, and the rest in the person's own words."""
    known, other = [], []
    for detail in details:
        if detail in _BY_DETAIL:
            known.append(_BY_DETAIL[detail])
        else:
            other.append(detail)
    return known, other


def asked_for(
    keys: Iterable[str], other: str, had: Iterable[Need] = ()
) -> list[NewNeed]:
    """Return the needs that were ticked, then one for each line that was typed.

    `had` is what she needed before: a need that stays keeps what was said about it.
    """
    known = {
        need.detail: NewNeed(need.category, need.detail, need.must, need.for_meetings)
        for need in had
    }
    lines = dict.fromkeys(line.strip() for line in other.splitlines() if line.strip())
    asked = [COMMON_NEEDS[key] for key in keys]
    asked += [NewNeed(NeedCategory.JOIN_IN, line) for line in lines]
    return [known.get(need.detail, need) for need in asked]
