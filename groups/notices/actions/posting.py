"""What became of a pile of letters: posted, put back, taken out, or marked by mistake."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.enums import DocumentState
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions
from groups.notices.actions.planning import withdraw
from groups.notices.enums import DeliveryState
from groups.notices.models import POSTED_ANYWAY, Delivery, PrintRun
from groups.people.enums import Channel

# Somebody who posts on a Friday may write it down after the weekend, and see a slip a day later.
WORKING_DAYS_BACK = 3
# When on an earlier day is not known: after the last collection of most post boxes.
POSTED_AT = dt.time(17)
# Word to somebody who was posted a letter that had been called off (posted_anyway.py).
NO_LONGER_HOLDS = "letter.no_longer_holds"


@dataclass(frozen=True)
class Posted:
    """How many letters were marked, and those that were called off and so were not."""

    count: int
    called_off: list[Delivery]


def posting_days(run: PrintRun) -> list[dt.date]:
    """Return the days on which a pile may have been posted: today, then working days before.

    No day before the pile was made.
    """
    days, day = [dates.today()], dates.today()
    for _ in range(WORKING_DAYS_BACK):
        day = dates.add_working_days(day, -1)
        days.append(day)
    made = dates.local(run.made_at).date()
    return [day for day in days if day >= made]


def mark_posted(
    *,
    by: Actor,
    run: PrintRun,
    references: Collection[str] | None = None,
    day: dt.date | None = None,
) -> Posted:
    """Write down that letters of one pile were posted, today or on an earlier working day.

    `references` None means the whole pile. Only those in the PDF that still wait are marked: one
    called off since then is named in the answer instead, one left out keeps waiting, and pressing
    twice changes nothing. Raises ActionDenied, RuleBroken before the PDF is ready, for a day
    that cannot be or when nothing was ticked, and InvalidTransition when nothing ticked waits.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if run.document is None or run.document.state != DocumentState.READY:
            raise RuleBroken("The PDF of these letters is not ready yet.")
        check_day(run, day)
        printed = run.letters.filter(page_count__isnull=False)
        if references is not None:
            if not references:
                raise RuleBroken("Tick the letters that are in the post.")
            printed = printed.filter(reference__in=references)
        count = printed.filter(state=DeliveryState.PLANNED).update(
            state=DeliveryState.HANDED_OVER,
            sent_at=moment_of(day),
            sent_by_name=by.name,
        )
        called_off = list(
            printed.to_take_out().select_related("person").order_by("pile_number")
        )
        if not count:
            raise InvalidTransition(
                "These letters are already marked as posted, or were called off."
            )
        audit.record(
            by=by, verb="posted letters", on=run, changes={"posted": [0, count]}
        )
    return Posted(count, called_off)


def check_day(run: PrintRun, day: dt.date | None) -> None:
    """Raise RuleBroken for a day on which the pile cannot have been posted."""
    if day is not None and day not in posting_days(run):
        raise RuleBroken("Choose one of the days on the page.")


def moment_of(day: dt.date | None) -> dt.datetime:
    """Return when letters were posted: now for today, after the last collection for another day."""
    if day is None or day == dates.today():
        return timezone.now()
    return dates.wall_to_instant(day, POSTED_AT)


def put_back(*, by: Actor, run: PrintRun) -> int:
    """Take a pile apart that was not posted; its letters wait to be printed again.

    Raises ActionDenied, and InvalidTransition when nothing of the pile waits.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        count = run.letters.filter(state=DeliveryState.PLANNED).update(print_run=None)
        if not count:
            raise InvalidTransition("None of these letters is waiting any more.")
        audit.record(
            by=by, verb="put letters back", on=run, changes={"letters": [count, 0]}
        )
    return count


def take_out(*, by: Actor, run: PrintRun, references: Sequence[str]) -> int:
    """Write down that printed letters which were called off are out of the pile.

    Raises ActionDenied, RuleBroken when nothing was ticked, and InvalidTransition when nothing
    ticked has to be taken out.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if not references:
            raise RuleBroken("Tick the letters that you have taken out.")
        count = (
            run.letters.to_take_out()
            .filter(reference__in=references)
            .update(taken_out_at=timezone.now(), taken_out_by=by.user)
        )
        if not count:
            raise InvalidTransition("These letters are already taken out.")
        audit.record(
            by=by, verb="took letters out", on=run, changes={"letters": [count, 0]}
        )
    return count


def can_be_taken_back(delivery: Delivery) -> bool:
    """Tell whether "posted" or "rang" may still have been marked by mistake.

    A call on the day it was marked; a letter while its day of posting may still be named.
    """
    by_hand = delivery.channel in (Channel.LETTER, Channel.PHONE)
    if delivery.state != DeliveryState.HANDED_OVER or not by_hand:
        return False
    earliest = dates.today()
    if delivery.channel == Channel.LETTER:
        earliest = dates.add_working_days(earliest, -WORKING_DAYS_BACK)
    sent = delivery.sent_at
    return sent is not None and dates.local(sent).date() >= earliest


def undo_posted(*, by: Actor, delivery: Delivery) -> Delivery:
    """Take back "posted" or "rang" that was marked by mistake; it waits again, in its pile.

    What had been called off is to be taken out again, and nobody is rung about it any more. Raises ActionDenied, and InvalidTransition for e-mail, after its time, or when it moved on.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if not can_be_taken_back(delivery) or not _take_back([delivery], by=by):
            raise InvalidTransition(
                "This can only be taken back soon after it was marked: a call on the same day, "
                "a letter within three working days."
            )
        audit.record(
            by=by,
            verb="took back sent",
            on=delivery,
            about_person_id=delivery.person_id,
        )
    delivery.refresh_from_db()
    return delivery


def undo_pile(*, by: Actor, run: PrintRun) -> int:
    """Take back "posted" for a whole pile that was marked by mistake; its letters wait in it again.

    What had been called off is to be taken out again. Raises ActionDenied, and InvalidTransition when no letter of it can be taken back.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        posted = run.letters.filter(state=DeliveryState.HANDED_OVER)
        rows = posted.select_related("notice", "person")
        count = _take_back([row for row in rows if can_be_taken_back(row)], by=by)
        if not count:
            raise InvalidTransition(
                "Letters can only be taken back within three working days."
            )
        audit.record(
            by=by, verb="took back posted", on=run, changes={"posted": [count, 0]}
        )
    return count


def _take_back(deliveries: Sequence[Delivery], *, by: Actor) -> int:
    called_off = [row for row in deliveries if row.was_called_off]
    count = _wait_again([row for row in deliveries if not row.was_called_off])
    return count + sum(_call_off_again(row, by=by) for row in called_off)


def _call_off_again(letter: Delivery, *, by: Actor) -> int:
    count = Delivery.objects.filter(
        pk=letter.pk, state=DeliveryState.HANDED_OVER
    ).update(
        state=DeliveryState.WITHDRAWN,
        reason=letter.reason.removeprefix(POSTED_ANYWAY).strip(),
        sent_at=None,
        sent_by_name=None,
    )
    if count:
        withdraw(
            by=by,
            occasion=NO_LONGER_HOLDS,
            about=letter.notice.reference,
            person=letter.person,
            reason="The letter was not posted after all.",
        )
    return count


def _wait_again(deliveries: Sequence[Delivery]) -> int:
    return Delivery.objects.filter(
        pk__in=[row.pk for row in deliveries], state=DeliveryState.HANDED_OVER
    ).update(state=DeliveryState.PLANNED, sent_at=None, sent_by_name=None, outcome="")
