"""What payments can be asked: rates of a day, claims and where they are, what is owed."""

from payments.queries.claims import (
    Sums,
    answer_to,
    attended_without_claim,
    choices_of,
    cost_code_of,
    lines_of,
    meetings_of,
    miles_in_tax_year,
    offer_for,
    offers_at,
    people_to_offer,
    promised_date,
    sums,
    sums_of,
    time_line_of,
    time_lines_at,
)
from payments.queries.late import late_words
from payments.queries.lists import ClaimPage, claims_page
from payments.queries.owed import owed
from payments.queries.policies import versions_visible_to, when_words
from payments.queries.publishing import PublishingPlan, publishing_plan
from payments.queries.rates import (
    Priced,
    Rates,
    cost_kinds_on,
    price_miles,
    price_time,
    rates_of,
    rates_on,
)
from payments.queries.status import Status, Step, claim_status, steps_taken

__all__ = [
    "ClaimPage",
    "Priced",
    "PublishingPlan",
    "Rates",
    "Status",
    "Step",
    "Sums",
    "answer_to",
    "attended_without_claim",
    "choices_of",
    "claim_status",
    "claims_page",
    "cost_code_of",
    "cost_kinds_on",
    "late_words",
    "lines_of",
    "meetings_of",
    "miles_in_tax_year",
    "offer_for",
    "offers_at",
    "owed",
    "people_to_offer",
    "price_miles",
    "price_time",
    "promised_date",
    "publishing_plan",
    "rates_of",
    "rates_on",
    "steps_taken",
    "sums",
    "sums_of",
    "time_line_of",
    "time_lines_at",
    "versions_visible_to",
    "when_words",
]
