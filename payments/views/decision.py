from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import money
from coprod.core.access import STAFF, Request, audience
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from payments import permissions
from payments.actions import decisions
from payments.enums import ClaimState
from payments.forms import decision as forms
from payments.models import Claim
from payments.queries import checks, finance


def _claim(actor: Actor, reference: str) -> Claim:
    claims = Claim.objects.visible_to(actor).select_related(
        "person", "submitted_by", "verified_by", "approved_by", "payee"
    )
    return get_object_or_404(claims, reference=reference)


def _refusal(check: Callable[[Actor, Claim], None], actor: Actor, claim: Claim) -> str:
    try:
        check(actor, claim)
    except ActionDenied as refusal:
        return str(refusal)
    return ""


def _show(
    form: forms.DecisionForm, refusal: RuleBroken | ActionDenied | InvalidTransition
) -> None:
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))


def _context(claim: Claim, evidence: checks.Evidence, form: forms.DecisionForm) -> dict:
    helpers = list(claim.helpers.order_by("name", "pk"))
    sent_words = "Sent in by"
    if claim.submitted_by in helpers:
        sent_words = f"Entered for {claim.person.known_as}"
        if claim.told_how:
            sent_words += f", {claim.get_told_how_display().lower()}"
    return {
        "claim": claim,
        "evidence": evidence,
        "form": form,
        "sent_words": sent_words,
        "helpers": [helper for helper in helpers if helper != claim.submitted_by],
        "steps": finance.steps_of(claim),
    }


@require_http_methods(["GET", "POST"])
@audience(STAFF)
def verify(request: Request, ref: str) -> HttpResponse:
    claim = _claim(request.actor, ref)
    form = forms.VerifyForm(request.POST or None, claim=claim)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["decision"] == forms.CHECKED:
                decisions.verify_claim(
                    claim=claim,
                    by=request.actor,
                    note=data["note"],
                    version=data["version"],
                )
                done = f"{claim.reference} is checked. It goes to an approver now."
            else:
                decisions.return_claim(
                    claim=claim,
                    by=request.actor,
                    question=data["question"],
                    version=data["version"],
                )
                done = f"We have asked {claim.person.known_as} your question."
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            _show(form, refusal)
        else:
            messages.success(request, done)
            return redirect(claim)
    evidence = checks.evidence_for(claim)
    context = _context(claim, evidence, form) | {
        "is_waiting": claim.state == ClaimState.SUBMITTED,
        "refusal": _refusal(permissions.check_can_verify_claim, request.actor, claim),
    }
    return render(request, "payments/verify.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.APPROVER)
def approve(request: Request, ref: str) -> HttpResponse:
    claim = _claim(request.actor, ref)
    evidence = checks.evidence_for(claim)
    form = forms.ApproveForm(
        request.POST or None,
        claim=claim,
        lines=evidence.lines,
        claimed=evidence.claimed,
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = _decide(form, claim, request.actor)
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            _show(form, refusal)
        else:
            messages.success(request, done)
            return redirect(claim)
    limit = permissions.limit_of(request.actor)
    context = _context(claim, evidence, form) | {
        "is_waiting": claim.state == ClaimState.VERIFIED,
        "refusal": _refusal(permissions.check_can_approve_claim, request.actor, claim),
        "limit": limit,
        "is_over_limit": limit is None or evidence.claimed > limit,
        "left_to_decide": finance.claims_to_decide(request.actor).count(),
    }
    return render(request, "payments/approve.html", context)


def _decide(form: forms.ApproveForm, claim: Claim, by: Actor) -> str:
    data = form.cleaned_data
    name, version = claim.person.known_as, data["version"]
    if data["decision"] == forms.ASK:
        decisions.return_claim(
            claim=claim, by=by, question=data["question"], version=version
        )
        return f"We have asked {name} your question."
    if data["decision"] == forms.NO:
        decisions.reject_claim(
            claim=claim, by=by, reason=data["reason"], version=version
        )
        return f"You did not approve {claim.reference}. We tell {name} why."
    smaller = form.reductions if data["decision"] == forms.LESS else {}
    decisions.approve_claim(claim=claim, by=by, reductions=smaller, version=version)
    total = sum(line.allowed_pence for line in claim.lines.all())
    return f"You approved {money.pounds(total)} for {name}. We tell {name} now."
