"""Addresses of checking, approving and paying, sorted by noun."""

from django.urls import path

from payments.views import decision, pay_run, payee, results

urlpatterns = [
    path("claims/<str:reference>/approve/", decision.approve, name="claim-approve"),
    path(
        "claims/<str:reference>/reissue/", results.claim_reissue, name="claim-reissue"
    ),
    path("claims/<str:reference>/verify/", decision.verify, name="claim-verify"),
    path("exceptions/", results.exception_list, name="exception-list"),
    path("exceptions/<int:number>/", results.exception_settle, name="exception-settle"),
    path("pay-runs/", pay_run.pay_run_list, name="pay-run-list"),
    path("pay-runs/build/", pay_run.pay_run_build, name="pay-run-build"),
    path("pay-runs/<str:reference>/", pay_run.pay_run_detail, name="pay-run-detail"),
    path(
        "pay-runs/<str:reference>/control.csv",
        pay_run.pay_run_control,
        name="pay-run-control",
    ),
    path(
        "pay-runs/<str:reference>/payments.csv",
        pay_run.pay_run_payments,
        name="pay-run-payments",
    ),
    path(
        "pay-runs/<str:reference>/release/",
        pay_run.pay_run_release,
        name="pay-run-release",
    ),
    path(
        "pay-runs/<str:reference>/take-apart/",
        pay_run.pay_run_take_apart,
        name="pay-run-take-apart",
    ),
    path("payees/", payee.payee_list, name="payee-list"),
    path("payees/<str:reference>/", payee.payee_detail, name="payee-detail"),
    path("payees/<str:reference>/set-up/", payee.payee_set_up, name="payee-set-up"),
    path("payees/<str:reference>/show/", payee.payee_show, name="payee-show"),
    path("payees/<str:reference>/stop/", payee.payee_stop, name="payee-stop"),
    path("results/load/", results.results_load, name="results-load"),
    path("results/<int:number>/", results.results_detail, name="results-detail"),
]
