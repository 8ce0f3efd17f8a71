"""Taking a whole notice back while its window is open, and sending it after all."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Greatest
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions, reach
from groups.notices.actions.following import follow_person
from groups.notices.actions.planning import UNDONE, ring_sweep
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice

TOO_LATE = "These messages have already gone out, so they cannot be undone any more."
CHANGED = "This has changed since it was undone, so the old words cannot be sent."
GONE = frozenset(
    {
        DeliveryState.CLAIMED,
        DeliveryState.HANDED_OVER,
        DeliveryState.DELIVERED,
        DeliveryState.BOUNCED,
        DeliveryState.UNCERTAIN,
    }
)


def undo(*, by: Actor, notice: Notice) -> int:
    """Call off every message of a notice whose window is open, and return how many that was.

    All or none: the update takes hold of every row that waits, and when a sweep has already begun
    with one of them nothing is changed. What the notice was about stays as it is: a published
    meeting stays published. Raises ActionDenied, and InvalidTransition when it is too late.
    """
    with transaction.atomic():
        permissions.check_can_undo(by, notice)
        now = timezone.now()
        open_now = Notice.objects.filter(
            pk=notice.pk, held_until__gt=now, undone_at__isnull=True
        )
        if not open_now.update(undone_at=now, undone_by=by.user):
            raise InvalidTransition(TOO_LATE)
        notice.refresh_from_db()
        count = _call_off(notice)
        audit.record(
            by=by, verb="undid messages", on=notice, changes={"messages": [count, 0]}
        )
    return count


def in_window(notice: Notice) -> QuerySet[Delivery]:
    """Return the messages of a notice that go out together when its window closes."""
    return Delivery.objects.filter(notice=notice, held_until=notice.held_until)


def _call_off(notice: Notice) -> int:
    rows = in_window(notice)
    count = rows.filter(state=DeliveryState.PLANNED).update(
        state=DeliveryState.WITHDRAWN, reason=UNDONE
    )
    # Whom nothing reaches is a task for the team: it comes back with the rest, so why is kept.
    rows.filter(state=DeliveryState.FAILED).update(
        state=DeliveryState.WITHDRAWN, reason=Concat(Value(f"{UNDONE} "), "reason")
    )
    check_none_has_gone(notice)
    return count


def check_none_has_gone(notice: Notice) -> None:
    """Raise InvalidTransition when one of the messages is no longer only waiting."""
    if in_window(notice).filter(state__in=GONE).exists():
        raise InvalidTransition(TOO_LATE)


def waiting_in(notice: Notice) -> int:
    """Return how many messages of a notice go out, or would go out, when its window closes."""
    if notice.undone_at is None:
        return in_window(notice).filter(state=DeliveryState.PLANNED).count()
    return _waiting(notice, timezone.now()).count()


def can_be_sent_after_all(notice: Notice) -> bool:
    """Tell whether what was undone could still go out as it was written."""
    return notice.undone_at is not None and _waiting(notice, timezone.now()).exists()


def _waiting(notice: Notice, now: dt.datetime) -> QuerySet[Delivery]:
    if _newer(notice).exists():
        return Delivery.objects.none()
    undone = in_window(notice).filter(
        state=DeliveryState.WITHDRAWN, reason__startswith=UNDONE
    )
    return undone.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


def _newer(notice: Notice) -> QuerySet[Notice]:
    """Return what has been sent since in place of a notice: papers issued once more, say."""
    return Notice.objects.filter(
        occasion=notice.occasion,
        about=notice.about,
        stage=notice.stage,
        version__gt=notice.version,
    )


def send_after_all(*, by: Actor, notice: Notice) -> int:
    """Put back exactly the messages that were undone, with a new window; return how many.

    Somebody who has left or switched it off meanwhile is left out, and somebody who now wants to
    be reached another way is. Raises ActionDenied, InvalidTransition when it is not undone, and RuleBroken when what
    it is about has changed, was called off, or is over.
    """
    with transaction.atomic():
        permissions.check_can_undo(by, notice)
        now = timezone.now()
        again = now + settings.TIME_TO_UNDO
        waiting = list(
            _waiting(notice, now)
            .select_related("person", "notice")
            .prefetch_related(*reach.around("person__"))
        )
        undone = Notice.objects.filter(pk=notice.pk, undone_at__isnull=False)
        if not undone.update(undone_at=None, undone_by=None, held_until=again):
            raise InvalidTransition("These messages are already on their way again.")
        back = [row for row in waiting if row.person.can_be_written_to]
        if not back:
            raise RuleBroken(CHANGED)
        count = _put_back(back, again)
        audit.record(
            by=by, verb="sent after all", on=notice, changes={"messages": [0, count]}
        )
        for row in back:
            if _wants_another_way(row):
                follow_person(by=by, person=row.person)
        transaction.on_commit(ring_sweep, robust=True)
    notice.refresh_from_db()
    return count


def _put_back(back: list[Delivery], again: dt.datetime) -> int:
    # What was called off for good since it was read stays so.
    rows = Delivery.objects.filter(
        pk__in=[row.pk for row in back],
        state=DeliveryState.WITHDRAWN,
        reason__startswith=UNDONE,
    )
    count = rows.update(
        state=DeliveryState.PLANNED,
        reason="",
        held_until=again,
        due_at=Greatest("due_at", again),
    )
    if not count:
        raise RuleBroken(CHANGED)
    tasks = [row for row in back if row.reason != UNDONE]
    for row in tasks:
        waits = Delivery.objects.filter(pk=row.pk, state=DeliveryState.PLANNED)
        waits.update(
            state=DeliveryState.FAILED, reason=row.reason.removeprefix(UNDONE).strip()
        )
    return count - len(tasks)


def _wants_another_way(row: Delivery) -> bool:
    purpose, essential = row.notice.purpose, row.notice.is_essential
    channel = reach.reachable_channel(row.person, purpose, essential=essential)
    not_wanted = reach.why_not(
        row.person, purpose, due_at=row.due_at, essential=essential
    )
    return bool(not_wanted) or (bool(channel) and channel != row.channel)
