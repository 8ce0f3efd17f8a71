"""Changes of a series: each shows what it would do to which meeting before it does it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.templatetags.coprod import plural
from groups.notices.actions.previewing import Preview
from groups.notices.views import check
from meetings import recurrence, series_queries
from meetings.actions import series as actions
from meetings.forms.series import SeriesEndForm, SeriesTimeForm
from meetings.models import Series
from meetings.series_queries import Sorted
from meetings.views.series import carried, managed_series, show_form


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_time(request: Request, ref: str) -> HttpResponse:
    series = managed_series(request, ref)
    start = {
        "from_date": dates.today(),
        "start_time": series.start_time,
        "end_time": series.end_time,
    }
    form = SeriesTimeForm(request.POST or None, initial=start)
    return show_form(
        request,
        "meetings/series_time.html",
        {"series": series},
        form,
        lambda: _check_or_change(request, series, form),
    )


def _check_or_change(
    request: Request, series: Series, form: SeriesTimeForm
) -> HttpResponse:
    change = form.change()
    found = series_queries.sort_for_new_time(series, now=timezone.now(), **change)
    actions.check_new_time(found, change["start_time"], change["end_time"])
    seen, now_at = request.POST.get("seen", ""), series.version
    version = form.version_number() if seen else now_at

    def may_stay(preview: Preview) -> bool:
        return seen == _mark(found, preview) and not check.looks_again(request)

    preview, stays = check.try_out(
        request,
        lambda: actions.change_time(
            by=request.actor, series=series, version=version, **change
        ),
        about=[meeting.reference for meeting in found.told],
        may_stay=may_stay,
    )
    if not stays:
        mark = _mark(found, preview)
        context = check.samples(request, preview) | {
            "change": change,
            "heading": "Check the new time",
            "has_changed": seen not in {"", mark},
            "typed": carried(request, mark, now_at),
        }
        return _show_check(request, series, found, context)
    moved = plural(len(found.quiet) + len(found.told), "meeting is,meetings are")
    outcome = check.Outcome(goes_at=preview.goes_at)
    messages.success(request, outcome.words(f"{moved} at the new time."))
    return redirect(series)


def _mark(found: Sorted, preview: Preview) -> str:
    return recurrence.fingerprint([*found.as_lines(), preview.mark])


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_end(request: Request, ref: str) -> HttpResponse:
    series = managed_series(request, ref)
    form = SeriesEndForm(request.POST or None)
    return show_form(
        request,
        "meetings/series_end.html",
        {"series": series},
        form,
        lambda: _check_or_end(request, series, form),
    )


def _check_or_end(
    request: Request, series: Series, form: SeriesEndForm
) -> HttpResponse:
    last_day = form.cleaned_data["last_day"]
    found = series_queries.sort_for_end(series, last_day=last_day, now=timezone.now())
    mark = recurrence.fingerprint(found.as_lines())
    if request.POST.get("seen") != mark:
        context: dict[str, object] = {
            "last_day": last_day,
            "heading": "Check the end of the series",
            "typed": carried(request, mark, series.version),
        }
        return _show_check(request, series, found, context)
    actions.end_series(
        by=request.actor,
        series=series,
        version=form.version_number(),
        last_day=last_day,
    )
    day = dates.long_date(last_day)
    messages.success(request, f"The series ends on {day}.")
    return redirect(series)


def _show_check(
    request: Request, series: Series, found: Sorted, context: dict[str, object]
) -> HttpResponse:
    context |= {"series": series, "found": found}
    return render(request, "meetings/series_sort.html", context)
