from django.db import models


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


VERSION_TRANSITIONS: dict[str, frozenset[str]] = {
    VersionState.DRAFT: frozenset({VersionState.PUBLISHED}),
    VersionState.PUBLISHED: frozenset(),
}


class LineKind(models.TextChoices):
    INVOLVEMENT = "involvement", "Your time"
    MILEAGE = "mileage", "Miles by car"
    PARKING = "parking", "Parking"
    FARE = "fare", "Bus, train or taxi fare"
    CARE = "care", "Care while you were away"
    OTHER = "other", "Something else you paid for"


# Expenses are kept apart from involvement payments everywhere a member sees a sum.
EXPENSE_KINDS = frozenset(set(LineKind) - {LineKind.INVOLVEMENT})


class Unit(models.TextChoices):
    MINUTES = "minutes", "minutes"
    MILES = "miles", "miles"
    POUNDS = "pounds", "pounds"


class OfferAnswer(models.TextChoices):
    """What a member chose to do with an offer. There is no default: silence is no choice."""

    ALL = "all", "Take the payment"
    EXPENSES_ONLY = "expenses_only", "Take my travel and other costs only"
    ADVICE = "advice", "I want advice first"


class ClaimState(models.TextChoices):
    DRAFT = "draft", "Ready for you to check"
    SUBMITTED = "submitted", "Being checked"
    RETURNED = "returned", "We asked you a question"
    VERIFIED = "verified", "Checked, waiting for approval"
    READY = "ready", "Approved, waiting to be paid"
    WAITING = "waiting", "Approved, waiting for your payment to be set up"
    IN_RUN = "in_run", "In a pay run"
    SENT = "sent", "On its way to you"
    PAID = "paid", "Paid"
    BANK_RETURNED = "bank_returned", "Sent back by the bank"
    REJECTED = "rejected", "Not approved"
    NOTHING = "nothing", "Nothing to pay"
    WITHDRAWN = "withdrawn", "Taken back"


# What the state is called to staff, where its label speaks to the member.
CLAIM_STATE_FOR_TEAM: dict[str, str] = {
    ClaimState.DRAFT: "With the member",
    ClaimState.RETURNED: "With the member, a question",
    ClaimState.SUBMITTED: "To check",
    ClaimState.VERIFIED: "To approve",
    ClaimState.WAITING: "Approved, payment being set up",
    ClaimState.SENT: "On its way",
}

CLAIM_TRANSITIONS: dict[str, frozenset[str]] = {
    ClaimState.DRAFT: frozenset(
        {ClaimState.SUBMITTED, ClaimState.WITHDRAWN, ClaimState.NOTHING}
    ),
    ClaimState.SUBMITTED: frozenset(
        {ClaimState.VERIFIED, ClaimState.RETURNED, ClaimState.WITHDRAWN}
    ),
    ClaimState.RETURNED: frozenset(
        {ClaimState.SUBMITTED, ClaimState.WITHDRAWN, ClaimState.NOTHING}
    ),
    ClaimState.VERIFIED: frozenset(
        {
            ClaimState.READY,
            ClaimState.WAITING,
            ClaimState.RETURNED,
            ClaimState.REJECTED,
            ClaimState.NOTHING,
        }
    ),
    ClaimState.WAITING: frozenset({ClaimState.READY}),
    ClaimState.READY: frozenset({ClaimState.IN_RUN}),
    ClaimState.IN_RUN: frozenset({ClaimState.READY, ClaimState.SENT}),
    ClaimState.SENT: frozenset({ClaimState.PAID, ClaimState.BANK_RETURNED}),
    ClaimState.PAID: frozenset({ClaimState.BANK_RETURNED}),
    ClaimState.BANK_RETURNED: frozenset({ClaimState.READY}),
    ClaimState.REJECTED: frozenset(),
    ClaimState.NOTHING: frozenset(),
    ClaimState.WITHDRAWN: frozenset(),
}

# Lines may be changed only while the member has the claim in her hands.
WITH_THE_MEMBER = frozenset({ClaimState.DRAFT, ClaimState.RETURNED})


class PayeeState(models.TextChoices):
    REQUESTED = "requested", "Asked for"
    ACTIVE = "active", "Set up"
    STOPPED = "stopped", "Stopped"


PAYEE_TRANSITIONS: dict[str, frozenset[str]] = {
    PayeeState.REQUESTED: frozenset({PayeeState.ACTIVE, PayeeState.STOPPED}),
    PayeeState.ACTIVE: frozenset({PayeeState.STOPPED}),
    PayeeState.STOPPED: frozenset({PayeeState.REQUESTED}),
}


class PayRunState(models.TextChoices):
    BUILT = "built", "Built, waiting to be released"
    RELEASED = "released", "Released"
    SETTLED = "settled", "Every payment accounted for"
    TAKEN_APART = "taken_apart", "Taken apart"


PAY_RUN_TRANSITIONS: dict[str, frozenset[str]] = {
    PayRunState.BUILT: frozenset({PayRunState.RELEASED, PayRunState.TAKEN_APART}),
    PayRunState.RELEASED: frozenset({PayRunState.SETTLED}),
    PayRunState.SETTLED: frozenset(),
    PayRunState.TAKEN_APART: frozenset(),
}


class ResultOutcome(models.TextChoices):
    """What became of one line of a results file. Only an exact match ever marks a claim paid."""

    PAID = "paid", "Paid"
    BANK_RETURNED = "bank_returned", "Sent back by the bank"
    EXCEPTION = "exception", "Needs somebody to look"
    ALREADY = "already", "Already known"
