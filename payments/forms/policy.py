from decimal import Decimal

from coprod.core import formpack, money
from payments.enums import LineKind
from payments.queries import Rates


class VersionForm(formpack.Form):
    button = "Save as a draft"
    from_date = formpack.DateField(label="From which day?", noun="The first day")
    hourly_rate = formpack.MoneyField(
        label="For each hour", noun="The rate for an hour", largest=Decimal(500)
    )
    mile_rate = formpack.MoneyField(
        label="For each mile by car",
        hint="In pounds. 55p is 0.55",
        noun="The rate for a mile",
        largest=Decimal(5),
    )
    threshold = formpack.NumberField(
        label="Up to how many miles in a tax year?",
        noun="The number of miles",
        smallest=1,
        largest=100_000,
        suffix="miles",
    )
    mile_rate_above = formpack.MoneyField(
        label="For each mile above that",
        noun="The rate above that",
        largest=Decimal(5),
    )
    receipt_above = formpack.MoneyField(
        label="A receipt is needed above",
        noun="The sum",
        smallest=Decimal(0),
        largest=Decimal(1000),
    )
    summary = formpack.LongTextField(
        label="What it says, in plain words",
        hint="Members read this. Keep sentences short.",
        noun="The words",
        max_length=4000,
    )


def initial_from(rates: Rates) -> dict[str, object]:
    """Return the rates in force, to start a draft from."""
    miles = rates.expenses.get(LineKind.MILEAGE)
    cost = next((x for k, x in rates.expenses.items() if k != LineKind.MILEAGE), None)
    found: dict[str, object] = {
        "hourly_rate": f"{rates.hourly_rate:.2f}",
        "summary": rates.version.summary,
    }
    if miles is not None and miles.unit_rate is not None:
        found["mile_rate"] = f"{miles.unit_rate:.2f}"
        found["threshold"] = int(miles.threshold or 0) or ""
        above = miles.rate_above_threshold
        found["mile_rate_above"] = f"{above:.2f}" if above is not None else ""
    if cost is not None:
        found["receipt_above"] = money.from_pence(cost.receipt_above_pence)
    return found
