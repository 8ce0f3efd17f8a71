"""What a member is told about her claim, in plain words, whichever way it reaches her."""

from collections.abc import Sequence

from coprod.core import dates, money
from groups.notices.messages import Message
from payments.enums import ClaimState
from payments.models import Claim, ClaimLine


def _message(claim: Claim, subject: str, *paragraphs: str) -> Message:
    return Message(
        person=claim.person,
        subject=subject,
        body="\n\n".join(part for part in paragraphs if part),
        link_path=claim.get_absolute_url(),
    )


def _by_when(claim: Claim) -> str:
    if claim.state == ClaimState.WAITING:
        return (
            "Before we can pay you, our finance team has to set you up in their payment system. "
            "We have asked them to do it. You do not have to do anything."
        )
    if claim.pay_by_date:
        return f"You should have the money by {dates.long_date(claim.pay_by_date)}."
    return "The money will be on its way to you soon."


def approved(claim: Claim, *, total: int) -> Message:
    """Say that all of it is approved and by when it comes."""
    return _message(
        claim,
        "We have approved your claim",
        f"We have approved your claim {claim.reference}. It comes to {money.pounds(total)}.",
        _by_when(claim),
    )


def reduced(
    claim: Claim, *, claimed: int, total: int, lines: Sequence[ClaimLine]
) -> Message:
    """Say which lines became smaller, and why in the approver's own words."""
    changes = [
        f"{line.get_kind_display()}, {dates.long_date(line.activity_date)}: you asked for "
        f"{money.pounds(line.claimed_pence)} and we can pay {money.pounds(line.allowed_pence)}. "
        f"{line.reason}"
        for line in lines
    ]
    when = _by_when(claim) if total else "So there is nothing to pay this time."
    return _message(
        claim,
        "We have decided on your claim",
        f"We have approved {money.pounds(total)} of your claim {claim.reference}. "
        f"You asked for {money.pounds(claimed)}.",
        *changes,
        when,
        "If you think we got this wrong, please ring us. We will look again.",
    )


def returned(claim: Claim, *, question: str) -> Message:
    """Ask the member the question that was put to her."""
    return _message(
        claim,
        "We have a question about your claim",
        f"Somebody looked at your claim {claim.reference} and has a question.",
        question,
        "You can answer online, or ring us and we will write it down for you. "
        "Nothing is lost. Your claim carries on when we have your answer.",
    )


def rejected(claim: Claim, *, reason: str) -> Message:
    """Say that it is not approved, why, and how to have it looked at again."""
    return _message(
        claim,
        "We could not approve your claim",
        f"We could not approve your claim {claim.reference}. This is why:",
        reason,
        "If you think we got this wrong, please ring us. "
        "Somebody who did not decide on it will look again.",
    )


def paid(claim: Claim, *, total: int) -> Message:
    """Say what was paid and on which day."""
    assert claim.paid_date is not None  # noqa: S101 - the database holds this for a paid claim
    return _message(
        claim,
        "We have paid you",
        f"We paid you {money.pounds(total)} on {dates.long_date(claim.paid_date)}. "
        f"It is for your claim {claim.reference}.",
        "It can take a few days to show in your account. If you cannot see it after 5 days, "
        "please ring us.",
        "Thank you for taking part.",
    )


def sent_back(claim: Claim, *, total: int) -> Message:
    """Say that the bank sent the money back, that it is not lost, and what happens next."""
    return _message(
        claim,
        "Your payment came back to us",
        f"We tried to pay you {money.pounds(total)} for your claim {claim.reference}. "
        "The bank sent it back to us.",
        "You have done nothing wrong and the money is safe. Our finance team will ring you "
        "to check where to send it. They will never ask for your PIN or a password.",
    )


def sent_again(claim: Claim, *, total: int) -> Message:
    """Say that the payment will go out once more."""
    return _message(
        claim,
        "We are paying you again",
        f"Thank you for checking your details with us. We will send the {money.pounds(total)} "
        f"for your claim {claim.reference} again, in our next payments.",
    )
