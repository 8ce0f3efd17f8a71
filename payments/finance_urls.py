"""Addresses of checking, approving and paying, sorted by noun."""

from django.urls import path

from payments.views import decision, pay_run, payee, results

urlpatterns = [
    path("claims/<str:ref>/approve/", decision.approve, name="claim-approve"),
    path("claims/<str:ref>/reissue/", results.claim_reissue, name="claim-reissue"),
    path("claims/<str:ref>/verify/", decision.verify, name="claim-verify"),
    path("exceptions/", results.exception_list, name="exception-list"),
    path("exceptions/<int:pk>/", results.exception_settle, name="exception-settle"),
    path("pay-runs/", pay_run.pay_run_list, name="pay-run-list"),
    path("pay-runs/build/", pay_run.pay_run_build, name="pay-run-build"),
    path("pay-runs/<str:ref>/", pay_run.pay_run_detail, name="pay-run-detail"),
    path(
        "pay-runs/<str:ref>/control.csv",
        pay_run.pay_run_control,
        name="pay-run-control",
    ),
    path(
        "pay-runs/<str:ref>/payments.csv",
        pay_run.pay_run_payments,
        name="pay-run-payments",
    ),
    path(
        "pay-runs/<str:ref>/release/",
        pay_run.pay_run_release,
        name="pay-run-release",
    ),
    path(
        "pay-runs/<str:ref>/take-apart/",
        pay_run.pay_run_take_apart,
        name="pay-run-take-apart",
    ),
    path("payees/", payee.payee_list, name="payee-list"),
    path("payees/<str:ref>/", payee.payee_detail, name="payee-detail"),
    path("payees/<str:ref>/set-up/", payee.payee_set_up, name="payee-set-up"),
    path("payees/<str:ref>/show/", payee.payee_show, name="payee-show"),
    path("payees/<str:ref>/stop/", payee.payee_stop, name="payee-stop"),
    path("results/load/", results.results_load, name="results-load"),
    path("results/<int:pk>/", results.results_detail, name="results-detail"),
]
