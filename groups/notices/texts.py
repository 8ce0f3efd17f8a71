"""The whole of a text message: never a word of health or money, whoever looks at the telephone."""

import re

from django.conf import settings

from groups.notices.models import Delivery

# What tells strangers something about a person's health, needs or money (trust.md, messages).
# Better one too many: the neutral words always do.
_WHOLE = (
    "ill|gps?|wards?|fees?|fares?|pay|pays|paid|paying|payable|tax|bsl|hiv|owed?|owes|blind|deaf"
    "|carers?|caring|banks?|drugs?|debts?|sick|pounds?|pence|pain|costs?|easy read|large print"
)
_BEGINNINGS = (
    "health|illness|sickness|hospital|clinic|doctor|nurs|patient|diagnos|disab|disorder|wheelchair"
    "|autis|dementia|alzheimer|cancer|stroke|depress|anxi|psych|mental|therap|medic|treatment"
    "|symptom|condition|addict|alcohol|pregnan|suicid|trauma|braille|interpret|hearing|access"
    "|support worker|social care|money|payment|payee|claim|expense|benefit|receipt|invoice|voucher"
    "|refund|wage|salar|allowance|mileage|budget|reimburs"
)
_TELLING = re.compile(rf"[£€]|\b(?:(?:{_WHOLE})\b|(?:{_BEGINNINGS}))", re.IGNORECASE)


def is_discreet(text: str) -> bool:
    """Tell whether a text gives away nothing about health or money."""
    for ours in (settings.SERVICE_NAME, settings.ORGANISATION):
        text = text.replace(ours, "")
    return not _TELLING.search(text)


def neutral() -> str:
    """Return the words that only say that there is word, and how to get it."""
    return text_message("we have written to you")


def text_message(words: str, path: str = "") -> str:
    """Return the whole of a text message, with where to read the rest and whom to ring."""
    return (
        f"{settings.SERVICE_NAME}: {words}. "
        f"See {settings.SITE_URL}{path} or ring {settings.HELP_PHONE}."
    )


def whole(delivery: Delivery) -> str:
    """Return the text of one message as it goes out."""
    given = delivery.text_body.strip()
    return given if given and is_discreet(given) else neutral()
