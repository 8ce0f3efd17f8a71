"""An e-mail as the bytes that go over the wire.

Django's own classes make the same message with the email library of Python, which takes longer than
all the rest of sending it. What is written here is plain: unfolded headers, and bodies of short lines of
ASCII, in quoted-printable when they are not such already, so that no mail server has to be asked
what it can take.
"""

import binascii
import re
import time
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache

from groups.notices.channels.transport import Outgoing, Unfit, message_id

# RFC 5322, 2.1.1: no line may be longer; a header this short is never folded.
_SHORT = 900
_BROKEN = re.compile(r"[\r\n\0]")
_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+")


def header(text: str) -> str:
    """Return one header value, encoded when it is not plain. Raises Unfit for a line break."""
    if _BROKEN.search(text):
        raise Unfit("a line break in a header")
    if text.isascii() and len(text) < _SHORT and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=76).encode(linesep="\r\n")


def sender(address: str) -> str:
    """Return who it comes from, name and address."""
    name, mailbox = parseaddr(address)
    return formataddr((name, plain_address(mailbox)), "utf-8")


def plain_address(address: str) -> str:
    """Return an address as it goes over the wire. Raises Unfit for what is none."""
    if not _ADDRESS.fullmatch(address):
        raise Unfit("not an e-mail address")
    if address.isascii():
        return address
    mailbox, _, domain = address.rpartition("@")
    if not mailbox.isascii():
        raise Unfit("an e-mail address with letters that mail servers do not take")
    return f"{mailbox}@{domain.encode('idna').decode()}"


def method(calendar: str) -> str:
    """Return what a calendar file asks for: REQUEST, CANCEL, or PUBLISH when it does not say."""
    found = _METHOD.search(calendar)
    return found[1] if found else "PUBLISH"


def _body(text: str) -> tuple[str, bytes]:
    """Return how a body is written, and the body: as it is where every line is short ASCII."""
    lines = text.splitlines()
    whole = ("\r\n".join(lines) + "\r\n").encode()
    is_short = max(map(len, lines), default=0) < _SHORT
    if is_short and whole.isascii() and all(map(str.isprintable, lines)):
        return "7bit", whole
    return "quoted-printable", binascii.b2a_qp(whole, istext=True)


def _part(kind: str, text: str, extra: str = "") -> bytes:
    way, body = _body(text)
    head = (
        f"Content-Type: {kind}; charset=utf-8{extra}\r\n"
        f"Content-Transfer-Encoding: {way}\r\n"
    )
    return head.encode() + b"\r\n" + body


def _join(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    mark = b"--" + boundary.encode()
    inside = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + inside + mark + b"--\r\n"


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    # Many messages go in one second, and its words take long to make.
    return formatdate(second, localtime=True)


def compose(outgoing: Outgoing, *, mail_from: str) -> bytes:
    """Return the whole message. The boundary is made of its own reference, which no body holds."""
    head = (
        f"Subject: {header(outgoing.subject)}\r\n"
        f"From: {mail_from}\r\n"
        f"To: {plain_address(outgoing.to)}\r\n"
        f"Date: {_date(int(time.time()))}\r\n"
        f"Message-ID: {message_id(outgoing.reference)}\r\n"
        "MIME-Version: 1.0\r\n"
    )
    boundary = f"=_a.{outgoing.reference}"
    parts = [_part("text/plain", outgoing.plain)]
    if outgoing.html:
        parts.append(_part("text/html", outgoing.html))
    if not outgoing.calendar:
        return head.encode() + _join("alternative", boundary, parts)
    # Once for programs that show an invitation, once more as a file for those that do not.
    asks = f"; method={method(outgoing.calendar)}"
    parts.append(_part("text/calendar", outgoing.calendar, asks))
    attached = (
        f'{asks}; name="meeting.ics"\r\n'
        'Content-Disposition: attachment; filename="meeting.ics"'
    )
    return head.encode() + _join(
        "mixed",
        f"=_m.{outgoing.reference}",
        [
            _join("alternative", boundary, parts),
            _part("text/calendar", outgoing.calendar, attached),
        ],
    )
