from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import audit, downloads, money
from coprod.core.access import FINANCE, Request, audience
from coprod.core.actors import Actor
from coprod.core.enums import Permission, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from payments import exports, permissions
from payments.actions import pay_runs as actions
from payments.enums import PayRunState
from payments.forms import pay_run as forms
from payments.models import PayRun
from payments.queries import finance
from payments.views.fresh import fresh_sign_in, proof_of

_RUNS_A_PAGE = 25
_ITEMS_A_PAGE = 100
# The rest are on the exceptions page.
_LEFT_OUT_SHOWN = 25
_COLOURS = {
    PayRunState.BUILT: "yellow",
    PayRunState.RELEASED: "grey",
    PayRunState.SETTLED: "green",
    PayRunState.TAKEN_APART: "",
}


def _pay_run(actor: Actor, reference: str) -> PayRun:
    return get_object_or_404(finance.pay_runs(actor), reference=reference)


def _colour(pay_run: PayRun) -> str:
    return _COLOURS[PayRunState(pay_run.state)]


@require_safe
@audience(FINANCE)
def pay_run_list(request: Request) -> HttpResponse:
    page = Paginator(finance.pay_runs(request.actor), _RUNS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(run, _colour(run)) for run in page],
        "ready": finance.ready_to_pay(),
        "can_build": request.actor.can(Permission.BUILD_PAY_RUNS),
    }
    return render(request, "payments/pay_run_list.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
def pay_run_build(request: Request) -> HttpResponse:
    form = forms.BuildForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pay_run = actions.build(
                by=request.actor, pay_date=form.cleaned_data["pay_date"]
            )
        except (ActionDenied, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The run is built. A second person releases it.")
            return redirect(pay_run)
    left_out = finance.left_out(request.actor)
    context = {
        "form": form,
        "ready": finance.ready_to_pay(),
        "left_out": left_out[:_LEFT_OUT_SHOWN],
        "left_out_count": len(left_out),
        "can_settle": True,
    }
    return render(request, "payments/pay_run_build.html", context)


@require_safe
@audience(FINANCE)
def pay_run_detail(request: Request, ref: str) -> HttpResponse:
    pay_run = _pay_run(request.actor, ref)
    items = Paginator(finance.items_of(pay_run), _ITEMS_A_PAGE)
    is_built = pay_run.state == PayRunState.BUILT
    left_out = finance.left_out(request.actor) if is_built else []
    context = {
        "pay_run": pay_run,
        "colour": _colour(pay_run),
        "page": items.get_page(request.GET.get("page")),
        "people_count": finance.people_count(pay_run),
        "left_out": left_out[:_LEFT_OUT_SHOWN],
        "left_out_count": len(left_out),
        "can_settle": request.actor.can(Permission.BUILD_PAY_RUNS),
        "is_built": is_built,
        "is_taken_apart": pay_run.state == PayRunState.TAKEN_APART,
        "is_builder": pay_run.built_by_id == request.actor.user_id,
        "can_release": permissions.can_release_pay_run(request.actor, pay_run),
        "can_take_apart": is_built and request.actor.can(Permission.BUILD_PAY_RUNS),
    }
    return render(request, "payments/pay_run_detail.html", context)


@require_http_methods(["GET", "POST"])
@audience(FINANCE)
@fresh_sign_in
def pay_run_release(request: Request, ref: str) -> HttpResponse:
    pay_run = _pay_run(request.actor, ref)
    form = forms.ReleaseForm(request.POST or None, initial={"proof": proof_of(request)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.release(
                pay_run=pay_run,
                by=request.actor,
                typed_total_pence=money.to_pence(form.cleaned_data["total"]),
            )
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            done = f"{money.pounds(pay_run.total_pence)} is released and on its way."
            messages.success(request, done)
            return redirect(pay_run)
    try:
        permissions.check_can_release_pay_run(request.actor, pay_run)
        refusal_words = ""
    except ActionDenied as refusal:
        refusal_words = str(refusal)
    context = {
        "pay_run": pay_run,
        "form": form,
        "refusal": refusal_words,
        "is_built": pay_run.state == PayRunState.BUILT,
        "people_count": finance.people_count(pay_run),
    }
    return render(request, "payments/pay_run_release.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
def pay_run_take_apart(request: Request, ref: str) -> HttpResponse:
    pay_run = _pay_run(request.actor, ref)
    form = forms.TakeApartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_apart(
                pay_run=pay_run, by=request.actor, reason=form.cleaned_data["reason"]
            )
        except (ActionDenied, InvalidTransition) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "The run is taken apart. Its claims are ready again."
            )
            return redirect(pay_run)
    context = {
        "pay_run": pay_run,
        "form": form,
        "is_built": pay_run.state == PayRunState.BUILT,
    }
    return render(request, "payments/pay_run_take_apart.html", context)


@require_safe
@audience(FINANCE)
@fresh_sign_in
def pay_run_payments(request: Request, ref: str) -> StreamingHttpResponse:
    pay_run = _file_run(request.actor, ref)
    audit.record(by=request.actor, verb="downloaded payments file", on=pay_run)
    return downloads.made_file(
        exports.payments_file(pay_run),
        name=f"{pay_run.reference}-payments.csv",
        content_type="text/csv; charset=utf-8",
    )


@require_safe
@audience(FINANCE)
def pay_run_control(request: Request, ref: str) -> StreamingHttpResponse:
    pay_run = _file_run(request.actor, ref)
    return downloads.made_file(
        exports.control_file(pay_run),
        name=f"{pay_run.reference}-control.csv",
        content_type="text/csv; charset=utf-8",
    )


def _file_run(actor: Actor, reference: str) -> PayRun:
    """A run that was taken apart has no file: nobody may load it by mistake."""
    runs = finance.pay_runs(actor).exclude(state=PayRunState.TAKEN_APART)
    return get_object_or_404(runs, reference=reference)
