"""A printed letter that was called off and was in the post all the same: she is told, by phone first."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import permissions, queries
from groups.notices.actions import posting
from groups.notices.actions.planning import one_line, plan_notice
from groups.notices.enums import DeliveryState
from groups.notices.messages import Message
from groups.notices.models import POSTED_ANYWAY, Delivery, Notice, PrintRun
from groups.people.enums import Channel
from groups.people.models import Person


def mark_posted_anyway(
    *, by: Actor, run: PrintRun, references: Sequence[str], day: dt.date | None = None
) -> int:
    """Write down that letters which were called off had been posted all the same; return how many.

    Each counts as sent and says so. Its person is owed word that it no longer holds: a call with a
    name on it, or where we have no number the next way that reaches her. Raises ActionDenied, RuleBroken
    when nothing was ticked or for a day that cannot be, and InvalidTransition when nothing ticked is
    still to be taken out.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if not references:
            raise RuleBroken("Tick the letters that were already posted.")
        posting.check_day(run, day)
        sent_at = posting.moment_of(day)
        ticked = (
            run.letters.to_take_out()
            .filter(reference__in=references)
            .select_related("person", "notice")
            .order_by("notice_id", "pk")
        )
        done = [row for row in ticked if _mark(row, sent_at=sent_at, by=by)]
        if not done:
            raise InvalidTransition("These letters are already sorted out.")
        prefetch_related_objects(done, "person__contact_points")
        for notice, letters in groupby(done, key=lambda row: row.notice):
            _owe_word(notice, list(letters), sent_at=sent_at, by=by)
    return len(done)


def _mark(letter: Delivery, *, sent_at: dt.datetime, by: Actor) -> bool:
    changed = (
        Delivery.objects.to_take_out()
        .filter(pk=letter.pk)
        .update(
            state=DeliveryState.HANDED_OVER,
            sent_at=sent_at,
            sent_by_name=by.name,
            reason=f"{POSTED_ANYWAY} {letter.reason}".strip()[:300],
        )
    )
    if changed:
        audit.record(
            by=by,
            verb="posted after it was called off",
            on=letter,
            about_person_id=letter.person_id,
            changes={"state": [letter.state, DeliveryState.HANDED_OVER]},
        )
    return bool(changed)


def _owe_word(
    notice: Notice, letters: Sequence[Delivery], *, sent_at: dt.datetime, by: Actor
) -> None:
    """Owe the people of these letters word that what they were posted no longer holds."""
    earlier = Notice.objects.filter(
        occasion=posting.NO_LONGER_HOLDS, about=notice.reference
    )
    word = plan_notice(
        by=by,
        occasion=posting.NO_LONGER_HOLDS,
        about=notice.reference,
        version=earlier.count() + 1,
        purpose=notice.purpose,
        title=f"No longer holds: {notice.title}",
        messages=[_message(letter, sent_at) for letter in letters],
        due_at=timezone.now(),
        is_essential=True,
    )
    contact = Person.objects.filter(pk=OuterRef("person_id")).values("staff_contact_id")
    word.deliveries.filter(state=DeliveryState.PLANNED, owner__isnull=True).update(
        owner_id=Coalesce(Subquery(contact), Value(word.planned_by_id))
    )


def _message(letter: Delivery, sent_at: dt.datetime) -> Message:
    number = queries.address_for(letter.person, Channel.PHONE)
    parts = [
        f"We posted you a letter on {dates.long_date(sent_at)}: “{letter.subject}”.",
        "It no longer holds. Please put it aside. We are sorry.",
    ]
    # Why it was called off is in words for the team, who can say it in hers.
    if number:
        parts.append(f"Why: {letter.reason}")
    return Message(
        person=letter.person,
        subject=one_line(f"Our letter no longer holds: {letter.subject}"),
        body="\n\n".join(parts),
        link_path=letter.link_path,
        channel=Channel.PHONE if number else "",
    )
