"""Handing messages over to whoever carries them, so that none is lost and none goes twice.

Each row is taken as `claiming` says. What a provider answers decides what becomes of the row: taken,
refused for ever, not now, not there at all, or nobody knows. Rule: trust.md sections 0.4 and 2.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, connection

from groups.notices import documents, emails, queries, texts
from groups.notices.actions import bouncing, claiming, quiet
from groups.notices.actions.claiming import Sent
from groups.notices.actions.planning import NO_LONGER_IN_TOUCH
from groups.notices.channels import (
    Outgoing,
    Refused,
    Silent,
    Transport,
    TryLater,
    Unfit,
)
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel

log = logging.getLogger(__name__)
MINUTES = dt.timedelta(minutes=1)
# trust.md R07: 1, 5, 15, 60 minutes, 3 hours and so on until a day has passed.
BACKOFF = (1, 5, 15, 60, *[180] * 7)
# Messages that go within such a moment are said to be handed over in one commit, and so many at
# most: no more than these may be shown as "may have been sent" when we stop in it.
AHEAD_SECONDS = 0.01
MOST_AHEAD = 10
# So many messages in a row that broke off, or that wait after a try, mean that it is not the messages.
BREAKS = 3
# While the provider takes nothing at all, so that what waits goes soon after its return (trust.md G32).
OUTAGE_WAIT = 10 * MINUTES

NO_ADDRESS = {
    Channel.EMAIL: "We have no e-mail address that works for this person now.",
    Channel.TEXT: "We have no number for texts that works for this person now.",
    Channel.LETTER: "We have no postal address that works for this person now.",
}
CANNOT_BE_MADE = {
    Channel.EMAIL: "This could not be made into an e-mail.",
    Channel.TEXT: "This could not be made into a text.",
    Channel.LETTER: "This could not be made into a letter.",
}
REFUSED = {
    "smtp": "The mail server refused it",
    "notify": "GOV.UK Notify refused it",
}
GAVE_UP = "We tried for a day and it was not taken."
MAY_HAVE_GONE = "We stopped while it was being sent. It may have arrived."
RING_INSTEAD = "It would have come in their quiet hours, and later is too late."


class Broken(Exception):
    """The rest of this channel's messages wait for the next sweep."""


class Sender:
    """Sends what is due by one channel, for one sweep of one process."""

    def __init__(
        self, channel: str, transport: Transport, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self.channel = Channel(channel)
        self.transport = transport
        self.clock = clock
        self.sent_count = 0
        self.broken_count = 0
        # What was taken and is not yet written down.
        self._gone: list[Sent] = []
        # What comes next in this batch, and which of it is already said to be handed over.
        self._left: list[list[Delivery]] = []
        self._ahead: set[int] = set()
        self._ahead_until = clock()
        # How long a message takes, and a little longer until we know.
        self._pace = AHEAD_SECONDS
        self._breaks = 0

    def send_all(self, goes_on: Callable[[], bool]) -> bool:
        """Send until nothing is due; return False when time ran out first.

        Raises Broken when the provider is not there. Whatever else goes wrong ends in the state of
        a row.
        """
        if not claiming.candidates(self.channel, self.clock()).exists():
            return True
        if not goes_on():
            return False
        try:
            self.transport.open()
            while goes_on():
                rows = claiming.claim(self.channel, now=self.clock())
                if rows is None:
                    return True
                if rows:
                    self._send_batch(rows, goes_on)
            return False
        except Silent as problem:
            log.warning("%s cannot be reached: %s", self.transport.name, problem)
            raise Broken from problem
        finally:
            self.transport.close()

    def _send_batch(self, rows: list[Delivery], goes_on: Callable[[], bool]) -> None:
        together = len(rows) > 1 and rows[0].in_digest
        left = self._left = [rows] if together else [[row] for row in rows]
        self._ahead = set()
        try:
            while left and goes_on():
                self._send_guarded(left.pop(0))
        finally:
            # The database may have been started anew meanwhile; what went is still known here.
            if connection.errors_occurred:
                connection.close_if_unusable_or_obsolete()
            self._write_down()
            for group in left:
                claiming.give_back(group)

    def _send_guarded(self, rows: list[Delivery]) -> None:
        try:
            self._send(rows)
        except (Silent, Broken, OperationalError, InterfaceError):
            raise
        except Exception:  # one poisoned row must not stop the others (R11)
            log.exception("delivery %s stopped the sweep of itself", rows[0].reference)
            self.broken_count += 1

    def _send(self, rows: list[Delivery]) -> None:
        ready = [row for row in rows if self._may_go(row)]
        outgoing = self._make(ready) if ready else None
        if outgoing is None or not self._begin(ready):
            return
        started = time.perf_counter()
        try:
            taken = self.transport.send(outgoing)
        except Silent:
            claiming.give_back(ready)
            raise
        except TryLater:
            self._later(ready)
        except Unfit as problem:
            log.warning("delivery %s cannot be made: %s", ready[0].reference, problem)
            self._close(ready, CANNOT_BE_MADE[self.channel])
        except Refused as problem:
            self._refused(ready, problem)
        except Exception as problem:  # noqa: BLE001 - whatever broke, we no longer know if it went
            self._nobody_knows(ready, problem)
        else:
            self._breaks = 0
            # What went together is found again by the name it all went under.
            name = taken.provider_id
            if not name and ready[0].in_digest:
                name = outgoing.reference
            self._gone.append(Sent(ready, name, self.clock()))
            self._keep_pace(time.perf_counter() - started, is_named=bool(name))

    def _may_go(self, row: Delivery) -> bool:
        """Look at the person as she is today; what may not go is closed or waits."""
        if not row.person.can_be_written_to:
            claiming.close(row, DeliveryState.WITHDRAWN, NO_LONGER_IN_TOUCH)
            return False
        address = queries.address_for(row.person, self.channel)
        if address != row.address:
            claiming.readdress(row, address)
        if not address:
            claiming.close(row, DeliveryState.FAILED, NO_ADDRESS[self.channel])
            return False
        now = self.clock()
        until = quiet.ends_at(row.person, self.channel, now)
        if until is None:
            return True
        if row.expires_at is None or until < row.expires_at:
            claiming.wait([row], until=until, tried=False)
            return False
        if row.notice.is_essential:
            return True
        if not claiming.plan_call(row, reason=RING_INSTEAD, now=now):
            claiming.close(row, DeliveryState.FAILED, RING_INSTEAD)
        return False

    def _make(self, rows: list[Delivery]) -> Outgoing | None:
        first = rows[0]
        try:
            if self.channel == Channel.EMAIL:
                if first.in_digest:
                    return emails.build_digest(rows, address=first.address)
                return emails.build(first, address=first.address)
            return Outgoing(
                reference=str(first.message_id),
                channel=self.channel,
                to=first.address,
                subject=first.subject,
                plain=texts.whole(first) if self.channel == Channel.TEXT else "",
                pdf=documents.one_letter(first)
                if self.channel == Channel.LETTER
                else b"",
            )
        except documents.CannotBePosted as problem:
            self._close(rows, str(problem))
        except Exception as problem:  # noqa: BLE001 - one poisoned row must not stop the others (R11)
            log.warning(
                "delivery %s cannot be made: %s",
                first.reference,
                type(problem).__name__,
            )
            self._close(rows, CANNOT_BE_MADE[self.channel])
        return None

    def _begin(self, rows: list[Delivery]) -> bool:
        now = self.clock()
        if rows[0].in_digest:
            self._write_down()
            name = self.transport.name
            if claiming.begin_together(rows, now=now, provider=name):
                return True
            claiming.give_back(rows)
            return False
        first = rows[0]
        # Whoever was held up for long asks anew: somebody else may have taken it up.
        if first.pk in self._ahead and now < self._ahead_until:
            return True
        if self._gone and self._gone[0].deliveries[0].claim_token != first.claim_token:
            self._write_down()
        few = [first, *self._next_few()]
        self._ahead = self._write_down(few)
        self._ahead_until = now + MINUTES
        return first.pk in self._ahead

    def _next_few(self) -> list[Delivery]:
        """Return what will have gone within a moment, so that one commit says it of all of them."""
        count = min(MOST_AHEAD, int(AHEAD_SECONDS / self._pace)) - 1
        return [group[0] for group in self._left[: max(0, count)]]

    def _keep_pace(self, seconds: float, *, is_named: bool) -> None:
        """Look ahead slowly more while messages go quickly, and at once no more when they do not.

        What each has a name of its own for at the provider is written down one by one.
        """
        self._pace = AHEAD_SECONDS if is_named else max(seconds, self._pace / 2)

    def _write_down(self, following: Sequence[Delivery] = ()) -> set[int]:
        """Write down what has gone, and what comes next; return the keys of that which is ours."""
        if not self._gone and not following:
            return set()
        name = self.transport.name
        ours = claiming.step(self._gone, following, now=self.clock(), provider=name)
        self.sent_count += sum(len(sent.deliveries) for sent in self._gone)
        self._gone = []
        return ours

    def _later(self, rows: Sequence[Delivery]) -> None:
        now = self.clock()
        if self._takes_nothing(now):
            # It is not these messages, so they are not given up for it.
            for row in rows:
                tried = row.attempts <= BREAKS
                claiming.wait([row], until=now + OUTAGE_WAIT, tried=tried)
            return
        for row in rows:
            if row.attempts > len(BACKOFF):
                claiming.close(row, DeliveryState.FAILED, GAVE_UP)
            else:
                until = self.clock() + BACKOFF[row.attempts - 1] * MINUTES
                claiming.wait([row], until=until, tried=True)

    def _takes_nothing(self, now: dt.datetime) -> bool:
        """Tell whether nothing of this channel has gone lately and several messages were put off."""
        if self.sent_count or self._gone:
            return False
        rows = Delivery.objects.filter(channel=self.channel)
        put_off = rows.filter(state=DeliveryState.PLANNED, attempts__gte=1)
        if put_off[:BREAKS].count() < BREAKS:
            return False
        return not rows.filter(sent_at__gte=now - OUTAGE_WAIT).exists()

    def _close(self, rows: Sequence[Delivery], reason: str) -> None:
        for row in rows:
            claiming.close(row, DeliveryState.FAILED, reason)

    def _refused(self, rows: Sequence[Delivery], problem: Refused) -> None:
        said = REFUSED.get(self.transport.name, "It was refused")
        self._close(rows, f"{said}: {problem}")
        if problem.is_address:
            bouncing.flag_address(rows[0], said)

    def _nobody_knows(self, rows: Sequence[Delivery], problem: Exception) -> None:
        """Show it as "may have been sent", or let the sweep ask once the lease has run out."""
        log.warning(
            "delivery %s broke off: %s", rows[0].reference, type(problem).__name__
        )
        if not self.transport.can_be_asked:
            for row in rows:
                claiming.close(row, DeliveryState.UNCERTAIN, MAY_HAVE_GONE)
        self.broken_count += 1
        self._breaks += 1
        if self._breaks >= BREAKS:
            raise Broken
