from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import STAFF, Request, audience, public
from groups.notices import health, reporting
from groups.notices.actions import alerts
from groups.notices.forms import DealtWithForm
from groups.notices.models import Alert
from groups.notices.views.answers import REFUSALS


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    try:
        found = health.look()
    except Error:
        return JsonResponse({"database": "does not answer"}, status=503)
    worker = "not seen" if found.is_worker_silent else "ok"
    if found.is_clock_silent and found.is_silent(health.SWEEP):
        worker = "not rung"
    parts = {
        "database": "ok",
        "queue": "late" if found.waiting else "ok",
        "worker": worker,
        "beat": "not seen" if found.is_clock_silent else "ok",
    }
    is_ready = set(parts.values()) == {"ok"}
    oldest = int(found.oldest_waiting.total_seconds())
    return JsonResponse(
        parts | {"oldest_waiting_seconds": oldest}, status=200 if is_ready else 503
    )


@audience(STAFF)
@require_safe
def health_page(request: Request) -> HttpResponse:
    return render(request, "notices/health.html", {"report": reporting.report()})


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: Request, kind: str, about: str) -> HttpResponse:
    found = get_object_or_404(
        Alert.objects.select_related("dealt_with_by"), kind=kind, about=about
    )
    form = DealtWithForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alerts.deal_with_alert(by=request.actor, alert=found, **form.cleaned_data)
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Taken off the list.")
            return redirect("notices:health")
    return render(request, "notices/alert.html", {"alert": found, "form": form})
