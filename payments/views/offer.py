from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.people.enums import GivenHow, SupportScope
from meetings.models import Meeting
from payments import permissions, queries
from payments.actions import offers
from payments.forms.claim import ChoiceForm
from payments.models import Offer
from payments.views.claim_parts import find_claim


def _choose(request: Request, offer: Offer, back: str) -> HttpResponse:
    """Show one offer and keep what the member chooses; staff write down what she told them."""
    own = offer.person_id == request.actor.person_id
    helping = "" if own else offer.person.known_as
    initial = {"answer": queries.answer_to(offer)}
    form = ChoiceForm(request.POST or None, helping=helping, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            offers.choose(
                offer=offer,
                answer=form.cleaned_data["answer"],
                by=request.actor,
                told_how=form.cleaned_data.get("told_how", GivenHow.ONLINE),
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The choice is saved.")
            return redirect(back)
    context = {"form": form, "offer": offer, "back": back, "helping": helping}
    return render(request, "payments/offer_form.html", context)


@audience(MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_choose(request: Request, ref: str) -> HttpResponse:
    if not request.actor.has_scope(SupportScope.CLAIM):
        raise Http404
    visible = Meeting.objects.visible_to(request.actor)
    meeting = get_object_or_404(visible, reference=ref)
    offer = queries.offer_for(request.actor.person_id or 0, meeting.pk)
    if offer is None:
        raise Http404
    return _choose(request, offer, meeting.get_absolute_url())


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_choice(request: Request, ref: str, meeting_ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    permissions.check_can_edit_claim(request.actor, claim)
    meeting = get_object_or_404(queries.meetings_of(claim), reference=meeting_ref)
    offer = queries.offer_for(claim.person_id, meeting.pk)
    if offer is None:
        raise Http404
    return _choose(request, offer, reverse("payments:claim-detail", args=[ref]))
