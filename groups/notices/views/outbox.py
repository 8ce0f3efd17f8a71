import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coprod.core import dates
from coprod.core.access import STAFF, Request, audience
from groups.notices import answering, called_off, queries, today, windows
from groups.notices import history as looking
from groups.notices.actions import calling
from groups.notices.answering import Card
from groups.notices.forms import CallForm, HistoryForm
from groups.notices.history import Wanted
from groups.notices.models import Delivery

MOST_CALLS = 20
MOST_ROWS = 60
PER_PAGE = 50


def end_of_today() -> dt.datetime:
    return dates.wall_to_instant(dates.today() + dt.timedelta(days=1), dt.time(0))


@audience(STAFF)
@require_safe
def outbox(request: Request) -> HttpResponse:
    calls = list(queries.calls(request.actor)[: MOST_CALLS + 1])
    letters = list(queries.letters(request.actor)[:MOST_ROWS])
    piles = queries.print_runs_waiting(request.actor)
    held = windows.windows(request.actor)
    troubles = list(queries.in_trouble(request.actor)[:MOST_ROWS])
    out = called_off.to_take_out(request.actor)
    context = {
        "called_off": out,
        "counts": queries.outbox(request.actor),
        "channels": today.by_channel(request.actor),
        "windows": held,
        "letters": [queries.line(row, dates.today()) for row in letters],
        "make": _what_to_make(letters),
        "letters_go_by_themselves": queries.letters_go_by_themselves(),
        "piles": piles,
        "troubles": troubles,
        "later_calls": [queries.line(row, dates.today()) for row in calls[1:]],
        "make_url": reverse("notices:print-run-make"),
        "is_all_quiet": not (calls or letters or troubles or piles or held or out),
    }
    if calls:
        context |= call_context(calls[0])
    return render(request, "notices/outbox.html", context)


@dataclass(frozen=True)
class Make:
    """The button that takes letters to print: its words, and which letters it takes."""

    words: str
    which: str


def _what_to_make(letters: list[Delivery]) -> Make | None:
    if not letters or queries.letters_go_by_themselves():
        return None
    if any(letter.due_at < end_of_today() for letter in letters):
        return Make("Make the letters PDF", "due")
    return Make("Make the PDF of the letters for later days", "all")


def call_context(call: Delivery, *, card: Card | None = None) -> dict[str, object]:
    """Return what the card of one call needs; `card` is one whose form was already sent."""
    try_again = calling.next_try(call.person, timezone.now())
    card = card or answering.card_for(call)
    return {
        "call": call,
        "card": card,
        "form": card.form if card else CallForm(),
        "action": card.url if card else reverse("notices:call", args=[call.reference]),
        "number": queries.address_for(call.person, call.channel),
        "window": queries.call_window(call.person),
        "no_answer_words": f"No answer, try again {_when(try_again)}",
    }


def _when(moment: dt.datetime) -> str:
    is_today = dates.local(moment).date() == dates.today()
    day = "" if is_today else f" on {dates.short_date(moment)}"
    return f"at {dates.clock(moment)}{day}"


@audience(STAFF)
@require_safe
def history(request: Request) -> HttpResponse:
    form = HistoryForm(request.GET, occasions=looking.occasions())
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else None
    rows = looking.found(request.actor, wanted) if wanted else Delivery.objects.none()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {"form": form, "page_obj": page, "is_chosen": any(asked.values())}
    return render(request, "notices/history.html", context)
