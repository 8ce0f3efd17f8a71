from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coprod.core.access import CHAIRS, STAFF, Request, audience
from groups.notices import permissions, texts, windows
from groups.notices.actions import undoing
from groups.notices.models import Delivery, Notice
from groups.notices.views.answers import try_to


def _find(request: Request, ref: str) -> Notice:
    rows = Notice.objects.select_related("planned_by", "undone_by")
    notice = get_object_or_404(rows, reference=ref, held_until__isnull=False)
    if not permissions.can_undo(request.actor, notice):
        raise Http404
    return notice


def _back(request: Request, sample: Delivery | None) -> str:
    if permissions.can_send_notices(request.actor):
        return reverse("notices:outbox")
    path = sample.link_path if sample is not None else ""
    return path or reverse("home:home")


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Request, ref: str) -> HttpResponse:
    notice = _find(request, ref)
    together = undoing.in_window(notice).select_related("person").order_by("pk")
    sample = together.first()
    back = _back(request, sample)
    if request.method == "POST":
        return try_to(
            request,
            lambda: undoing.undo(by=request.actor, notice=notice),
            done="Undone. None of these messages goes out.",
            to=reverse("notices:undo", args=[ref]),
            instead=back,
        )
    context = {
        "notice": notice,
        "is_open": windows.is_open(notice, timezone.now()),
        "can_send": undoing.can_be_sent_after_all(notice),
        "count": undoing.waiting_in(notice),
        "sample": sample if permissions.can_send_notices(request.actor) else None,
        "text_words": texts.whole(sample) if sample is not None else "",
        "thing": sample.link_path if sample is not None else "",
        "back": back,
    }
    return render(request, "notices/undo.html", context)


@audience(STAFF, CHAIRS)
@require_POST
def send_after_all(request: Request, ref: str) -> HttpResponse:
    notice = _find(request, ref)
    page = reverse("notices:undo", args=[ref])
    return try_to(
        request,
        lambda: undoing.send_after_all(by=request.actor, notice=notice),
        done="These messages go out after all. You can undo it once more until then.",
        to=page,
        instead=page,
    )
