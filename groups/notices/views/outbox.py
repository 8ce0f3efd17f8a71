import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coprod.core import dates
from coprod.core.access import STAFF, Request, audience
from groups.notices import queries
from groups.notices.actions import calling
from groups.notices.forms import CallForm, SentFilterForm
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
    troubles = list(queries.in_trouble(request.actor)[:MOST_ROWS])
    context = {
        "counts": queries.outbox(request.actor),
        "letters": [queries.line(row, dates.today()) for row in letters],
        "letters_due": sum(letter.due_at < end_of_today() for letter in letters),
        "piles": piles,
        "troubles": troubles,
        "later_calls": [queries.line(row, dates.today()) for row in calls[1:]],
        "make_url": reverse("notices:print-run-make"),
        "is_all_quiet": not (calls or letters or troubles or piles),
    }
    if calls:
        context |= call_context(calls[0]) | {"form": CallForm()}
    return render(request, "notices/outbox.html", context)


def call_context(call: Delivery) -> dict[str, object]:
    try_again = calling.next_try(call.person, timezone.now())
    return {
        "call": call,
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
def sent_list(request: Request) -> HttpResponse:
    form = SentFilterForm(request.GET)
    channel = form.cleaned_data["channel"] if form.is_valid() else ""
    rows = queries.sent(request.actor, channel=channel)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/sent_list.html", {"form": form, "page_obj": page})
