import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions
from groups.notices.enums import CallOutcome, DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel
from groups.people.models import Person

TRY_AGAIN = dt.timedelta(hours=2)
DAY_STARTS, DAY_ENDS = dt.time(10), dt.time(17)
ALREADY = "Somebody else has just written down this call. Look at the list again."


def next_try(person: Person, now: dt.datetime) -> dt.datetime:
    """Return when to ring again: in two hours, or the next working day, in the hours she asked for."""
    opens, closes = person.call_after or DAY_STARTS, person.call_before or DAY_ENDS
    later = dates.local(now + TRY_AGAIN).replace(minute=0, second=0, microsecond=0)
    if later.date() == dates.local(now).date() and dates.is_working_day(later.date()):
        if later.time() < opens:
            return dates.wall_to_instant(later.date(), opens)
        if later.time() < closes:
            return later
    day = dates.add_working_days(dates.local(now).date(), 1)
    return dates.wall_to_instant(day, opens)


def record_call(
    *, by: Actor, delivery: Delivery, outcome: str, words: str = ""
) -> Delivery:
    """Write down what came of ringing somebody: done, to be tried again, or a number that is dead.

    `words` are hers, or what to remember. Of two workers who ring at once one is told that it
    was already written down, and so is who rings about what can still be undone. Raises ActionDenied, InvalidTransition, and RuleBroken for a message
    left with somebody who asked us never to leave one.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        now = timezone.now()
        if outcome == CallOutcome.VOICEMAIL and not delivery.person.voicemail_ok:
            raise RuleBroken(
                f"{delivery.person.known_as} asked us never to leave a message."
            )
        waiting = Delivery.objects.filter(
            pk=delivery.pk,
            channel=Channel.PHONE,
            state=DeliveryState.PLANNED,
            attempts=delivery.attempts,
        ).not_held(now)
        if not waiting.update(
            **_after(delivery, outcome, by, now), attempts=F("attempts") + 1
        ):
            raise InvalidTransition(ALREADY)
        label = CallOutcome(outcome).label
        Delivery.objects.filter(pk=delivery.pk).update(
            outcome=f"{label}, {dates.long_datetime(now)}. {words}".strip()[:300]
        )
        audit.record(
            by=by,
            verb="rang",
            on=delivery,
            about_person_id=delivery.person_id,
            changes={"outcome": ["", outcome]},
        )
    delivery.refresh_from_db()
    return delivery


def _after(
    delivery: Delivery, outcome: str, by: Actor, now: dt.datetime
) -> dict[str, object]:
    if outcome in (CallOutcome.SPOKE, CallOutcome.VOICEMAIL):
        return {
            "state": DeliveryState.HANDED_OVER,
            "sent_at": now,
            "sent_by_name": by.name,
        }
    if outcome == CallOutcome.NO_ANSWER:
        return {"due_at": next_try(delivery.person, now)}
    return {"state": DeliveryState.FAILED, "reason": "The phone number does not work."}
