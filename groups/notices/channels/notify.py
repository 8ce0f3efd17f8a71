"""GOV.UK Notify: e-mail, text and letter, by its official client. It can be asked by our reference."""

import hmac
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import requests
from django.conf import settings
from django.utils.dateparse import parse_datetime
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import MaxRetryError, NewConnectionError

from groups.notices.channels.transport import (
    Found,
    Outgoing,
    Receipt,
    Refused,
    Silent,
    Taken,
    Told,
    TryLater,
    Unfit,
)
from groups.people.enums import Channel

NAME = "notify"
# trust.md R07: 5 seconds to be there, 30 to answer.
TIMEOUTS = (5, 30)
_NO = 400
_NO_KEY = frozenset({401, 403})
_TOO_MANY = 429
_THEIR_TROUBLE = 500
# What Notify says of an address or number that is none.
_ADDRESS_WORDS = ("email_address", "phone_number", "not a valid", "not enough digits")


# docs.notifications.service.gov.uk, status descriptions. What is not here is still on its way.
_ENDS = {
    "delivered": Receipt.ARRIVED,
    "received": Receipt.ARRIVED,
    "permanent-failure": Receipt.NOWHERE,
    "temporary-failure": Receipt.NOT_NOW,
    "technical-failure": Receipt.NOT_NOW,
    "validation-failed": Receipt.NOT_NOW,
    "virus-scan-failed": Receipt.NOT_NOW,
    "cancelled": Receipt.NOT_NOW,
}


class Notify:
    """One client for one sweep: it is not made for several threads."""

    name = NAME
    can_be_asked = True

    def __init__(self) -> None:
        self._client: Any = None

    def open(self) -> None:
        self._client = NotificationsAPIClient(
            settings.NOTIFY_KEY, base_url=settings.NOTIFY_URL, timeout=TIMEOUTS
        )

    def close(self) -> None:
        if self._client is not None:
            self._client.request_session.close()
            self._client = None

    def find(self, reference: str) -> Found | None:
        """Return what Notify knows under our reference. Raises Silent when it cannot be asked."""
        try:
            answer = self._ready().get_all_notifications(reference=reference)
        except APIError as problem:
            raise Silent(type(problem).__name__) from problem
        known = answer["notifications"]
        return Found(provider_id=known[0]["id"]) if known else None

    def send(self, outgoing: Outgoing) -> Taken:
        send = {
            Channel.EMAIL: self._email,
            Channel.TEXT: self._text,
            Channel.LETTER: self._letter,
        }[Channel(outgoing.channel)]
        try:
            answer = send(outgoing)
        except HTTPError as problem:
            raise _answer(problem) from problem
        return Taken(provider_id=str(answer["id"]))

    def _ready(self) -> Any:
        if self._client is None:
            self.open()
        return self._client

    def _email(self, outgoing: Outgoing) -> Any:
        return self._ready().send_email_notification(
            email_address=outgoing.to,
            template_id=settings.NOTIFY_EMAIL_TEMPLATE,
            personalisation={"subject": outgoing.subject, "body": outgoing.plain},
            reference=outgoing.reference,
        )

    def _text(self, outgoing: Outgoing) -> Any:
        return self._ready().send_sms_notification(
            phone_number=outgoing.to,
            template_id=settings.NOTIFY_TEXT_TEMPLATE,
            personalisation={"body": outgoing.plain},
            reference=outgoing.reference,
        )

    def _letter(self, outgoing: Outgoing) -> Any:
        if not outgoing.pdf:
            raise Unfit("a letter without its PDF")
        return self._ready().send_precompiled_letter_notification(
            reference=outgoing.reference, pdf_file=BytesIO(outgoing.pdf)
        )


def _answer(problem: HTTPError) -> Exception:
    """Return what a failed call means: no for ever, not now, not there, or nobody knows."""
    cause = problem.__cause__
    if getattr(cause, "response", None) is None:
        return Silent(type(cause).__name__) if _never_left(cause) else problem
    code = problem.status_code
    if code == _TOO_MANY:
        return TryLater("GOV.UK Notify has had enough messages for now.")
    if code in _NO_KEY:
        # Nothing of this message is wrong: our key is. Nothing goes until somebody mends it.
        return Silent(f"GOV.UK Notify does not take our key ({code})")
    if _NO <= code < _THEIR_TROUBLE:
        words = _words(problem)
        is_address = any(mark in words.lower() for mark in _ADDRESS_WORDS)
        return Refused(f"{code} {words}"[:200], is_address=is_address)
    return problem


def _never_left(cause: BaseException | None) -> bool:
    """Tell whether the request cannot have reached Notify: no connection was ever made."""
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    if not isinstance(cause, requests.exceptions.ConnectionError) or not cause.args:
        return False
    inner = cause.args[0]
    return isinstance(inner, MaxRetryError) and isinstance(
        inner.reason, NewConnectionError
    )


def _words(problem: HTTPError) -> str:
    said = problem.message
    if isinstance(said, list):
        said = "; ".join(str(each.get("message", "")) for each in said)
    return " ".join(str(said).split())


def is_theirs(authorisation: str) -> bool:
    """Tell whether a receipt carries the secret that only Notify has, in constant time."""
    token = settings.NOTIFY_RECEIPTS_TOKEN
    kind, _, given = authorisation.partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and kind.lower() == "bearer" and same


def read_receipt(data: Any) -> Told | None:
    """Return a receipt, or None for one that does not settle anything yet.

    Raises ValueError for what is no receipt.
    """
    if not isinstance(data, Mapping) or not data.get("status") or not data.get("id"):
        raise ValueError("not a receipt")
    receipt = _ENDS.get(str(data["status"]))
    at = parse_datetime(str(data.get("completed_at") or data.get("sent_at") or ""))
    if receipt is None:
        return None
    if at is None or at.tzinfo is None:
        raise ValueError("a receipt without its time")
    return Told(
        reference=str(data.get("reference") or ""),
        provider_id=str(data["id"])[:80],
        receipt=receipt,
        at=at,
    )
