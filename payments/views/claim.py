from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core.access import FINANCE, MEMBERS, STAFF, Request, audience
from coprod.core.enums import Permission, Role
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.people.enums import GivenHow, SupportScope
from groups.people.models import Person
from meetings.models import Meeting
from payments import emails, permissions, queries
from payments.actions import claims
from payments.enums import LineKind
from payments.forms.claim import SendForm, StartForm, WithdrawForm
from payments.models import Claim, ClaimLine

READERS = (MEMBERS, STAFF, FINANCE, Role.APPROVER, Role.AUDITOR)
_NAMES = {LineKind.INVOLVEMENT: "At the meeting", LineKind.MILEAGE: "By car"}


@audience(*READERS)
@require_safe
def claim_list(request: Request) -> HttpResponse:
    is_own = not request.actor.can(Permission.SEE_ALL_CLAIMS)
    page = queries.claims_page(
        Claim.objects.visible_to(request.actor),
        for_team=not is_own,
        wanted=request.GET.get("state", ""),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "page": page,
        "is_own": is_own,
        "can_start": request.actor.has_scope(SupportScope.CLAIM),
        "wanted": request.GET.get("state", ""),
    }
    return render(request, "payments/claim_list.html", context)


def _person_to_claim_for(request: Request) -> Person:
    """Return the member acted as, or the one staff named in the address."""
    reference = request.GET.get("person", "")
    people = Person.objects.visible_to(request.actor)
    if reference and request.actor.can(Permission.HELP_WITH_CLAIMS):
        return get_object_or_404(people, reference=reference)
    return get_object_or_404(Person, pk=request.actor.person_id)


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_add(request: Request) -> HttpResponse:
    person = _person_to_claim_for(request)
    permissions.check_can_help(request.actor, person.pk)
    there = [row.meeting for row in queries.attended_without_claim(person.pk)]
    form = StartForm(request.POST or None, meetings=there)
    already = None
    if request.method == "POST" and form.is_valid():
        wanted = Meeting.objects.filter(reference__in=form.cleaned_data["meetings"])
        try:
            claim = claims.draft_claim(
                person=person,
                by=request.actor,
                meetings=list(wanted.select_related("group").order_by("date", "pk")),
            )
        except claims.AlreadyClaimed as refusal:
            form.refuse(refusal)
            already = refusal.claim
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "We have filled in the time. Check it, then send it."
            )
            return redirect(claim)
    context = {"form": form, "person": person, "already": already, "there": there}
    context["helping"] = _name_of(request, person)
    return render(request, "payments/claim_add.html", context)


def _name_of(request: Request, person: Person) -> str:
    """Return the member's first name when somebody else is reading, else nothing."""
    actor = request.actor
    own = person.pk == actor.person_id and not actor.is_supporter
    return "" if own else person.first_name


def find_claim(request: Request, ref: str) -> Claim:
    """Load a claim the actor may open, with the people on it, or answer 404."""
    visible: Claim = get_object_or_404(
        Claim.objects.visible_to(request.actor).select_related(
            "person", "submitted_by", "verified_by", "approved_by"
        ),
        reference=ref,
    )
    return visible


@audience(*READERS)
@require_safe
def claim_detail(request: Request, ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    if permissions.can_edit_claim(request.actor, claim):
        return _check_page(request, claim, _send_form(request, claim))
    lines = queries.lines_of(claim)
    context = _shared(request, claim, lines) | {
        "status": queries.claim_status(claim, request.actor),
        "claimed": queries.sums(lines),
        "sums": queries.sums(lines, allowed=True),
        "can_verify": permissions.can_verify_claim(request.actor, claim),
        "can_approve": permissions.can_approve_claim(request.actor, claim),
        "can_withdraw": permissions.can_withdraw_claim(request.actor, claim),
    }
    return render(request, "payments/claim_status.html", context)


def _shared(request: Request, claim: Claim, lines: list[ClaimLine]) -> dict[str, Any]:
    meetings = [line.meeting for line in lines if line.kind == LineKind.INVOLVEMENT]
    many = len(meetings) > 1
    return {
        "claim": claim,
        "meetings": meetings,
        "helping": _name_of(request, claim.person),
        "rows": [
            {
                "line": line,
                "name": _NAMES.get(LineKind(line.kind), line.get_kind_display()),
                "words": emails.line_sum_words(line),
                "receipts": list(line.receipts.all()),
                "is_time": line.kind == LineKind.INVOLVEMENT,
                "is_miles": line.kind == LineKind.MILEAGE,
                "show_day": many,
                "is_reduced": line.allowed_pence != line.claimed_pence,
            }
            for line in lines
        ],
    }


def _send_form(request: Request, claim: Claim, data: Any = None) -> SendForm:
    actor = request.actor
    own = claim.person_id == actor.person_id
    for_other = not own or actor.is_supporter
    return SendForm(
        data,
        name=claim.person.known_as if for_other else "",
        sender=actor.name,
        staff=not own,
        initial={"version": claim.version},
    )


def _check_page(request: Request, claim: Claim, form: SendForm) -> HttpResponse:
    lines = queries.lines_of(claim)
    choices = {meeting.pk: answer for meeting, answer in queries.choices_of(claim)}
    context = _shared(request, claim, lines) | {
        "form": form,
        "sums": queries.sums(lines),
        "is_staff_entry": claim.person_id != request.actor.person_id,
        "question": _question(claim),
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
@require_POST
def claim_send(request: Request, ref: str) -> HttpResponse:
    claim = find_claim(request, ref)
    permissions.check_can_edit_claim(request.actor, claim)
    form = _send_form(request, claim, request.POST)
    if form.is_valid():
        try:
            claims.submit_claim(
                claim=claim,
                by=request.actor,
                told_how=form.cleaned_data.get("told_how", GivenHow.ONLINE),
                version=form.cleaned_data["version"],
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The claim is sent.")
            return redirect(claim)
    return _check_page(request, claim, form)


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
    context = {"form": form, "claim": claim, "helping": _name_of(request, claim.person)}
    return render(request, "payments/claim_withdraw.html", context)
