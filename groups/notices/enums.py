from django.db import models


class DeliveryState(models.TextChoices):
    """How far one message to one person has come. 'Due' is not stored: it is planned and its time
    has come."""

    PLANNED = "planned", "Planned"
    CLAIMED = "claimed", "Being sent"
    HANDED_OVER = "handed_over", "Sent"
    DELIVERED = "delivered", "Arrived"
    BOUNCED = "bounced", "Came back"
    UNCERTAIN = "uncertain", "May have been sent"
    FAILED = "failed", "Could not be sent"
    WITHDRAWN = "withdrawn", "No longer needed"
    TOO_LATE = "too_late", "Too late to send"


DELIVERY_TRANSITIONS: dict[str, frozenset[str]] = {
    DeliveryState.PLANNED: frozenset(
        {
            DeliveryState.CLAIMED,
            DeliveryState.HANDED_OVER,
            DeliveryState.FAILED,
            DeliveryState.WITHDRAWN,
            DeliveryState.TOO_LATE,
        }
    ),
    # Called off between the claim and the hand-over; what is being handed over is left alone.
    # Arrived or came back: the receipt was here before we had written down that it went.
    DeliveryState.CLAIMED: frozenset(
        {
            DeliveryState.PLANNED,
            DeliveryState.HANDED_OVER,
            DeliveryState.DELIVERED,
            DeliveryState.BOUNCED,
            DeliveryState.UNCERTAIN,
            DeliveryState.FAILED,
            DeliveryState.WITHDRAWN,
        }
    ),
    # Back to planned, or to withdrawn: a letter or call that was marked as done by mistake.
    DeliveryState.HANDED_OVER: frozenset(
        {
            DeliveryState.DELIVERED,
            DeliveryState.BOUNCED,
            DeliveryState.PLANNED,
            DeliveryState.WITHDRAWN,
        }
    ),
    # Receipts come out of order, and a mailbox may send back what it had taken.
    DeliveryState.DELIVERED: frozenset({DeliveryState.BOUNCED}),
    DeliveryState.BOUNCED: frozenset(
        {DeliveryState.DELIVERED, DeliveryState.PLANNED, DeliveryState.WITHDRAWN}
    ),
    DeliveryState.UNCERTAIN: frozenset(
        {
            DeliveryState.HANDED_OVER,
            DeliveryState.DELIVERED,
            DeliveryState.BOUNCED,
            DeliveryState.PLANNED,
            DeliveryState.WITHDRAWN,
        }
    ),
    DeliveryState.FAILED: frozenset({DeliveryState.PLANNED, DeliveryState.WITHDRAWN}),
    # Back to planned: a whole notice that was undone in its ten minutes and is sent after all.
    # Sent: a printed letter that was called off, and had been posted all the same.
    DeliveryState.WITHDRAWN: frozenset(
        {DeliveryState.PLANNED, DeliveryState.HANDED_OVER}
    ),
    DeliveryState.TOO_LATE: frozenset(),
}

# What counts as having reached somebody's letter box, telephone or mail server.
SENT = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})
OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.CLAIMED})
# A person of the team has to look at these.
IN_TROUBLE = frozenset(
    {DeliveryState.BOUNCED, DeliveryState.UNCERTAIN, DeliveryState.FAILED}
)
# What the person herself sees under "what we sent you".
ARRIVING = SENT | {DeliveryState.BOUNCED, DeliveryState.UNCERTAIN}

STATE_COLOURS: dict[str, str] = {
    DeliveryState.PLANNED: "yellow",
    DeliveryState.CLAIMED: "yellow",
    DeliveryState.HANDED_OVER: "green",
    DeliveryState.DELIVERED: "green",
    DeliveryState.BOUNCED: "orange",
    DeliveryState.UNCERTAIN: "orange",
    DeliveryState.FAILED: "orange",
    DeliveryState.WITHDRAWN: "grey",
    DeliveryState.TOO_LATE: "orange",
}


class Stage(models.TextChoices):
    FIRST = "first", "First"
    REMINDER = "reminder", "Reminder"


class CallOutcome(models.TextChoices):
    """What came of ringing somebody."""

    SPOKE = "spoke", "We spoke"
    VOICEMAIL = "voicemail", "I left a message"
    NO_ANSWER = "no_answer", "No answer"
    WRONG_NUMBER = "wrong_number", "The number does not work"


class AlertKind(models.TextChoices):
    """What may be wrong with the sending as a whole."""

    COUNT = "count", "Messages do not add up"
