from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coprod.core import audit, dates, downloads
from coprod.core.access import FINANCE, STAFF, Request, audience
from coprod.core.enums import Role
from coprod.reports import queries, writers
from coprod.reports.forms import PeriodForm


@require_safe
@audience(STAFF, FINANCE, Role.AUDITOR)
def index(request: Request) -> HttpResponse:
    return render(request, "reports/index.html")


def _form(request: Request) -> PeriodForm:
    found = queries.periods(dates.today())
    asked = request.GET if "period" in request.GET else None
    return PeriodForm(asked, periods=found, initial={"period": found[0].key})


@require_safe
@audience(STAFF, FINANCE, Role.AUDITOR)
def paid(request: Request) -> HttpResponse:
    form = _form(request)
    context = {
        "form": form,
        "report": queries.paid(request.actor, form.chosen),
        "run_words": f"Run on {dates.long_datetime(timezone.now())} by {request.actor.name}.",
    }
    return render(request, "reports/paid.html", context)


@require_safe
@audience(STAFF, FINANCE, Role.AUDITOR)
def paid_csv(request: Request) -> StreamingHttpResponse:
    period = _form(request).chosen
    report = queries.paid(request.actor, period)
    audit.record(
        by=request.actor,
        verb="downloaded report",
        on=f"paid, {period.start} to {period.end}",
        object_kind="report",
    )
    return downloads.made_file(
        writers.paid_csv(report, ran_at=timezone.now(), ran_by=request.actor.name),
        name=f"paid-{period.key}-{dates.today()}.csv",
        content_type="text/csv; charset=utf-8",
    )
