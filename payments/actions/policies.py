import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from coprod.core.transitions import move
from payments import permissions
from payments.actions.lines import COST_KINDS
from payments.enums import VERSION_TRANSITIONS, LineKind, VersionState
from payments.models import ExpenseRule, PaymentPolicy, PolicyVersion, RateRule


@dataclass(frozen=True)
class NewRates:
    """The rates of a version: pounds an hour and a mile, and when a receipt is needed, in pence."""

    hourly_rate: Decimal
    mile_rate: Decimal
    threshold: Decimal
    mile_rate_above: Decimal
    receipt_above_pence: int


def draft_version(
    *,
    policy: PaymentPolicy,
    by: Actor,
    from_date: dt.date,
    summary: str,
    rates: NewRates,
) -> PolicyVersion:
    """Draft the rates of a policy from a date. A second person publishes them.

    Nothing is paid by a draft. Raises ActionDenied, or RuleBroken when the policy already has a
    version that starts on the date.
    """
    permissions.check_can_draft_policy(by)
    with transaction.atomic():
        if policy.versions.filter(from_date=from_date).exists():
            raise RuleBroken(
                f"There are already rates from {dates.long_date(from_date)}.",
                field="from_date",
            )
        newest = policy.versions.aggregate(newest=Max("number"))["newest"] or 0
        version = PolicyVersion.objects.create(
            policy=policy,
            number=newest + 1,
            from_date=from_date,
            summary=summary,
            drafted_by=by.user,
        )
        _write_rates(version, rates)
        audit.record(by=by, verb="drafted rates", on=version, changes=_said(rates))
    return version


def _write_rates(version: PolicyVersion, rates: NewRates) -> None:
    RateRule.objects.create(version=version, hourly_rate=rates.hourly_rate)
    ExpenseRule.objects.create(
        version=version,
        kind=LineKind.MILEAGE,
        unit_rate=rates.mile_rate,
        threshold=rates.threshold,
        rate_above_threshold=rates.mile_rate_above,
        receipt_above_pence=rates.receipt_above_pence,
    )
    ExpenseRule.objects.bulk_create(
        ExpenseRule(
            version=version, kind=kind, receipt_above_pence=rates.receipt_above_pence
        )
        for kind in sorted(COST_KINDS)
    )


def _said(rates: NewRates) -> Mapping[str, object]:
    return {
        "hourly rate": [None, str(rates.hourly_rate)],
        "mile rate": [None, str(rates.mile_rate)],
        "receipt above pence": [None, rates.receipt_above_pence],
    }


def publish_version(*, version: PolicyVersion, by: Actor) -> PolicyVersion:
    """Publish rates that somebody else drafted; from then on they never change.

    The open version before it ends the day before. Claims already written keep the rate that was
    kept on them. Raises ActionDenied, InvalidTransition, or RuleBroken when the dates would fall
    among those of a version that is already published: two never overlap (payments.md 7.3, 5).
    """
    with transaction.atomic():
        permissions.check_can_publish_version(by, version)
        published = version.policy.versions.published().exclude(pk=version.pk)
        later = published.filter(
            Q(from_date__gte=version.from_date) | Q(to_date__gte=version.from_date)
        )
        if later.exists():
            raise RuleBroken(
                "There are published rates for these days already. Draft them from a later day."
            )
        move(
            version,
            table=VERSION_TRANSITIONS,
            to=VersionState.PUBLISHED,
            values={"published_at": timezone.now(), "published_by": by.user},
        )
        day_before = version.from_date - dt.timedelta(days=1)
        published.filter(to_date__isnull=True).update(to_date=day_before)
        audit.record(
            by=by,
            verb="published rates",
            on=version,
            changes={"from": [None, version.from_date.isoformat()]},
        )
    return version
