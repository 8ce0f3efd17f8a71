from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import dates
from coprod.core.access import STAFF, Request, audience
from groups.notices import queries
from groups.notices.actions import calling, copying, mending, posting
from groups.notices.enums import ARRIVING, CallOutcome, DeliveryState
from groups.notices.forms import CallForm, CameBackForm, DealtWithForm
from groups.notices.models import Delivery
from groups.notices.views.answers import REFUSALS, try_to
from groups.notices.views.outbox import call_context
from groups.people.enums import Channel


def load(request: Request, ref: str) -> Delivery:
    rows = Delivery.objects.visible_to(request.actor).select_related(
        "person", "notice", "dealt_with_by", "print_run", "owner"
    )
    return get_object_or_404(
        rows.prefetch_related("person__contact_points"), reference=ref
    )


@audience(STAFF)
@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    context = {
        "delivery": delivery,
        "other_ways": other_ways(delivery),
        "can_be_printed": delivery.channel == Channel.LETTER
        and queries.letters_go_by_themselves(),
        "is_uncertain": delivery.state == DeliveryState.UNCERTAIN,
        "can_copy": delivery.state in ARRIVING and not delivery.words_removed_at,
        "can_undo": posting.can_be_taken_back(delivery),
        "can_come_back": delivery.state == DeliveryState.HANDED_OVER
        and delivery.channel != Channel.PHONE,
        "is_call_to_make": delivery.state == DeliveryState.PLANNED
        and delivery.channel == Channel.PHONE,
    }
    return render(request, "notices/delivery_detail.html", context)


@dataclass(frozen=True)
class Way:
    """One other channel a person can be reached by: the words on the button and where it goes."""

    label: str
    url: str


def other_ways(delivery: Delivery) -> list[Way]:
    words = {
        Channel.PHONE: ("Ring instead", "ring"),
        Channel.LETTER: ("Post it instead", "post"),
    }
    return [
        Way(label, reverse("notices:delivery-mend", args=[delivery.reference, verb]))
        for channel, (label, verb) in words.items()
        if channel != delivery.channel and queries.address_for(delivery.person, channel)
    ]


@audience(STAFF)
@require_POST
def mend(request: Request, ref: str, what: str) -> HttpResponse:
    delivery = load(request, ref)
    by = request.actor
    acts = {
        "send-again": (
            lambda: mending.send_again(by=by, delivery=delivery),
            "It goes out again.",
        ),
        "post": (
            lambda: mending.use_other_channel(
                by=by, delivery=delivery, channel=Channel.LETTER
            ),
            "A letter goes by itself."
            if queries.letters_go_by_themselves()
            else "A letter waits to be printed.",
        ),
        "ring": (
            lambda: mending.use_other_channel(
                by=by, delivery=delivery, channel=Channel.PHONE
            ),
            "It is on the list of calls to make.",
        ),
        "copy": (
            lambda: copying.send_copy(by=by, delivery=delivery),
            "Another copy goes out, the way they want to hear from us.",
        ),
        "arrived": (
            lambda: mending.mark_arrived(by=by, delivery=delivery),
            "Marked as arrived.",
        ),
        "undo": (
            lambda: posting.undo_posted(by=by, delivery=delivery),
            "Taken back. It is to be taken out of its pile."
            if delivery.was_called_off
            else "Taken back. It waits again.",
        ),
    }
    if what not in acts:
        raise Http404
    act, done = acts[what]
    return try_to(
        request,
        act,
        done=done,
        to=reverse("notices:outbox"),
        instead=delivery.get_absolute_url(),
    )


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def came_back(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    form = CameBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mending.mark_came_back(
                by=request.actor, delivery=delivery, **form.cleaned_data
            )
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Written down. It is under “Did not arrive”.")
            return redirect("notices:outbox")
    return render(
        request, "notices/came_back.html", {"delivery": delivery, "form": form}
    )


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def dealt_with(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    form = DealtWithForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mending.deal_with(by=request.actor, delivery=delivery, **form.cleaned_data)
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Taken off the list.")
            return redirect("notices:outbox")
    return render(
        request, "notices/dealt_with.html", {"delivery": delivery, "form": form}
    )


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: Request, ref: str) -> HttpResponse:
    delivery = load(request, ref)
    if delivery.channel != Channel.PHONE:
        raise Http404
    if delivery.state != DeliveryState.PLANNED and request.method != "POST":
        return redirect(delivery)
    context = call_context(delivery)
    if request.method != "POST" and context["card"] is not None:
        return redirect(str(context["action"]))
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calling.record_call(
                by=request.actor, delivery=delivery, **form.cleaned_data
            )
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, what_came_of(delivery, form.cleaned_data["outcome"])
            )
            return redirect("notices:outbox")
    own = {"form": form, "card": None, "action": request.path}
    return render(request, "notices/call.html", context | own)


def what_came_of(delivery: Delivery, outcome: str) -> str:
    """Return what staff are told after a call."""
    name = delivery.person.known_as
    if outcome == CallOutcome.NO_ANSWER:
        return f"We try {name} again on {dates.long_datetime(delivery.due_at)}."
    if outcome == CallOutcome.WRONG_NUMBER:
        return f"The call to {name} is under “Did not arrive”."
    return f"Written down: the call to {name}."
