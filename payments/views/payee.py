import time

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core.access import FINANCE, Request, audience
from coprod.core.actors import Actor
from coprod.core.enums import Permission, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from payments.actions import payees as actions
from payments.enums import PayeeState
from payments.forms import payee as forms
from payments.models import Payee
from payments.queries import finance
from payments.views.fresh import fresh_sign_in, proof_of

_PAYEES_A_PAGE = 50
_SHOWN_FOR_SECONDS = 5 * 60
_COLOURS = {
    PayeeState.REQUESTED: "orange",
    PayeeState.ACTIVE: "green",
    PayeeState.STOPPED: "grey",
}


def _payee(actor: Actor, reference: str) -> Payee:
    return get_object_or_404(finance.payees(actor), person__reference=reference)


def _colour(payee: Payee) -> str:
    return _COLOURS[PayeeState(payee.state)]


@require_safe
@audience(FINANCE)
@fresh_sign_in
def payee_list(request: Request) -> HttpResponse:
    page = Paginator(finance.payees(request.actor), _PAYEES_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "rows": [(payee, _colour(payee)) for payee in page]}
    return render(request, "payments/payee_list.html", context)


@require_safe
@audience(FINANCE)
@fresh_sign_in
def payee_detail(request: Request, ref: str) -> HttpResponse:
    payee = _payee(request.actor, ref)
    shown_at = request.session.get("payee_shown", {}).get(str(payee.pk), 0)
    may_set_up = request.actor.can(Permission.BUILD_PAY_RUNS)
    context = {
        "payee": payee,
        "colour": _colour(payee),
        "is_shown": time.time() - shown_at < _SHOWN_FOR_SECONDS,
        "claims": finance.claims_of(payee),
        "can_set_up": may_set_up and payee.state == PayeeState.REQUESTED,
        "can_stop": may_set_up and payee.state == PayeeState.ACTIVE,
    }
    return render(request, "payments/payee_detail.html", context)


@require_http_methods(["GET", "POST"])
@audience(FINANCE)
@fresh_sign_in
def payee_show(request: Request, ref: str) -> HttpResponse:
    payee = _payee(request.actor, ref)
    form = forms.ShowNumberForm(
        request.POST or None, initial={"proof": proof_of(request)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_view(
                by=request.actor, payee=payee, reason=form.cleaned_data["reason"]
            )
        except (ActionDenied, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            request.session["payee_shown"] = {str(payee.pk): time.time()}
            return redirect("payments:payee-detail", ref)
    context = {
        "payee": payee,
        "form": form,
        "heading": f"See the number of {payee.name}",
    }
    return render(request, "payments/payee_form.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
@fresh_sign_in
def payee_set_up(request: Request, ref: str) -> HttpResponse:
    payee = _payee(request.actor, ref)
    form = forms.SetUpForm(request.POST or None, initial={"proof": proof_of(request)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_up_payee(
                by=request.actor,
                payee=payee,
                supplier_number=form.cleaned_data["supplier_number"],
            )
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{payee.name} is set up and can be paid.")
            return redirect("payments:payee-detail", ref)
    context = {"payee": payee, "form": form, "heading": f"Set up {payee.name}"}
    return render(request, "payments/payee_form.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
@fresh_sign_in
def payee_stop(request: Request, ref: str) -> HttpResponse:
    payee = _payee(request.actor, ref)
    form = forms.StopForm(request.POST or None, initial={"proof": proof_of(request)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.stop_payee(
                by=request.actor, payee=payee, reason=form.cleaned_data["reason"]
            )
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Payments to {payee.name} are stopped.")
            return redirect("payments:payee-detail", ref)
    context = {"payee": payee, "form": form, "heading": f"Stop paying {payee.name}"}
    return render(request, "payments/payee_form.html", context)
