"""Reading the mail that a mail server sends back (RFC 3464)."""

import datetime as dt
import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone

from groups.notices.channels.transport import Receipt, Told

_OUR_NAME = re.compile(
    r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE
)
_REPORT = frozenset({"message/delivery-status"})
_ORIGINAL = frozenset({"message/rfc822", "text/rfc822-headers", "message/global"})
# RFC 3463: the address, or a mailbox that is switched off.
_NOBODY_THERE = re.compile(r"5\.(?:1\.\d+|2\.1)\b")


def read_bounce(data: bytes) -> Told | None:
    """Return what a returned mail tells, or None when it settles nothing: not a report, or a delay.

    Only a report in the standard form is believed; anybody may write a mail that sounds like one, so
    it also has to name a message of ours by a reference that is nowhere but in that message.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    status = next(_parts(message, _REPORT), None)
    found = _OUR_NAME.search(_original_name(message))
    if status is None or found is None:
        return None
    for block in _blocks(status):
        action = str(block.get("Action", "")).strip().lower()
        if action not in ("failed", "delivered"):
            continue
        code = str(block.get("Status", "")).strip()
        if action == "delivered":
            receipt = Receipt.ARRIVED
        elif _NOBODY_THERE.match(code):
            receipt = Receipt.NOWHERE
        else:
            receipt = Receipt.NOT_NOW
        return Told(found[1].lower(), "", receipt, _when(message), _said(block, code))
    return None


def _parts(message: Message, kinds: frozenset[str]) -> Iterator[Any]:
    return (part for part in message.walk() if part.get_content_type() in kinds)


def _blocks(status: Message) -> list[Message]:
    inside = status.get_payload()
    return [each for each in inside if isinstance(each, Message)]


def _original_name(message: EmailMessage) -> str:
    """Return the Message-ID of what came back, from the copy that the report carries."""
    for part in _parts(message, _ORIGINAL):
        inside = part.get_payload()
        text = (
            inside[0].as_string()
            if isinstance(inside, list) and inside
            else part.get_content()
        )
        found = re.search(
            r"^Message-ID:\s*(<[^>]+>)", str(text), re.IGNORECASE | re.MULTILINE
        )
        if found:
            return found[1]
    return ""


def _when(message: EmailMessage) -> dt.datetime:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return timezone.now()
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _said(block: Message, code: str) -> str:
    words = str(block.get("Diagnostic-Code", "")).partition(";")[2] or code
    return " ".join(words.split())[:200]
