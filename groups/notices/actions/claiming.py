"""Taking rows for ourselves, and writing down each step of their way, so that whatever kills us the
row tells what may have happened.

Rows are claimed some at a time by one conditional UPDATE. Just before a provider is given a message
its row says so; that it was taken is written together with the same word about the next rows, so
that a message costs one commit, or less where they go very quickly. Rule: trust.md sections 0.4 and 2.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from groups.notices import queries
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel
from groups.people.models import Person

# trust.md R02: the lease on a row, longer than any provider may take to answer.
LEASE = dt.timedelta(minutes=5)
# So many rows are claimed together; each still has its own steps.
BATCH = 200
# All that sending asks of a row and its person: to read the rest takes as long again.
_NEEDED = (
    *("reference", "message_id", "claim_token", "channel", "state", "attempts"),
    *("subject", "body", "text_body", "calendar", "link_path", "print_size"),
    *("in_digest", "expires_at", "provider_id", "address", "notice_id", "person_id"),
    *("person__known_as", "person__state", "person__staff_contact_id"),
    *("person__language", "person__quiet_from", "person__quiet_until"),
)


@dataclass
class Sent:
    """Rows a provider has taken, not yet written down. Several only when they went as one e-mail."""

    deliveries: list[Delivery]
    provider_id: str
    at: dt.datetime


def candidates(channel: str, now: dt.datetime) -> QuerySet[Delivery]:
    """Return what a machine may send now, the soonest to be pointless first.

    A letter in somebody's pile is theirs to post.
    """
    rows = Delivery.objects.due(now).filter(channel=channel, print_run__isnull=True)
    return rows.order_by(F("expires_at").asc(nulls_last=True), "due_at", "pk")


def take(keys: list[int], *, now: dt.datetime, token: uuid.UUID) -> int:
    """Claim the rows of these that are still due; of two who ask, one gets each row."""
    return (
        Delivery.objects.due(now)
        .filter(pk__in=keys, print_run__isnull=True)
        .update(
            state=DeliveryState.CLAIMED,
            claim_token=token,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            handing_over=False,
        )
    )


def claim(channel: str, *, now: dt.datetime) -> list[Delivery] | None:
    """Take the next rows, or return None when nothing of this channel is due any more.

    Rows that were tried before come alone, so that one that kills its sender takes no others with
    it; so do those that go to one person as one e-mail. An empty list means that somebody
    else was quicker.
    """
    ahead = candidates(channel, now).values_list(
        "pk", "attempts", "in_digest", "person_id"
    )[:BATCH]
    first, attempts, in_digest, person_id = next(iter(ahead), (0, 0, False, 0))
    if not first:
        return None
    if in_digest:
        together = candidates(channel, now).filter(person_id=person_id, in_digest=True)
        keys = list(together.values_list("pk", flat=True))
    elif attempts:
        keys = [first]
    else:
        keys = [key for key, tried, waits, _ in ahead if not tried and not waits]
    token = uuid.uuid4()
    if not take(keys, now=now, token=token):
        return []
    rows = (
        Delivery.objects.filter(
            pk__in=keys, claim_token=token, state=DeliveryState.CLAIMED
        )
        .select_related("person")
        .only(*_NEEDED)
        .prefetch_related("notice", "person__contact_points")
    )
    place = {key: number for number, key in enumerate(keys)}
    return sorted(rows, key=lambda row: place[row.pk])


@cache
def _step_sql(sent: int, following: int) -> str:
    # By hand: Django takes longer to put this into SQL than both databases take to do it, and it
    # is asked again and again. What is found by the last line has gone, or is not yet begun.
    gone = ", ".join(f"%(sent{n})s" for n in range(sent)) or "0"
    coming = ", ".join(f"%(next{n})s" for n in range(following)) or "0"
    was = "CASE WHEN handing_over OR state = %(unknown)s THEN {} ELSE {} END"
    return f"""
        UPDATE {Delivery._meta.db_table} SET
            state = {was.format("%(gone)s", "state")},
            sent_at = {was.format("%(at)s", "sent_at")},
            sent_by_name = {was.format("%(by)s", "sent_by_name")},
            reason = {was.format("''", "reason")},
            claim_token = {was.format("NULL", "claim_token")},
            claimed_until = {was.format("NULL", "%(until)s")},
            provider = %(provider)s,
            provider_id = {was.format("%(provider_id)s", "''")},
            handing_over = NOT (handing_over OR state = %(unknown)s)
        WHERE id IN ({gone}, {coming}) AND claim_token = %(token)s AND (
            (id IN ({gone}) AND (handing_over OR state = %(unknown)s))
            OR (id IN ({coming}) AND state = %(claimed)s AND NOT handing_over)
        )"""  # noqa: S608 - only names of our own are put in; values are parameters


def _ready(field: str, value: Any) -> Any:
    column: Any = Delivery._meta.get_field(field)
    return column.get_db_prep_save(value, connection)


def step(
    sent: list[Sent], following: Sequence[Delivery], *, now: dt.datetime, provider: str
) -> set[int]:
    """Write down that some rows went, and that the next are now being handed over, in one commit.

    All are of one claim, and those that went were given one name by who took them, or none. Returns
    the keys of the next that are still ours to hand over; they may have been called off meanwhile. A
    very slow hand-over may have been called uncertain meanwhile; now we do know.
    """
    gone = [row for each in sent for row in each.deliveries]
    keys = {row.pk for row in following}
    values = {
        "gone": DeliveryState.HANDED_OVER.value,
        "claimed": DeliveryState.CLAIMED.value,
        "unknown": DeliveryState.UNCERTAIN.value,
        "at": _ready("sent_at", sent[-1].at if sent else now),
        "by": settings.SERVICE_NAME,
        "until": _ready("claimed_until", now + LEASE),
        "provider": provider,
        "provider_id": sent[-1].provider_id if sent else "",
        "token": _ready("claim_token", (gone or following)[0].claim_token),
    }
    values |= {f"sent{n}": row.pk for n, row in enumerate(gone)}
    values |= {f"next{n}": row.pk for n, row in enumerate(following)}
    with connection.cursor() as cursor:
        cursor.execute(_step_sql(len(gone), len(following)), values)
        changed = cursor.rowcount
    if not following or changed == len(gone) + len(following):
        return keys
    begun = _claimed(following).filter(handing_over=True)
    return set(begun.values_list("pk", flat=True))


def readdress(row: Delivery, address: str) -> None:
    """Write down where it goes, when that is not where it was planned to go."""
    ours(row).update(address=address)
    row.address = address


def begin_together(rows: list[Delivery], *, now: dt.datetime, provider: str) -> bool:
    """Write down that these rows are now being handed over as one message, all or none of them.

    They carry the reference of the first, by which a provider can be asked.
    """
    changed = (
        _claimed(rows)
        .filter(handing_over=False)
        .update(
            handing_over=True,
            address=rows[0].address,
            provider=provider,
            provider_id=str(rows[0].message_id),
            claimed_until=now + LEASE,
        )
    )
    return changed == len(rows)


def give_back(rows: list[Delivery]) -> None:
    """Let rows wait as they were: nobody tried to send them."""
    _claimed(rows).update(
        state=DeliveryState.PLANNED,
        claim_token=None,
        claimed_until=None,
        handing_over=False,
        attempts=F("attempts") - 1,
    )


def wait(rows: list[Delivery], *, until: dt.datetime, tried: bool) -> None:
    """Let rows wait until a later moment; without having been tried, it costs them nothing."""
    _claimed(rows).update(
        state=DeliveryState.PLANNED,
        claim_token=None,
        claimed_until=None,
        handing_over=False,
        attempts=F("attempts") - (0 if tried else 1),
        due_at=until,
    )


def plan_call(row: Delivery, *, reason: str, now: dt.datetime) -> bool:
    """Make a row a call for the team, when we have a number and nobody rings about it already."""
    number = queries.address_for(row.person, Channel.PHONE)
    rung = Delivery.objects.filter(
        notice_id=row.notice_id, person_id=row.person_id, channel=Channel.PHONE
    )
    if not number or rung.exists():
        return False
    return bool(
        ours(row).update(
            state=DeliveryState.PLANNED,
            channel=Channel.PHONE,
            address=number,
            in_digest=False,
            due_at=now,
            reason=reason[:300],
            owner_id=owner_of(row),
            claim_token=None,
            claimed_until=None,
            handing_over=False,
        )
    )


def close(row: Delivery, state: str, reason: str) -> bool:
    """End a row in a state that says why; when somebody has to see to it, with her name on it."""
    return bool(
        ours(row).update(
            state=state,
            reason=reason[:300],
            owner_id=None if state == DeliveryState.WITHDRAWN else owner_of(row),
            address=row.address,
            claim_token=None,
            claimed_until=None,
            handing_over=False,
        )
    )


def ours(row: Delivery) -> QuerySet[Delivery]:
    """Return the row while it is claimed by the token in hand."""
    return _claimed([row])


def _claimed(rows: Sequence[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        pk__in=[row.pk for row in rows],
        state=DeliveryState.CLAIMED,
        claim_token=rows[0].claim_token,
    )


def owner_of(row: Delivery) -> int | None:
    """Return the account that sees to a message that went wrong: who knows the person, or planned it."""
    return row.person.staff_contact_id or row.notice.planned_by_id


def fail_all(
    rows: QuerySet[Delivery], reason: str, state: str = DeliveryState.FAILED
) -> int:
    """End many rows at once in a state staff see, each with the name of who sees to it.

    A row that may have gone keeps its token: a sender that was only slow may yet say that it went.
    """
    contact = Person.objects.filter(pk=OuterRef("person_id")).values("staff_contact_id")
    planner = Notice.objects.filter(pk=OuterRef("notice_id")).values("planned_by_id")
    return rows.update(
        state=state,
        reason=reason,
        owner_id=Coalesce(Subquery(contact), Subquery(planner)),
        claimed_until=None,
        handing_over=False,
        **{} if state == DeliveryState.UNCERTAIN else {"claim_token": None},
    )
