"""What is wrong with the sending as a whole: found each day, and seen to by a person."""

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition
from coprod.core.models import Heartbeat
from groups.notices import comparing, health, permissions
from groups.notices.comparing import Comparison
from groups.notices.enums import AlertKind
from groups.notices.models import Alert

log = logging.getLogger(__name__)
# A day is compared in the morning after it, when what was due in its last minute has gone.
COMPARED_AT = dt.time(6)
# After a long standstill only this far back: older days have been seen by people since.
MOST_DAYS = 31
_SYSTEM = "comparison"


def raise_alert(*, by: Actor, kind: str, about: str, words: str) -> Alert:
    """Tell the team of something that is wrong, once for each thing it is about.

    Found again with other words, it says those, until somebody has dealt with it; after that it
    stays as it was dealt with.
    """
    with transaction.atomic():
        alert, is_new = Alert.objects.get_or_create(
            kind=kind, about=about, defaults={"words": words}
        )
        if is_new:
            audit.record(by=by, verb="raised alert", on=alert)
        else:
            Alert.objects.open().filter(pk=alert.pk).update(words=words)
            alert.refresh_from_db()
    return alert


def deal_with_alert(*, by: Actor, alert: Alert, note: str) -> Alert:
    """Take an alert off the list, with what was found and done.

    Raises ActionDenied, and InvalidTransition when somebody was faster.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        values = {
            "dealt_with_at": timezone.now(),
            "dealt_with_by": by.user,
            "outcome": note[:300],
        }
        if not Alert.objects.open().filter(pk=alert.pk).update(**values):
            raise InvalidTransition("Somebody has already sorted this out.")
        for name, value in values.items():
            setattr(alert, name, value)
        audit.record(by=by, verb="dealt with alert", on=alert, reason=note[:300])
        transaction.on_commit(health.forget)
    return alert


def compare_day(*, day: dt.date) -> Comparison:
    """Compare one day and raise an alert if it does not add up. Safe to do again."""
    found = comparing.compare(day)
    if not found.adds_up:
        log.warning("messages of %s do not add up: %s", day, found.words)
        raise_alert(
            by=Actor.system(_SYSTEM),
            kind=AlertKind.COUNT,
            about=day.isoformat(),
            words=found.words,
        )
    return found


def compare_due(*, now: dt.datetime) -> list[Comparison]:
    """Compare every day that has ended and was not compared yet, at six in the morning.

    Of many at once one does it: the pulse of the comparison is taken by a conditional UPDATE, in
    the same transaction as the alerts, so that a comparison that dies is done again.
    """
    today = dates.local(now).date()
    this_morning = dates.wall_to_instant(today, COMPARED_AT)
    if now < this_morning:
        return []
    with transaction.atomic():
        since = _take_turn(now, this_morning)
        if since is None:
            return []
        days = range(min((today - dates.local(since).date()).days, MOST_DAYS), 0, -1)
        return [compare_day(day=today - dt.timedelta(days=back)) for back in days]


def _take_turn(now: dt.datetime, this_morning: dt.datetime) -> dt.datetime | None:
    """Return since when nothing was compared, if this is our turn."""
    pulse = Heartbeat.objects.filter(name=health.COMPARED).first()
    if pulse is None:
        try:
            with transaction.atomic():
                Heartbeat.objects.create(name=health.COMPARED, beaten_at=now)
        except IntegrityError:
            return None
        return now - dt.timedelta(days=1)
    mine = Heartbeat.objects.filter(
        name=health.COMPARED, beaten_at=pulse.beaten_at, beaten_at__lt=this_morning
    ).update(beaten_at=now)
    return pulse.beaten_at if mine else None
