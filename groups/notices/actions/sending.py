"""Sending e-mail, one row at a time, so that none is lost and none goes twice.

A row is claimed by a conditional UPDATE of its own. Just before the mail server is handed the
message the row says so, and just after, the row says it was sent; each is its own commit. Whatever
kills us between, the row tells what may have happened. Rule: trust.md sections 0.4 and 2.
"""

import datetime as dt
import logging
import smtplib
import uuid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, QuerySet

from groups.notices import emails, queries
from groups.notices.actions.planning import NO_LONGER_IN_TOUCH
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel

log = logging.getLogger(__name__)
# trust.md R02: the lease on a row, longer than any mail server may take to answer.
LEASE = dt.timedelta(minutes=5)
# trust.md R07 and R31: five tries, further and further apart, then a person looks at it.
BACKOFF = (1, 5, 15, 60)
MAX_ATTEMPTS = 5
REFUSED = 500

NO_ADDRESS = "We have no e-mail address that works for this person now."
GAVE_UP = "We tried 5 times and the mail server did not take it."
CANNOT_BE_MADE = "This could not be made into an e-mail."
MAY_HAVE_GONE = "We stopped while it was being sent. It may have arrived."


class MailServerSilent(Exception):
    """The mail server could not be reached at all; nothing was handed to it."""


def mark_too_late(*, now: dt.datetime) -> int:
    """Close what nobody sent before its time had passed, in every channel; staff see it."""
    return Delivery.objects.filter(
        state=DeliveryState.PLANNED, expires_at__lte=now
    ).update(
        state=DeliveryState.TOO_LATE, reason="Its time had passed before it was sent."
    )


def recover(*, now: dt.datetime) -> int:
    """Take up rows whose sender died. Sends nothing itself.

    Not yet handed over: planned again. Handed over or not, nobody knows: the mail server is asked
    when it can be (a row then is sent or planned again), and otherwise the row is shown to staff as
    "may have been sent". Such a row is never sent again by itself. Rule: trust.md R09.
    """
    dead = Delivery.objects.filter(state=DeliveryState.CLAIMED, claimed_until__lt=now)
    count = dead.filter(handing_over=False, attempts__gte=MAX_ATTEMPTS).update(
        state=DeliveryState.FAILED, reason=GAVE_UP, claim_token=None
    )
    count += dead.filter(handing_over=False).update(
        state=DeliveryState.PLANNED, claim_token=None
    )
    for delivery in dead.filter(handing_over=True):
        _settle_unknown(delivery, now=now)
        count += 1
    return count


def _settle_unknown(delivery: Delivery, *, now: dt.datetime) -> None:
    ask = getattr(get_connection(), "has_sent", None)
    if ask is None:
        _ours(delivery).update(state=DeliveryState.UNCERTAIN, reason=MAY_HAVE_GONE)
    elif ask(emails.message_id(delivery)):
        _mark_sent(delivery, now=now)
    else:
        _ours(delivery).update(
            state=DeliveryState.PLANNED,
            handing_over=False,
            claim_token=None,
            claimed_until=None,
        )


def claim(delivery_id: int, *, now: dt.datetime) -> Delivery | None:
    """Take one due e-mail for ourselves, or return None when somebody else has it."""
    token = uuid.uuid4()
    claimed = (
        Delivery.objects.due(now)
        .filter(pk=delivery_id, channel=Channel.EMAIL)
        .update(
            state=DeliveryState.CLAIMED,
            claim_token=token,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            handing_over=False,
        )
    )
    if not claimed:
        return None
    return (
        Delivery.objects.select_related("person", "notice")
        .prefetch_related("person__contact_points")
        .get(pk=delivery_id)
    )


def send_one(delivery_id: int, *, now: dt.datetime) -> bool:
    """Claim one due e-mail and send it. Return whether it went.

    Raises MailServerSilent when there is no mail server to hand anything to; the row is then as
    it was. Every other trouble ends in a state of the row.
    """
    delivery = claim(delivery_id, now=now)
    if delivery is None:
        return False
    email = _prepare(delivery)
    if email is None:
        return False
    connection = _connect(delivery)
    try:
        if not _ours(delivery).filter(handing_over=False).update(handing_over=True):
            return False
        return _hand_over(delivery, email, connection, now=now)
    finally:
        _close(connection)


def _prepare(delivery: Delivery) -> EmailMultiAlternatives | None:
    if not delivery.person.can_be_written_to:
        _ours(delivery).update(state=DeliveryState.WITHDRAWN, reason=NO_LONGER_IN_TOUCH)
        return None
    address = queries.address_for(delivery.person, Channel.EMAIL)
    if not address:
        _fail(delivery, NO_ADDRESS)
        return None
    delivery.address = address
    try:
        email = emails.build(delivery, address=address)
        email.message()
    except Exception as problem:  # noqa: BLE001 - one poisoned row must not stop the others (R11)
        log.warning(
            "delivery %s cannot be made: %s", delivery.reference, type(problem).__name__
        )
        _fail(delivery, CANNOT_BE_MADE)
        return None
    return email


def _connect(delivery: Delivery) -> Any:
    # A connection of its own for each message: one that went stale would leave us not knowing.
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as problem:
        _ours(delivery).update(
            state=DeliveryState.PLANNED, claim_token=None, attempts=F("attempts") - 1
        )
        raise MailServerSilent(type(problem).__name__) from problem
    return connection


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as problem:
        log.info("closing the connection: %s", type(problem).__name__)


def _hand_over(
    delivery: Delivery,
    email: EmailMultiAlternatives,
    connection: Any,
    *,
    now: dt.datetime,
) -> bool:
    try:
        connection.send_messages([email])
    except (
        smtplib.SMTPRecipientsRefused,
        smtplib.SMTPSenderRefused,
        smtplib.SMTPDataError,
    ) as no:
        code, words = _answer(no)
        if code >= REFUSED:
            _fail(delivery, f"The mail server refused it: {words}")
        else:
            _later(delivery, now=now)
        return False
    except Exception as problem:  # noqa: BLE001 - whatever broke, we no longer know if it went
        log.warning(
            "delivery %s broke off: %s", delivery.reference, type(problem).__name__
        )
        _settle_unknown(delivery, now=now)
        return False
    _mark_sent(delivery, now=now)
    return True


def _answer(problem: smtplib.SMTPException) -> tuple[int, str]:
    words: bytes | str
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(problem.recipients.values()), (REFUSED, b""))
    elif isinstance(problem, smtplib.SMTPResponseException):
        code, words = problem.smtp_code, problem.smtp_error
    else:
        code, words = REFUSED, b""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return code, f"{code} {' '.join(text.split())}".strip()[:200]


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk=delivery.pk, state=DeliveryState.CLAIMED, claim_token=delivery.claim_token
    )


def _fail(delivery: Delivery, reason: str) -> None:
    _ours(delivery).update(
        state=DeliveryState.FAILED,
        reason=reason[:300],
        claim_token=None,
        handing_over=False,
        address=delivery.address,
    )


def _later(delivery: Delivery, *, now: dt.datetime) -> None:
    if delivery.attempts >= MAX_ATTEMPTS:
        _fail(delivery, GAVE_UP)
        return
    wait = dt.timedelta(minutes=BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1])
    _ours(delivery).update(
        state=DeliveryState.PLANNED,
        claim_token=None,
        handing_over=False,
        due_at=now + wait,
    )


def _mark_sent(delivery: Delivery, *, now: dt.datetime) -> None:
    # A very slow hand-over may have been called uncertain meanwhile; now we do know.
    Delivery.objects.filter(
        pk=delivery.pk,
        state__in=[DeliveryState.CLAIMED, DeliveryState.UNCERTAIN],
        claim_token=delivery.claim_token,
    ).update(
        state=DeliveryState.HANDED_OVER,
        sent_at=now,
        sent_by_name=settings.SERVICE_NAME,
        address=delivery.address,
        reason="",
        claim_token=None,
        claimed_until=None,
        handing_over=False,
    )
