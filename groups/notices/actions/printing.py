"""Letters: one pile, one PDF, and what was posted. Staff are the worker."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from coprod.core import audit, dates, documents
from coprod.core.actors import Actor
from coprod.core.enums import DocumentState
from coprod.core.errors import InvalidTransition, RuleBroken
from coprod.core.models import Document
from groups.notices import permissions, queries
from groups.notices.actions.planning import NO_LONGER_IN_TOUCH, NO_WAY_TO_REACH
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.people.enums import Channel

LETTERS_TASK = "notices.make_letters_pdf"


def make_print_run(*, by: Actor, due_before: dt.datetime | None) -> PrintRun:
    """Take the letters that wait into one pile of our own and ask the worker for its PDF.

    `due_before` None takes all that wait. Each letter is taken by a conditional UPDATE, so two
    workers who press at once never print the same one. Addresses are looked up again now. A letter to
    somebody who has left is called off, one without an address is shown as a failure. Raises
    ActionDenied, and RuleBroken when no letter waits.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        run = PrintRun.objects.create(made_by=by.user)
        waiting = Delivery.objects.letters_to_print()
        if due_before is not None:
            waiting = waiting.filter(due_at__lt=due_before)
        waiting.update(print_run=run)
        count = _address(run)
        if not count:
            raise RuleBroken("There is no letter to print now.")
        _ask_for_pdf(run, count, by=by)
        audit.record(
            by=by, verb="took letters to print", on=run, changes={"letters": [0, count]}
        )
    return run


def _address(run: PrintRun) -> int:
    letters = run.letters.select_related("person").prefetch_related(
        "person__contact_points"
    )
    kept = []
    for letter in letters:
        letter.address = queries.address_for(letter.person, Channel.LETTER)
        if not letter.person.can_be_written_to:
            letter.state, letter.reason = DeliveryState.WITHDRAWN, NO_LONGER_IN_TOUCH
        elif not letter.address:
            letter.state, letter.reason = DeliveryState.FAILED, NO_WAY_TO_REACH
        else:
            kept.append(letter)
        if letter.state != DeliveryState.PLANNED:
            letter.print_run = None
    Delivery.objects.bulk_update(letters, ["address", "state", "reason", "print_run"])
    return len(kept)


def _ask_for_pdf(run: PrintRun, count: int, *, by: Actor) -> Document:
    words = f"{count} letter{'s' if count != 1 else ''}"
    run.document = documents.ask_for(
        task=LETTERS_TASK,
        kind="letters",
        about=run.reference,
        title=f"{words}, {dates.short_date(run.made_at)}",
        version=run.reference,
        large_print=False,
        by=by,
    )
    run.save(update_fields=["document"])
    return run.document


def ask_again(*, by: Actor, run: PrintRun) -> Document:
    """Ask the worker once more for a PDF it could not make. Raises ActionDenied, InvalidTransition."""
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if run.document is None or run.document.state != DocumentState.FAILED:
            raise InvalidTransition("This PDF is already made or being made.")
        return _ask_for_pdf(
            run, run.letters.filter(state=DeliveryState.PLANNED).count(), by=by
        )


def mark_posted(*, by: Actor, run: PrintRun) -> int:
    """Write down that the letters of one pile were posted; return how many that was.

    Only those in the PDF that still wait: one called off since then is not counted as posted, and
    pressing twice changes nothing. Raises ActionDenied, RuleBroken before the PDF is ready, and
    InvalidTransition when nothing of the pile waits.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if run.document is None or run.document.state != DocumentState.READY:
            raise RuleBroken("The PDF of these letters is not ready yet.")
        count = run.letters.filter(state=DeliveryState.PLANNED).update(
            state=DeliveryState.HANDED_OVER,
            sent_at=timezone.now(),
            sent_by_name=by.name,
        )
        if not count:
            raise InvalidTransition("These letters are already marked as posted.")
        audit.record(
            by=by, verb="posted letters", on=run, changes={"posted": [0, count]}
        )
    return count


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


def undo_posted(*, by: Actor, delivery: Delivery) -> Delivery:
    """Take back "posted" or "rang" on the day it was marked by mistake; it waits again.

    Raises ActionDenied, and InvalidTransition for e-mail, for another day, or when it moved on.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        today = (
            delivery.sent_at is not None
            and dates.local(delivery.sent_at).date() == dates.today()
        )
        by_hand = delivery.channel != Channel.EMAIL
        changed = (
            today
            and by_hand
            and Delivery.objects.filter(
                pk=delivery.pk, state=DeliveryState.HANDED_OVER
            ).update(
                state=DeliveryState.PLANNED,
                sent_at=None,
                sent_by_name=None,
                print_run=None,
                outcome="",
            )
        )
        if not changed:
            raise InvalidTransition(
                "This can only be taken back on the day it was marked."
            )
        audit.record(
            by=by,
            verb="took back sent",
            on=delivery,
            about_person_id=delivery.person_id,
        )
    delivery.refresh_from_db()
    return delivery
