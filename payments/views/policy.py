from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import dates, money
from coprod.core.access import EVERYONE, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from payments import emails, permissions, queries
from payments.actions import policies
from payments.forms.policy import VersionForm, initial_from


@audience(EVERYONE)
@require_safe
def policy_list(request: Request) -> HttpResponse:
    today = dates.today()
    rows = [
        {"version": version, "when": queries.when_words(version, today)}
        for version in queries.versions_visible_to(request.actor)
    ]
    context = {"rows": rows, "can_draft": permissions.can_draft_policy(request.actor)}
    return render(request, "payments/policy_list.html", context)


@audience(EVERYONE)
@require_safe
def policy_version(request: Request, pk: int) -> HttpResponse:
    version = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    rates = queries.rates_of(version, version.from_date)
    context = {
        "version": version,
        "when": queries.when_words(version, dates.today()),
        "hourly": emails.rate_words(rates.hourly_rate),
        "expenses": [(x, emails.rule_words(x)) for x in rates.expenses.values()],
        "is_draft": version.published_at is None,
        "can_publish": version.published_at is None
        and permissions.can_publish_version(request.actor, version),
    }
    return render(request, "payments/policy_version.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_draft(request: Request) -> HttpResponse:
    permissions.check_can_draft_policy(request.actor)
    newest = queries.versions_visible_to(request.actor).published().first()
    if newest is None:
        raise Http404
    rates = queries.rates_of(newest, newest.from_date)
    form = VersionForm(request.POST or None, initial=initial_from(rates))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        from_date, summary = data.pop("from_date"), data.pop("summary")
        receipt_above = money.to_pence(data.pop("receipt_above"))
        try:
            version = policies.draft_version(
                policy=newest.policy,
                by=request.actor,
                from_date=from_date,
                summary=summary,
                rates=policies.NewRates(receipt_above_pence=receipt_above, **data),
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "The draft is saved. A second person publishes it."
            )
            return redirect("payments:policy-version", pk=version.pk)
    context = {"form": form, "policy": newest.policy}
    return render(request, "payments/policy_form.html", context)


@audience(STAFF)
@require_POST
def policy_publish(request: Request, pk: int) -> HttpResponse:
    version = get_object_or_404(queries.versions_visible_to(request.actor), pk=pk)
    policies.publish_version(version=version, by=request.actor)
    day = dates.long_date(version.from_date)
    messages.success(request, f"These rates are published, from {day}.")
    return redirect("payments:policy-version", pk=version.pk)
