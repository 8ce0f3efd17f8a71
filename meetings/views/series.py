from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import dates
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from coprod.core.formpack import Form
from coprod.core.templatetags.coprod import plural
from groups.notices.views import check
from meetings import permissions, queries, recurrence, series_queries
from meetings.actions import series as actions
from meetings.forms.series import MoreDatesForm, SeriesForm
from meetings.models import Series
from meetings.recurrence import Line

_PER_PAGE = 20
# What the check page writes anew, and what no form carries on.
_NOT_CARRIED = frozenset({"seen", "again", "version"})


def managed_series(request: Request, ref: str) -> Series:
    managed = Series.objects.managed_by(request.actor).select_related("group")
    return get_object_or_404(managed, reference=ref)


def carried(request: Request, seen: str, version: int = 0) -> list[tuple[str, str]]:
    """Return what was typed for the check page to carry on, and the mark of what it shows."""
    typed = check.kept(request.POST)
    pairs = [(name, value) for name, value in typed if name not in _NOT_CARRIED]
    return [*pairs, ("seen", seen), ("version", str(version))]


def show_form(
    request: Request,
    template: str,
    context: dict[str, object],
    form: Form,
    act: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show a form until what was typed is right and sent on, then act.

    Opened again to change what was typed, it is not sent on.
    """
    is_sent_on = request.method == "POST" and "again" not in request.POST
    if is_sent_on and form.is_valid():
        try:
            return act()
        except RuleBroken as refusal:
            form.refuse(refusal)
    return render(request, template, context | {"form": form})


def _mark(lines: Iterable[Line]) -> str:
    return recurrence.fingerprint((line.rule_date, line.date) for line in lines)


def _dates_context(lines: list[Line]) -> dict[str, object]:
    known_until = dates.bank_holidays_known_until()
    kept = [line.date for line in lines if line.date]
    return {
        "lines": lines,
        "kept": len(kept),
        "known_until": known_until if kept and max(kept) > known_until else None,
    }


@audience(STAFF, CHAIRS)
@require_safe
def series_list(request: Request) -> HttpResponse:
    rows = series_queries.series_list(request.actor, timezone.now())
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    if not page.object_list and not _plans_any(request):
        raise Http404
    listed = [(row, recurrence.rule_words(row.rule)) for row in page]
    context = {"page": page, "listed": listed}
    return render(request, "meetings/series_list.html", context)


def _plans_any(request: Request) -> bool:
    manages = permissions.can_manage_meetings(request.actor)
    return manages or queries.groups_to_plan_for(request.actor).exists()


@audience(STAFF, CHAIRS)
@require_safe
def series_detail(request: Request, ref: str) -> HttpResponse:
    series = managed_series(request, ref)
    meetings = series_queries.meetings_of(series)
    now = timezone.now()
    to_come = [m for m in meetings if m.ends_at > now]
    context = {
        "series": series,
        "rule_words": recurrence.rule_words(series.rule),
        "to_come": [(m, series_queries.is_off_time(series, m)) for m in to_come],
        "over": len(meetings) - len(to_come),
        "to_decide": series_queries.waiting_for_a_decision(series, meetings, now),
    }
    return render(request, "meetings/series_detail.html", context)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_add(request: Request) -> HttpResponse:
    if not _plans_any(request):
        raise Http404
    groups = queries.groups_to_plan_for(request.actor)
    chosen = groups.filter(slug=request.GET.get("group", "")).first()
    form = SeriesForm(request.POST or None, groups=groups, initial={"group": chosen})
    return show_form(
        request,
        "meetings/series_form.html",
        {},
        form,
        lambda: _check_or_plan(request, form),
    )


def _check_or_plan(request: Request, form: SeriesForm) -> HttpResponse:
    data, details = form.cleaned_data, form.details()
    rule = recurrence.rule_for(data["frequency"], data["date"])
    which: dict[str, Any] = {
        "rule": rule,
        "on_holidays": data["on_holidays"],
        "count": data["count"],
    }
    lines = actions.dates_for(details=details, **which)  # type: ignore[arg-type]  # the form has each
    seen = _mark(lines)
    if request.POST.get("seen") != seen:
        context = _dates_context(lines) | {
            "rule_words": recurrence.rule_words(rule),
            "details": details,
            "group": data["group"],
            "typed": carried(request, seen),
        }
        return render(request, "meetings/series_check.html", context)
    series = actions.plan_series(
        by=request.actor, group=data["group"], **which, **details
    )
    planned = plural(sum(line.is_kept for line in lines), "meeting is,meetings are")
    messages.success(request, f"{planned} planned. Nobody is told yet.")
    return redirect(series)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_dates(request: Request, ref: str) -> HttpResponse:
    series = managed_series(request, ref)
    start = {"after": series.last_date.isoformat()}
    form = MoreDatesForm(request.POST or None, initial=start)
    return show_form(
        request,
        "meetings/series_dates.html",
        {"series": series},
        form,
        lambda: _check_or_add(request, series, form),
    )


def _check_or_add(
    request: Request, series: Series, form: MoreDatesForm
) -> HttpResponse:
    which = form.cleaned_data
    lines = actions.more_dates_for(series, **which)
    seen = _mark(lines)
    if request.POST.get("seen") != seen:
        context = _dates_context(lines) | {
            "rule_words": recurrence.rule_words(series.rule),
            "details": actions.details_of_next(series),
            "group": series.group,
            "series": series,
            "typed": carried(request, seen),
        }
        return render(request, "meetings/series_check.html", context)
    made = actions.add_dates(by=request.actor, series=series, **which)
    planned = plural(len(made), "meeting is,meetings are")
    messages.success(request, f"{planned} added. Nobody is told yet.")
    return redirect(series)
