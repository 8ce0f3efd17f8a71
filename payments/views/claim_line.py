from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import downloads, money
from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from payments import permissions, queries
from payments.actions import lines
from payments.enums import LineKind
from payments.forms.claim import CostForm, MilesForm
from payments.models import Claim, ClaimLine, Receipt
from payments.views.claim_parts import READERS, find_claim


def _editable(request: Request, ref: str) -> Claim:
    claim = find_claim(request, ref)
    permissions.check_can_edit_claim(request.actor, claim)
    return claim


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def miles(request: Request, ref: str, pk: int | None = None) -> HttpResponse:
    claim = _editable(request, ref)
    journeys = claim.lines.filter(kind=LineKind.MILEAGE).select_related("meeting")
    line = get_object_or_404(journeys, pk=pk) if pk else None
    form = MilesForm(
        request.POST or None,
        meetings=list(queries.meetings_of(claim)),
        initial=_miles_of(line) if line else {"journey_from": "Home"},
    )
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "meeting"}
        try:
            lines.save_miles(
                claim=claim,
                by=request.actor,
                meeting=form.chosen_meeting(),
                line=line,
                **data,
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The miles are saved.")
            return redirect(claim)
    heading = "Change these miles" if line else "Add miles by car"
    context = {"form": form, "claim": claim, "line": line, "heading": heading}
    context["receipts"] = []
    return render(request, "payments/claim_line.html", context)


def _miles_of(line: ClaimLine) -> dict[str, object]:
    return {
        "meeting": line.meeting.reference if line.meeting else "",
        "journey_from": line.journey_from,
        "journey_to": line.journey_to,
        "miles": f"{line.quantity:.1f}",
        "there_and_back": line.description == lines.THERE_AND_BACK,
    }


@audience(MEMBERS, STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def cost(request: Request, ref: str, pk: int | None = None) -> HttpResponse:
    claim = _editable(request, ref)
    costs = claim.lines.filter(kind__in=lines.COST_KINDS).select_related("meeting")
    line = get_object_or_404(costs, pk=pk) if pk else None
    meetings = list(queries.meetings_of(claim))
    form = CostForm(
        request.POST or None,
        request.FILES or None,
        meetings=meetings,
        kinds=queries.cost_kinds_on([meeting.date for meeting in meetings]),
        initial=_cost_of(line) if line else {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save_cost(request, claim, line, form)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The cost is saved.")
            return redirect(claim)
    heading = "Change this cost" if line else "Add something you paid for"
    context = {"form": form, "claim": claim, "line": line, "heading": heading}
    context["receipts"] = list(line.receipts.all()) if line else []
    return render(request, "payments/claim_line.html", context)


def _cost_of(line: ClaimLine) -> dict[str, object]:
    return {
        "meeting": line.meeting.reference if line.meeting else "",
        "kind": line.kind,
        "description": line.description,
        "amount": money.from_pence(line.claimed_pence),
        "no_receipt_reason": line.no_receipt_reason,
    }


def _save_cost(
    request: Request, claim: Claim, line: ClaimLine | None, form: CostForm
) -> None:
    data = form.cleaned_data
    given = data["receipt"]
    lines.save_cost(
        claim=claim,
        by=request.actor,
        meeting=form.chosen_meeting(),
        kind=data["kind"],
        description=data["description"],
        pence=money.to_pence(data["amount"]),
        receipt=lines.NewReceipt(*given) if given else None,
        no_receipt_reason=data["no_receipt_reason"],
        line=line,
    )


@audience(MEMBERS, STAFF)
@require_POST
def line_remove(request: Request, ref: str, pk: int) -> HttpResponse:
    claim = _editable(request, ref)
    line = get_object_or_404(claim.lines, pk=pk)
    lines.remove_line(claim=claim, by=request.actor, line=line)
    messages.success(request, f"{line.get_kind_display()} is taken off the claim.")
    return redirect(claim)


@audience(*READERS)
@require_safe
def receipt(request: Request, ref: str, pk: int) -> FileResponse:
    visible = Claim.objects.visible_to(request.actor).filter(reference=ref)
    found = get_object_or_404(
        Receipt.objects.filter(line__claim__in=visible).select_related("file"), pk=pk
    )
    return downloads.stored_file(found.file, inline=True)
