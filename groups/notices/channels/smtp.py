"""E-mail by a mail server. It cannot be asked afterwards whether it has a message.

One connection serves a whole sweep. A connection that went stale shows when the envelope is given,
before anything was handed over; it is opened again then. Only what breaks after the words
themselves have begun to go leaves us not knowing. Rule: trust.md R09.
"""

import re
import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from groups.notices.channels import mime
from groups.notices.channels.transport import (
    Found,
    Outgoing,
    Refused,
    Silent,
    Taken,
    TryLater,
    Unfit,
    message_id,
)

NAME = "smtp"
_OK = 250
_GO_ON = 354
_LATER = 400
_CLOSING = 421
_NO = 500
# RFC 5321, 4.2.3: no such mailbox, and not in the way "we do not like you" is said.
_NO_MAILBOX = frozenset({550, 551, 553})
_STATUS = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")


class MailServer:
    name = NAME
    can_be_asked = False

    def __init__(self) -> None:
        self._backend: Any = None
        self._sender = mime.sender(settings.DEFAULT_FROM_EMAIL)
        self._sender_address = mime.plain_address(
            parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        )

    def open(self) -> None:
        """Raise Silent when the mail server cannot be reached."""
        backend = get_connection()
        try:
            backend.open()
            if isinstance(backend, EmailBackend):
                wire: Any = backend.connection
                wire.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as problem:
            raise Silent(type(problem).__name__) from problem
        self._backend = backend

    def close(self) -> None:
        if self._backend is not None:
            try:
                self._backend.close()
            except (OSError, smtplib.SMTPException):
                # What was handed over is handed over; the farewell decides nothing.
                self._backend = None

    def find(self, reference: str) -> Found | None:
        raise NotImplementedError("a mail server cannot be asked")

    def send(self, outgoing: Outgoing) -> Taken:
        if self._backend is None:
            self.open()
        if not isinstance(self._backend, EmailBackend):
            return _by_django(self._backend, outgoing)
        body = mime.compose(outgoing, mail_from=self._sender)
        self._begin(mime.plain_address(outgoing.to))
        return self._words(body)

    def _begin(self, address: str) -> None:
        """Give the envelope, on a new connection when this one went stale."""
        try:
            self._envelope(address)
        except (OSError, smtplib.SMTPServerDisconnected):
            self.close()
            self.open()
            try:
                self._envelope(address)
            except (OSError, smtplib.SMTPServerDisconnected) as problem:
                raise Silent(type(problem).__name__) from problem

    def _envelope(self, address: str) -> None:
        wire = self._backend.connection
        if wire is None:
            raise smtplib.SMTPServerDisconnected("closed")
        # Both addresses were looked at already, so they need not be read again.
        steps = (
            (f"mail FROM:<{self._sender_address}>", False),
            (f"rcpt TO:<{address}>", True),
            ("data", False),
        )
        for step, is_address in steps:
            code, words = wire.docmd(step)
            if code == _CLOSING:
                raise smtplib.SMTPServerDisconnected("the server closes")
            if code not in (_OK, _OK + 1, _GO_ON):
                wire.rset()
                # Whatever it said, nothing was handed over.
                raise _answer(max(code, _LATER), words, is_address=is_address)

    def _words(self, body: bytes) -> Taken:
        wire = self._backend.connection
        wire.send(_dotted(body) + b".\r\n")
        code, words = wire.getreply()
        if code == _OK:
            return Taken()
        if code == _CLOSING:
            self.close()
        raise _answer(code, words, is_address=False)


def _dotted(body: bytes) -> bytes:
    # RFC 5321, 4.5.2. A body of ours never begins with a dot: it begins with a header.
    return body.replace(b"\r\n.", b"\r\n..")


def _by_django(backend: Any, outgoing: Outgoing) -> Taken:
    """Hand over through whatever mail backend of Django's the settings name."""
    email = as_email(outgoing)
    try:
        backend.send_messages([email])
    except smtplib.SMTPRecipientsRefused as no:
        code, words = next(iter(no.recipients.values()), (_NO, b""))
        raise _answer(code, words, is_address=True) from no
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as no:
        raise _answer(no.smtp_code, no.smtp_error, is_address=False) from no
    return Taken()


def as_email(outgoing: Outgoing) -> EmailMultiAlternatives:
    """Return the message as Django's own. Raises Unfit when it cannot be made."""
    try:
        email = EmailMultiAlternatives(
            subject=outgoing.subject,
            body=outgoing.plain,
            to=[outgoing.to],
            headers={"Message-ID": message_id(outgoing.reference)},
        )
        if outgoing.html:
            email.attach_alternative(outgoing.html, "text/html")
        if outgoing.calendar:
            asks = f"text/calendar; method={mime.method(outgoing.calendar)}"
            email.attach("meeting.ics", outgoing.calendar, asks)
        email.message()
    except ValueError as problem:
        raise Unfit(str(problem)) from problem
    return email


def _answer(
    code: int, words: bytes | str, *, is_address: bool
) -> Refused | TryLater | smtplib.SMTPException:
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    said = f"{code} {' '.join(text.split())}".strip()[:200]
    if code >= _NO:
        return Refused(said, is_address=_no_mailbox(code, text, is_address=is_address))
    if code >= _LATER:
        return TryLater(said)
    return smtplib.SMTPException(said)


def _no_mailbox(code: int, words: str, *, is_address: bool) -> bool:
    """Tell whether the address itself is wrong, and not only this message or this sender.

    The longer status decides where there is one: 5.1.x is the address, 5.2.1 a mailbox switched
    off, 5.7.x that the server does not take it from us (RFC 3463).
    """
    status = _STATUS.search(words)
    if status:
        return status[1] == "1" or (status[1], status[2]) == ("2", "1")
    return is_address and code in _NO_MAILBOX
