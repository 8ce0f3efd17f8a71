"""Stopping what waits for a person who wants it no longer, or can have it no longer, and letting it
go after all when that changes in time."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from groups.notices import reach
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.models import Person

# Everything that may still reach her, or make somebody try. Also what is held, or waits for the
# weekly e-mail. What is being handed over is left alone (trust.md R29).
_MAY_REACH_HER = Q(
    state__in=[DeliveryState.PLANNED, DeliveryState.FAILED, DeliveryState.BOUNCED]
) | Q(state=DeliveryState.CLAIMED, handing_over=False)
# A wish does not reach into a pile of letters (docs/adr/0009); death and leaving do.
_NOT_IN_A_PILE = Q(print_run__isnull=True)


def stop_for(person: Person) -> int:
    """Withdraw what waits for a person and is not to go to her; return how many that was.

    A letter that is printed stays in its pile by name until somebody has taken it out. Reads what
    `reach.around` names. Asks no permission and writes no audit event: following.py does.
    """
    rows = Delivery.objects.filter(
        _MAY_REACH_HER, person=person, dealt_with_at__isnull=True
    )
    by_reason: dict[str, list[int]] = {}
    for row, why_not in _asked(person, rows):
        if why_not:
            by_reason.setdefault(why_not, []).append(row.pk)
    return sum(_withdraw(pks, reason) for reason, pks in by_reason.items())


def _asked(person: Person, rows: QuerySet[Delivery]) -> Iterator[tuple[Delivery, str]]:
    """Return each row with why it does not go to her, or nothing when it goes."""
    going = reach.going_on_a_break([person]).get(person.pk, ())
    for row in rows.select_related("notice"):
        notice = row.notice
        yield (
            row,
            reach.why_not(
                person,
                notice.purpose,
                due_at=row.due_at,
                essential=notice.is_essential,
                is_going=reach.is_about(notice.about, going),
            ),
        )


def _withdraw(pks: list[int], reason: str) -> int:
    rows = Delivery.objects.filter(_MAY_REACH_HER, pk__in=pks)
    if reason in (reach.NOT_WANTED, reach.ON_A_BREAK):
        rows = rows.filter(_NOT_IN_A_PILE)
    return rows.update(
        state=DeliveryState.WITHDRAWN, reason=reason, claim_token=None, owner=None
    )


def let_return(person: Person, *, was_mistake: bool = False) -> int:
    """Plan again what was withdrawn for a person's sake and may now go; return how many that was.

    Only what is still of use: a reminder or word of a meeting that is still to come. `was_mistake` also
    takes up what stopped because we thought that she had gone. What was called off since
    for a reason of its own has that reason and stays withdrawn.
    """
    now = timezone.now()
    reasons = reach.MAY_RETURN if was_mistake else reach.THEIR_WISH
    rows = Delivery.objects.filter(
        _still_of_use(now, was_mistake=was_mistake),
        person=person,
        state=DeliveryState.WITHDRAWN,
        reason__in=reasons,
        notice__undone_at__isnull=True,
        words_removed_at__isnull=True,
        sent_at__isnull=True,
    )
    pks = [row.pk for row, why_not in _asked(person, rows) if not why_not]
    back = Delivery.objects.filter(pk__in=pks, state=DeliveryState.WITHDRAWN)
    values = {
        "state": DeliveryState.PLANNED,
        "reason": "",
        "attempts": 0,
        "claim_token": None,
        "claimed_until": None,
    }
    # A letter still in its pile is posted with it; one that was taken out is printed anew.
    count = back.filter(taken_out_at__isnull=True).update(**values)
    return count + back.filter(taken_out_at__isnull=False).update(
        **values, print_run=None, taken_out_at=None, taken_out_by=None
    )


def _still_of_use(now: dt.datetime, *, was_mistake: bool) -> Q:
    ahead = Q(expires_at__gt=now)
    if was_mistake:
        return ahead | Q(expires_at__isnull=True)
    return ahead | Q(expires_at__isnull=True, due_at__gt=now)


def leave_digest(person: Person) -> int:
    """Let what waits for the weekly e-mail go by itself when she no longer wants that e-mail."""
    if person.wants_digest:
        return 0
    waiting = Delivery.objects.filter(
        person=person, in_digest=True, state=DeliveryState.PLANNED
    )
    return waiting.update(in_digest=False, due_at=timezone.now())
