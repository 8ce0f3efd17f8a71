"""Ringing somebody about a meeting: the answer is taken in the same post as the call."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coprod.core.access import STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import actions as notices
from groups.notices.answering import Card
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.notices.views.delivery import load, what_came_of
from groups.notices.views.outbox import call_context
from groups.people.enums import Channel
from meetings import occasions, permissions
from meetings.actions import calls
from meetings.enums import Reply
from meetings.forms.call import CallAnswerForm
from meetings.models import Invitation
from meetings.views.reply import supporter_names

# What a call may be about that the person can answer.
ASKS = (occasions.INVITATION, occasions.CHANGED, occasions.REMINDER)
_BUTTONS = (
    (Reply.COMING.value, "Yes, coming", "tick"),
    (Reply.NOT_COMING.value, "Not this time", "cross"),
    (Reply.NOT_SURE.value, "Not sure yet", ""),
)


def invitation_of(call: Delivery) -> Invitation | None:
    """Return the invitation that a call asks about, if it can still be answered."""
    if call.notice.occasion not in ASKS:
        return None
    reference = call.notice.about
    rows = Invitation.objects.select_related("meeting__group", "person")
    found = rows.filter(meeting__reference=reference, person_id=call.person_id).first()
    is_open = found is not None and permissions.is_open_for_replies(found.meeting)
    return found if is_open else None


def card_for_call(call: Delivery) -> Card | None:
    """Return how the outbox takes the answer to a call about a meeting (notices.answering)."""
    invitation = invitation_of(call)
    if invitation is None:
        return None
    names = supporter_names(invitation.person)
    return _card(
        call, invitation, CallAnswerForm(invitation=invitation, supporters=names)
    )


def _card(call: Delivery, invitation: Invitation, form: CallAnswerForm) -> Card:
    args = [invitation.meeting.reference, call.reference]
    return Card(
        form=form, url=reverse("meetings:meeting-call", args=args), buttons=_BUTTONS
    )


def _find(request: Request, ref: str, delivery_ref: str) -> tuple[Delivery, Invitation]:
    call = load(request, delivery_ref)
    invitation = invitation_of(call)
    if invitation is None or invitation.meeting.reference != ref:
        raise Http404
    if call.channel != Channel.PHONE:
        raise Http404
    return call, invitation


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: Request, ref: str, delivery_ref: str) -> HttpResponse:
    delivery, invitation = _find(request, ref, delivery_ref)
    permissions.check_can_reply(request.actor, invitation)
    if delivery.state != DeliveryState.PLANNED and request.method != "POST":
        return redirect(delivery)
    form = CallAnswerForm(
        request.POST or None,
        invitation=invitation,
        supporters=supporter_names(invitation.person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, delivery, invitation, form)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            outcome = form.cleaned_data["outcome"]
            messages.success(request, what_came_of(delivery, outcome))
            return redirect("notices:outbox")
    card = _card(delivery, invitation, form)
    return render(request, "notices/call.html", call_context(delivery, card=card))


def _record(
    request: Request, call: Delivery, invitation: Invitation, form: CallAnswerForm
) -> None:
    if form.is_answer:
        calls.record_answer(
            by=request.actor, call=call, invitation=invitation, **form.answer()
        )
        return
    notices.record_call(
        by=request.actor,
        delivery=call,
        outcome=form.cleaned_data["outcome"],
        words=form.cleaned_data["note"],
    )
