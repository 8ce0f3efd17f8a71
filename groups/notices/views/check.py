"""Reading before sending: the page between "send" and a message to many people.

    outcome = check.send(request, act, about=meeting.reference, asks=check.Question(...))
    if outcome.page is not None:
        return outcome.page

`act` does the whole thing. When it would write to many people and nobody has read it yet, it is
taken back and the page shows what it wrote; the page posts the same form again with the mark of
what was shown. When anybody would get anything else by then, the page is shown once more.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from coprod.core import dates, formkeys, keptforms
from coprod.core.access import Request
from groups.notices.actions import previewing
from groups.notices.actions.previewing import Preview
from groups.notices.permissions import can_send_notices

# An underline: these belong to the page, and are not kept with what was typed (keptforms).
SEEN, CHANGE, LOOK = "_seen", "_change_first", "_look"
_OURS = frozenset({"csrfmiddlewaretoken", formkeys.FIELD, keptforms.FIELD})
_SAMPLE = "_sample-"


@dataclass(frozen=True)
class Question:
    """What the page asks: what is to be sent, about what, and where "not yet" leads.

    `stays` says what undoing does not take back. `can_change` offers to go back to the form.
    `hurry` says why there is no time to undo it.
    """

    heading: str
    caption: str
    back: str
    stays: str = ""
    hurry: str = ""
    can_change: bool = False


@dataclass(frozen=True)
class Outcome:
    """The page to read first, or that it is done, and when it goes if that is not at once."""

    page: HttpResponse | None = None
    goes_at: dt.datetime | None = None

    def words(self, done: str, on_its_way: str = "") -> str:
        """Return what was done and when people hear of it."""
        if self.goes_at is None:
            return f"{done} {on_its_way}".strip()
        return (
            f"{done} The word goes out at {dates.clock(self.goes_at)}. "
            "Until then you can undo it."
        )


class _NotYet(Exception):
    """Nobody has read this yet."""


def goes_back(request: Request) -> bool:
    """Tell whether the post asks for the form again, with what was typed."""
    return CHANGE in request.POST


def send(
    request: Request, act: Callable[[], object], *, about: str, asks: Question
) -> Outcome:
    """Do it when it is read or goes to few people; otherwise return the page to read first.

    Raises what `act` raises.
    """
    seen = request.POST.get(SEEN, "")

    def may_stay(preview: Preview) -> bool:
        is_read = seen == preview.mark and not looks_again(request)
        return is_read or not preview.is_to_many

    preview, stays = try_out(request, act, about=[about], may_stay=may_stay)
    if not stays:
        return Outcome(page=_page(request, preview, asks, seen))
    return Outcome(goes_at=preview.goes_at)


def try_out(
    request: Request,
    act: Callable[[], object],
    *,
    about: Sequence[str],
    may_stay: Callable[[Preview], bool],
) -> tuple[Preview, bool]:
    """Do it, and take it all back unless what it planned about these things may stay.

    Returns what it planned, and whether that stays. Raises what `act` raises.
    """
    before = previewing.newest(about)
    try:
        with transaction.atomic():
            act()
            preview = previewing.planned_since(
                about, before, chosen=_chosen(request.POST)
            )
            if not may_stay(preview):
                raise _NotYet
    except _NotYet:
        return preview, False
    return preview, True


def looks_again(request: Request) -> bool:
    """Tell whether the post only asks to read somebody else's message."""
    return LOOK in request.POST


def _chosen(posted: QueryDict) -> dict[str, str]:
    return {
        name: str(value) for name, value in posted.items() if name.startswith(_SAMPLE)
    }


def kept(posted: QueryDict) -> Iterator[tuple[str, str]]:
    """Yield what was typed in the form, to be posted again."""
    ours = _OURS | {SEEN, CHANGE, LOOK}
    for name, values in posted.lists():
        if name not in ours and not name.startswith(_SAMPLE):
            for value in values:
                yield name, str(value)


def _page(
    request: Request, preview: Preview, asks: Question, seen: str
) -> HttpResponse:
    context = samples(request, preview) | {
        "asks": asks,
        "minutes": int(settings.TIME_TO_UNDO.total_seconds() // 60),
        "kept": list(kept(request.POST)),
        "has_changed": bool(seen) and seen != preview.mark and not looks_again(request),
    }
    return render(request, "notices/check.html", context)


def samples(request: Request, preview: Preview) -> dict[str, object]:
    """Return what notices/_check.html shows: a chair sees who is not told, and not how we reach
    anybody (ADR 11).
    """
    return {
        "preview": preview,
        "is_team": can_send_notices(request.actor),
        "own": preview.own(request.actor.person_id),
    }
