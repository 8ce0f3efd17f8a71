from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import money
from coprod.core.access import FINANCE, Request, audience
from coprod.core.enums import Permission, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from payments import ledger
from payments.actions import results as actions
from payments.enums import ClaimState
from payments.forms import results as forms
from payments.models import Claim, ResultsFile
from payments.queries import finance

_ROWS_A_PAGE = 50


@require_safe
@audience(FINANCE)
def exception_list(request: Request) -> HttpResponse:
    rows = Paginator(finance.open_exceptions(request.actor), _ROWS_A_PAGE)
    left_out = Paginator(finance.left_out(request.actor), _ROWS_A_PAGE)
    context = {
        "page": rows.get_page(request.GET.get("page")),
        "left_out": left_out.get_page(request.GET.get("page")),
        "files": finance.results_files(request.actor)[:5],
        "can_settle": request.actor.can(Permission.BUILD_PAY_RUNS),
    }
    return render(request, "payments/exception_list.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
def exception_settle(request: Request, pk: int) -> HttpResponse:
    result = get_object_or_404(finance.open_exceptions(request.actor), pk=pk)
    form = forms.SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_exception(
                by=request.actor, result=result, note=form.cleaned_data["note"]
            )
        except (ActionDenied, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The row is settled.")
            return redirect("payments:exception-list")
    context = {"result": result, "form": form}
    return render(request, "payments/exception_settle.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
def results_load(request: Request) -> HttpResponse:
    form = forms.LoadResultsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            loaded = _load(request, form)
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            form.refuse(refusal)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, "The results are loaded.")
            return redirect("payments:results-detail", loaded.pk)
    return render(request, "payments/results_load.html", {"form": form})


def _load(request: Request, form: forms.LoadResultsForm) -> ResultsFile:
    upload, total = form.cleaned_data["file"], form.cleaned_data["total"]
    if upload.size > ledger.MOST_BYTES:
        raise ValidationError("This file is too big. Choose one smaller than 5 MB.")
    return actions.load_results(
        by=request.actor,
        data=upload.read(),
        name=upload.name,
        typed_total_pence=None if total is None else money.to_pence(total),
    )


@require_safe
@audience(FINANCE)
def results_detail(request: Request, pk: int) -> HttpResponse:
    loaded = get_object_or_404(finance.results_files(request.actor), pk=pk)
    rows = Paginator(finance.results_of(loaded), _ROWS_A_PAGE)
    context = {"loaded": loaded, "page": rows.get_page(request.GET.get("page"))}
    return render(request, "payments/results_detail.html", context)


@require_http_methods(["GET", "POST"])
@audience(Role.FINANCE)
def claim_reissue(request: Request, ref: str) -> HttpResponse:
    claims = Claim.objects.visible_to(request.actor).select_related("person", "payee")
    claim = get_object_or_404(claims, reference=ref, state=ClaimState.BANK_RETURNED)
    form = forms.ReissueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reissue_claim(
                claim=claim, by=request.actor, note=form.cleaned_data["note"]
            )
        except (ActionDenied, InvalidTransition, RuleBroken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"{claim.invoice_number} goes into the next pay run."
            )
            return redirect("payments:exception-list")
    context = {"claim": claim, "form": form}
    return render(request, "payments/claim_reissue.html", context)
