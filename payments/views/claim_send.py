from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.people.enums import GivenHow
from payments import emails, permissions, queries
from payments.actions import claims
from payments.enums import LineKind
from payments.forms.claim import SendForm, WithdrawForm
from payments.models import Claim, ClaimLine
from payments.views.claim_parts import find_claim, name_of, shared


def send_form(
    request: Request, claim: Claim, lines: list[ClaimLine], data: Any = None
) -> SendForm:
    actor = request.actor
    own = claim.person_id == actor.person_id
    for_other = not own or actor.is_supporter
    return SendForm(
        data,
        name=claim.person.known_as if for_other else "",
        sender=actor.name,
        staff=not own,
        late=bool(queries.late_words(claim, lines)),
        initial={"version": claim.version, "late_reason": claim.late_reason},
    )


def check_page(
    request: Request, claim: Claim, lines: list[ClaimLine], form: SendForm
) -> HttpResponse:
    choices = {meeting.pk: answer for meeting, answer in queries.choices_of(claim)}
    context = shared(request, claim, lines) | {
        "form": form,
        "sums": queries.sums(lines),
        "is_staff_entry": claim.person_id != request.actor.person_id,
        "question": _question(claim),
        "late": queries.late_words(claim, lines),
        "choices": [
            {
                "meeting": x,
                "answer": choices[x.pk],
                "words": emails.answer_words(choices[x.pk]),
            }
            for x in (
                line.meeting for line in lines if line.kind == LineKind.INVOLVEMENT
            )
            if x is not None and x.pk in choices
        ],
        "pay_by": queries.promised_date(lines),
    }
    return render(request, "payments/claim_check.html", context)


def _question(claim: Claim) -> str:
    status = [x for x in queries.steps_taken(claim) if x.to_state == claim.state]
    return status[-1].words if status else ""


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_send(request: Request, ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    if request.method != "POST":
        # The form stands on the claim's own page; this address shows it only after a slip.
        return redirect(claim)
    permissions.check_can_edit_claim(request.actor, claim)
    lines = queries.lines_of(claim)
    form = send_form(request, claim, lines, request.POST)
    if form.is_valid():
        try:
            claims.submit_claim(
                claim=claim,
                by=request.actor,
                told_how=form.cleaned_data.get("told_how", GivenHow.ONLINE),
                version=form.cleaned_data["version"],
                late_reason=form.cleaned_data.get("late_reason", ""),
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The claim is sent.")
            return redirect(claim)
    return check_page(request, claim, lines, form)


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_withdraw(request: Request, ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    permissions.check_can_withdraw_claim(request.actor, claim)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        claims.withdraw_claim(claim=claim, by=request.actor, **form.cleaned_data)
        messages.success(request, f"Claim {claim.reference} is taken back.")
        return redirect("payments:claim-list")
    context = {"form": form, "claim": claim, "helping": name_of(request, claim.person)}
    return render(request, "payments/claim_withdraw.html", context)
