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
    DeliveryState.CLAIMED: frozenset(
        {
            DeliveryState.PLANNED,
            DeliveryState.HANDED_OVER,
            DeliveryState.UNCERTAIN,
            DeliveryState.FAILED,
        }
    ),
    DeliveryState.HANDED_OVER: frozenset(
        {DeliveryState.DELIVERED, DeliveryState.BOUNCED}
    ),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.BOUNCED: frozenset({DeliveryState.PLANNED, DeliveryState.WITHDRAWN}),
    DeliveryState.UNCERTAIN: frozenset(
        {DeliveryState.HANDED_OVER, DeliveryState.PLANNED}
    ),
    DeliveryState.FAILED: frozenset({DeliveryState.PLANNED, DeliveryState.WITHDRAWN}),
    DeliveryState.WITHDRAWN: frozenset(),
    DeliveryState.TOO_LATE: frozenset(),
}

# What counts as having reached somebody's letter box, telephone or mail server.
SENT = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED})
OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.CLAIMED})
# A person of the team has to look at these.
IN_TROUBLE = frozenset(
    {DeliveryState.BOUNCED, DeliveryState.UNCERTAIN, DeliveryState.FAILED}
)


class Stage(models.TextChoices):
    FIRST = "first", "First"
    REMINDER = "reminder", "Reminder"
