from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coprod.core.access import STAFF, Request, audience
from groups.notices import owners
from groups.notices.actions import owning
from groups.notices.forms import HandToForm
from groups.notices.views.answers import REFUSALS, try_to
from groups.notices.views.delivery import load


@audience(STAFF)
@require_POST
def take_over(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    return try_to(
        request,
        lambda: owning.take_over(by=request.actor, delivery=delivery),
        done="It is yours. You find it on your first page.",
        to=delivery.get_absolute_url(),
    )


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_to(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    form = HandToForm(request.POST or None, colleagues=owners.colleagues())
    if request.method == "POST" and form.is_valid():
        try:
            owning.hand_to(by=request.actor, delivery=delivery, **form.cleaned_data)
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            name = form.cleaned_data["colleague"].name
            messages.success(request, f"{name} finds it on the first page now.")
            return redirect(delivery)
    return render(request, "notices/hand_to.html", {"delivery": delivery, "form": form})
