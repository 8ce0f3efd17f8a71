"""What the policy of a day pays. Rates are rows with dates, never constants (payments.md 7.3)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coprod.core import dates, money
from coprod.core.errors import RuleBroken
from payments.enums import LineKind
from payments.models import ExpenseRule, PolicyVersion

# The activity a meeting is paid as; the name is the row's in the policy's rate table.
MEETING = "meeting"


@dataclass(frozen=True)
class Priced:
    """A quantity with its sum in pence and everything needed to work the sum out again."""

    pence: int
    quantity: Decimal
    rate: Decimal
    quantity_above: Decimal = Decimal(0)
    rate_above: Decimal | None = None


@dataclass(frozen=True)
class Rates:
    """The policy version in force on one day, with its rates read."""

    day: dt.date
    version: PolicyVersion
    hourly_rate: Decimal
    expenses: dict[str, ExpenseRule] = field(default_factory=dict)

    def price_time(self, minutes: int) -> Priced:
        """Price minutes at the hourly rate, rounded half up once."""
        pence = money.time_pence(self.hourly_rate, minutes)
        return Priced(pence, Decimal(minutes), self.hourly_rate)

    def price_miles(self, miles: Decimal, *, miles_so_far: Decimal) -> Priced:
        """Price a journey; the part above the yearly threshold is paid at its own rate.

        One line is rounded once, also when it crosses the threshold. Raises RuleBroken when
        the policy of the day pays no mileage.
        """
        rule = self.expenses.get(LineKind.MILEAGE)
        if rule is None or rule.unit_rate is None:
            raise RuleBroken(
                f"Miles by car are not paid on {dates.long_date(self.day)}.",
                field="miles",
            )
        above = Decimal(0)
        if rule.threshold is not None and rule.rate_above_threshold is not None:
            room = max(rule.threshold - miles_so_far, Decimal(0))
            above = max(miles - room, Decimal(0))
        if not above:
            return Priced(
                money.line_pence(rule.unit_rate, miles), miles, rule.unit_rate
            )
        rate_above = rule.rate_above_threshold or Decimal(0)
        exact = rule.unit_rate * (miles - above) + rate_above * above
        pence = money.line_pence(exact, Decimal(1))
        return Priced(pence, miles, rule.unit_rate, above, rate_above)

    def needs_receipt(self, kind: str, pence: int) -> bool:
        """Tell whether a cost of this kind and sum needs a receipt or a reason for none."""
        rule = self.expenses.get(kind)
        return rule is not None and pence > rule.receipt_above_pence


def version_on(day: dt.date) -> PolicyVersion | None:
    """Return the published policy version in force on a day, newest start first, or None."""
    return (
        PolicyVersion.objects.in_force_on(day)
        .select_related("policy")
        .order_by("-from_date", "-pk")
        .first()
    )


def rates_on(day: dt.date) -> Rates:
    """Return what the policy in force on the day of the activity pays.

    The day is that of the activity, never of the claim or the payment (payments.md 7.3, 4).
    Raises RuleBroken when no published policy covers the day.
    """
    version = version_on(day)
    if version is None:
        raise RuleBroken(
            f"There is no payment policy for {dates.long_date(day)} yet. "
            "The team must publish one before anything can be offered or claimed for that day."
        )
    return rates_of(version, day)


def rates_of(version: PolicyVersion, day: dt.date) -> Rates:
    """Return the rates of a policy version, read for one day."""
    rate = version.rates.filter(activity=MEETING).first()
    expenses = {rule.kind: rule for rule in version.expenses.order_by("pk")}
    return Rates(day, version, rate.hourly_rate if rate else Decimal(0), expenses)


def cost_kinds_on(days: Sequence[dt.date]) -> list[str]:
    """Return the kinds of cost that the policy pays back as spent on any of these days."""
    versions = [version for day in days if (version := version_on(day)) is not None]
    kinds = set(
        ExpenseRule.objects.filter(version__in=versions).values_list("kind", flat=True)
    )
    paid_as_spent = kinds - {LineKind.MILEAGE, LineKind.INVOLVEMENT}
    return [kind for kind in LineKind.values if kind in paid_as_spent]


def price_time(minutes: int, day: dt.date) -> Priced:
    """Price minutes of a meeting on a day. Raises RuleBroken when no policy covers it."""
    return rates_on(day).price_time(minutes)


def price_miles(
    miles: Decimal, day: dt.date, miles_so_far_in_tax_year: Decimal
) -> Priced:
    """Price miles by car on a day. Raises RuleBroken when no policy covers it."""
    return rates_on(day).price_miles(miles, miles_so_far=miles_so_far_in_tax_year)
