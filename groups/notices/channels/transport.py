"""What every way of sending offers, and the four answers a provider can give."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Outgoing:
    """One message, ready to go: plain data, so that a provider needs to know nothing of ours.

    `reference` is ours and the same however often we try. `plain` is the words of an e-mail, or the
    whole of a text. `pdf` is a letter.
    """

    reference: str
    channel: str
    to: str
    subject: str = ""
    plain: str = ""
    html: str = ""
    calendar: str = ""
    pdf: bytes = b""


@dataclass(frozen=True)
class Taken:
    """The provider has it, under this name."""

    provider_id: str = ""


@dataclass(frozen=True)
class Found:
    """What a provider that was asked knows of a message."""

    provider_id: str = ""


class Receipt(StrEnum):
    """What became of a message, in the end."""

    ARRIVED = "arrived"
    # Nothing will ever reach this address.
    NOWHERE = "nowhere"
    # It did not arrive now; another message may.
    NOT_NOW = "not_now"


@dataclass(frozen=True)
class Told:
    """One receipt as it came: of which message, what became of it, and when."""

    reference: str
    provider_id: str
    receipt: Receipt
    at: dt.datetime
    # In the provider's own words, when there are any for staff to read.
    words: str = ""


class Refused(Exception):
    """The provider says no, and will say no again. The words are for staff."""

    def __init__(self, words: str, *, is_address: bool = False) -> None:
        super().__init__(words)
        # Nothing will ever reach this address or number.
        self.is_address = is_address


class Unfit(Exception):
    """It cannot be made into a message; nothing was handed over."""


class TryLater(Exception):
    """The provider has not taken this one now."""


class Silent(Exception):
    """The provider is not there at all; nothing was handed over."""


class Transport(Protocol):
    """One way to hand over messages, open for one sweep of one process.

    `send` returns Taken or raises one of the four answers. Whatever else it raises means that
    nobody knows whether the message went. `find` is asked only when `can_be_asked`.
    """

    name: str
    can_be_asked: bool

    def open(self) -> None: ...

    def send(self, outgoing: Outgoing) -> Taken: ...

    def find(self, reference: str) -> Found | None: ...

    def close(self) -> None: ...


def message_id(reference: str) -> str:
    """Return the Message-ID, the same however often we try, so that a repeat is known as one."""
    return f"<{reference}@{urlsplit(settings.SITE_URL).hostname}>"
