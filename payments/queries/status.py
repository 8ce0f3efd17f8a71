"""Where a claim is, who has it and by when the money should come, in plain words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.prepared import Prepared
from payments.enums import ClaimState
from payments.models import Claim, ClaimDecision

# How fast each step should be; the whole is promised by the policy (look, claim pages).
CHECK_WORKING_DAYS = 3
APPROVE_WORKING_DAYS = 5
_TEAM = "The involvement team has it now."
_PAYMENTS = "The payments team has it now."
_NOTHING_TO_DO = "You do not need to do anything."


@dataclass(frozen=True)
class Step:
    """One step on the way to the money; `state` is done, now or still to come (empty)."""

    title: str
    state: str
    words: str = ""


@dataclass(frozen=True)
class Status:
    """What a claim's page says first. `by_when` is empty when nothing is to be paid any more."""

    headline: str
    who_has_it: str
    by_when: dt.date | None
    steps: Sequence[Step]
    is_with_member: bool = False
    is_over: bool = False


_FACTS: dict[str, tuple[str, str]] = {
    ClaimState.DRAFT: ("This claim is ready for you to check.", "You have it now."),
    ClaimState.SUBMITTED: ("This claim is being checked.", _TEAM),
    ClaimState.RETURNED: ("We asked a question about this claim.", "You have it now."),
    ClaimState.VERIFIED: (
        "This claim has been checked.",
        "The budget holder has it now.",
    ),
    ClaimState.WAITING: (
        "This claim is approved. The payment is being set up, which is done once.",
        _PAYMENTS,
    ),
    ClaimState.READY: ("This claim is approved.", _PAYMENTS),
    ClaimState.IN_RUN: ("This claim is approved.", _PAYMENTS),
    ClaimState.SENT: ("The money is on its way.", _PAYMENTS),
    ClaimState.PAID: ("This claim is paid.", ""),
    ClaimState.BANK_RETURNED: (
        "The bank sent the money back. We will ring to put it right.",
        _PAYMENTS,
    ),
    ClaimState.REJECTED: ("This claim was not approved.", ""),
    ClaimState.NOTHING: ("There is nothing to pay for this claim.", ""),
    ClaimState.WITHDRAWN: ("This claim was taken back.", ""),
}
_OVER = frozenset(
    {ClaimState.PAID, ClaimState.REJECTED, ClaimState.NOTHING, ClaimState.WITHDRAWN}
)
_WITH_MEMBER = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})
# How many of the five steps lie behind a claim in each state that is still on its way.
_DONE: dict[str, int] = {
    ClaimState.DRAFT: 0,
    ClaimState.RETURNED: 0,
    ClaimState.SUBMITTED: 1,
    ClaimState.VERIFIED: 2,
    ClaimState.WAITING: 3,
    ClaimState.READY: 3,
    ClaimState.IN_RUN: 3,
    ClaimState.BANK_RETURNED: 3,
    ClaimState.SENT: 4,
    ClaimState.PAID: 5,
}
_RUN_TITLES: dict[str, str] = {
    ClaimState.WAITING: "The payment is being set up",
    ClaimState.READY: "It is waiting for the next payment run",
    ClaimState.IN_RUN: "It is in a payment run",
    ClaimState.BANK_RETURNED: "The bank sent the money back",
}


_STEPS = Prepared(
    lambda claim_id: ClaimDecision.objects.filter(claim_id=claim_id).order_by(
        "made_at", "pk"
    )
)


def steps_taken(claim: Claim) -> list[ClaimDecision]:
    """Return every step in the life of a claim with its words, oldest first."""
    return _STEPS(claim.pk)


def claim_status(claim: Claim, actor: Actor) -> Status:
    """Return where a claim is, who has it, and by when she should have the money.

    Needs person, submitted_by, verified_by and approved_by on the claim; asks one statement.
    The words speak to whoever reads: "you" to the member, her name to everyone else.
    """
    is_hers = claim.person_id == actor.person_id and not actor.is_supporter
    headline, who_has_it = _FACTS[claim.state]
    if is_hers:
        headline = headline.replace("This claim", "Your claim").replace(
            "this claim", "your claim"
        )
    elif claim.state in _WITH_MEMBER:
        headline = headline.replace("for you", f"for {claim.person.known_as}")
        who_has_it = f"{claim.person.known_as} has it now."
    if is_hers and not (claim.state in _WITH_MEMBER or claim.state in _OVER):
        who_has_it = f"{who_has_it} {_NOTHING_TO_DO}"
    return Status(
        headline=headline,
        who_has_it=who_has_it,
        by_when=None if claim.state in _OVER | _WITH_MEMBER else claim.pay_by_date,
        steps=_steps(claim, is_hers=is_hers),
        is_with_member=claim.state in _WITH_MEMBER,
        is_over=claim.state in _OVER,
    )


def _steps(claim: Claim, *, is_hers: bool) -> list[Step]:
    taken = steps_taken(claim)
    if claim.state not in _DONE:
        return _told(taken)
    done = _DONE[claim.state]
    rows = [
        _sent(claim, taken, done, is_hers=is_hers),
        ("We checked it" if done > 1 else "We check it", _checked(claim, done)),
        _approved(claim, taken, done),
        (_RUN_TITLES.get(claim.state, "It is sent to be paid"), ""),
        (
            "The money is in your account" if is_hers else "The money is paid",
            _paid(claim),
        ),
    ]
    states = ["done" if i < done else "now" if i == done else "" for i in range(5)]
    return [
        Step(title, state, words)
        for (title, words), state in zip(rows, states, strict=True)
    ]


def _last(taken: Sequence[ClaimDecision], state: str) -> ClaimDecision | None:
    return next((step for step in reversed(taken) if step.to_state == state), None)


def _sent(
    claim: Claim, taken: Sequence[ClaimDecision], done: int, *, is_hers: bool
) -> tuple[str, str]:
    name = claim.person.known_as
    if claim.state == ClaimState.RETURNED:
        asked = _last(taken, ClaimState.RETURNED)
        return "We asked a question", asked.words if asked else ""
    if not done:
        return (
            "You check it and send it" if is_hers else f"{name} checks and sends it"
        ), ""
    words = dates.long_date(claim.submitted_at) + "." if claim.submitted_at else ""
    sender = _last(taken, ClaimState.SUBMITTED)
    if sender and sender.made_by_name != claim.person.known_as:
        words += f" {sender.made_by_name} sent it for {'you' if is_hers else name}."
    return ("You sent it" if is_hers else f"{name} sent it"), words


def _checked(claim: Claim, done: int) -> str:
    if done > 1 and claim.verified_at and claim.verified_by:
        return f"{dates.long_date(claim.verified_at)}. {claim.verified_by.name} looked at who came."
    return f"Within {CHECK_WORKING_DAYS} working days."


def _approved(
    claim: Claim, taken: Sequence[ClaimDecision], done: int
) -> tuple[str, str]:
    if done > 2 and claim.approved_at and claim.approved_by:
        said = next((s for s in reversed(taken) if s.what.startswith("approved")), None)
        words = f"{dates.long_date(claim.approved_at)}, by {claim.approved_by.name}."
        return "It was approved", f"{words} {said.words if said else ''}".strip()
    return "The budget holder decides", f"Within {APPROVE_WORKING_DAYS} working days."


def _paid(claim: Claim) -> str:
    if claim.paid_date:
        return f"{dates.long_date(claim.paid_date)}."
    return f"By {dates.long_date(claim.pay_by_date)}." if claim.pay_by_date else ""


_TOLD = {
    "drafted": "It was filled in",
    "sent in": "It was sent in",
    "taken back": "It was taken back",
    "not approved": "It was not approved",
}


def _told(taken: Sequence[ClaimDecision]) -> list[Step]:
    """Return what happened to a claim that is over without being paid."""
    return [
        Step(
            _TOLD.get(step.what, f"It was {step.what}"),
            "done",
            f"{dates.long_date(step.made_at)}, by {step.made_by_name}. {step.words}".strip(),
        )
        for step in taken
    ]
