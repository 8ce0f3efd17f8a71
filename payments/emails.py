"""What we write to people about their money. Plain paragraphs; letters are made from the same."""

from decimal import Decimal

from django.conf import settings

from coprod.core import dates, money
from coprod.core.actors import Actor
from groups.notices.messages import Message
from groups.people.enums import Channel, Purpose
from groups.people.queries import channel_for
from payments import queries
from payments.enums import LineKind, OfferAnswer
from payments.models import Claim, ClaimLine, ExpenseRule

# The sentence a member declares when she sends a claim; kept with the claim as it stood.
DECLARATION = "This claim is true, and I have not claimed for it anywhere else."

BENEFITS = (
    "Being paid can change some benefits. You can ask us for free advice first. "
    "You can also choose to have only your costs paid back."
)


def rate_words(rate: Decimal) -> str:
    """Return a rate as people read it: 45p below a pound, else £27.50."""
    pence = rate * 100
    if rate < 1 and pence == pence.to_integral_value():
        return f"{int(pence)}p"
    return f"£{rate:,.2f}" if rate == round(rate, 2) else f"£{rate.normalize():,}"


def rule_words(rule: ExpenseRule) -> str:
    """Return how one kind of cost is paid back, as a policy page says it."""
    if rule.unit_rate is not None:
        words = f"{rate_words(rule.unit_rate)} a mile"
        if rule.threshold is not None and rule.rate_above_threshold is not None:
            above = rate_words(rule.rate_above_threshold)
            words += (
                f", and {above} a mile above {rule.threshold:,.0f} miles in a tax year"
            )
        return words
    words = "What you paid"
    if rule.most_pence is not None:
        words += f", up to {money.pounds(rule.most_pence)}"
    return f"{words}, with a receipt above {money.pounds(rule.receipt_above_pence)}"


def offer_words(hourly_rate: Decimal, whole_pence: int) -> str:
    """Return what an invitation says about the offer for one person's time."""
    return (
        f"We offer you {rate_words(hourly_rate)} for each hour you take part. "
        f"For the whole meeting that is {money.pounds(whole_pence)}. "
        "We also pay your travel and other costs back.\n\n"
        "You choose. You can take the payment, or only have your costs paid back, "
        "or ask for advice first."
    )


def answer_words(answer: str) -> str:
    """Return what a member chose as the page says it; an open choice is no choice."""
    return OfferAnswer(answer).label if answer else "Not chosen yet"


def line_sum_words(line: ClaimLine) -> str:
    """Return how the sum of a line came about: 2 hours at £27.50 an hour."""
    if line.kind == LineKind.INVOLVEMENT:
        spent = dates.duration(int(line.quantity))
        if not line.rate:
            return f"{spent}, with no payment"
        return f"{spent} at {rate_words(line.rate)} an hour"
    if line.kind != LineKind.MILEAGE:
        return line.description
    if not line.quantity_above or line.rate_above is None:
        return f"{_miles(line.quantity)} at {rate_words(line.rate)} a mile"
    below = line.quantity - line.quantity_above
    above = f"{_miles(line.quantity_above)} at {rate_words(line.rate_above)} a mile"
    if not below:
        return above
    return f"{_miles(below)} at {rate_words(line.rate)} a mile and {above}"


def _miles(quantity: Decimal) -> str:
    return f"{quantity.normalize():f} mile{'' if quantity == 1 else 's'}"


def line_words(line: ClaimLine) -> str:
    """Return one line of a claim as a sentence for a letter or a call."""
    name = (
        "Your time at the meeting"
        if line.kind == LineKind.INVOLVEMENT
        else line.get_kind_display()
    )
    return (
        f"{name} on {dates.long_date(line.activity_date)}: "
        f"{line_sum_words(line)}. {money.pounds(line.claimed_pence)}."
    )


def _lines_and_total(claim: Claim) -> list[str]:
    lines = queries.lines_of(claim)
    sums = queries.sums(lines)
    said = [line_words(line) for line in lines]
    said.append(
        f"For your time: {money.pounds(sums.time)}. For your costs: {money.pounds(sums.costs)}. "
        f"In all: {money.pounds(sums.total)}."
    )
    return said


def drafted(claim: Claim) -> Message:
    """Tell a member that her claim is filled in and waits for her."""
    person = claim.person
    if channel_for(person, Purpose.MONEY) == Channel.EMAIL:
        ask = "Please check it, add your travel and other costs, and send it to us."
    else:
        ask = (
            "We will ring you to read it to you and add your travel and other costs. "
            f"You can also ring us on {settings.HELP_PHONE}."
        )
    body = [
        "Thank you for coming. We have filled in a claim for your time.",
        *(line_words(line) for line in queries.lines_of(claim)),
        ask,
        BENEFITS,
        f"Your claim number is {claim.reference}.",
    ]
    return Message(
        person=person,
        subject="We have filled in your claim",
        body="\n\n".join(body),
        link_path=claim.get_absolute_url(),
    )


def _by_when(claim: Claim) -> str:
    if claim.pay_by_date is None:
        return "There is nothing to pay. We keep a record of what we offered and what you chose."
    return (
        f"We will check it and ask for it to be approved. "
        f"You should have the money by {dates.long_date(claim.pay_by_date)}."
    )


def sent(claim: Claim) -> Message:
    """Tell a member that we have the claim she sent."""
    body = ["We have your claim. Thank you.", *_lines_and_total(claim), _by_when(claim)]
    return Message(
        person=claim.person,
        subject=f"We have your claim {claim.reference}",
        body="\n\n".join(body),
        link_path=claim.get_absolute_url(),
    )


def read_back(claim: Claim, by: Actor) -> Message:
    """Give a member on paper what somebody sent in for her, so that she can put it right."""
    body = [
        f"{by.name} sent in a claim for you. This is what it says.",
        *_lines_and_total(claim),
        _by_when(claim),
        # A claim entered by telephone may be disputed within 14 days (lessons.md 21).
        f"If anything is wrong, ring us on {settings.HELP_PHONE} within 14 days.",
        f"Your claim number is {claim.reference}.",
    ]
    return Message(
        person=claim.person,
        subject=f"Your claim {claim.reference}: what we sent in for you",
        body="\n\n".join(body),
        link_path=claim.get_absolute_url(),
    )
