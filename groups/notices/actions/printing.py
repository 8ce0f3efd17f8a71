"""Letters: one pile and one PDF. Staff are the worker; what was posted is in posting.py."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from coprod.core import audit, dates, parts
from coprod.core import documents as core_documents
from coprod.core.actors import Actor
from coprod.core.enums import DocumentState
from coprod.core.errors import InvalidTransition, RuleBroken
from coprod.core.models import Document
from coprod.core.parts import Placed
from coprod.core.pdf import Made
from groups.notices import documents, permissions, piles, queries
from groups.notices.actions import mending
from groups.notices.actions.planning import NO_LONGER_IN_TOUCH, NO_WAY_TO_REACH
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.people.enums import Channel

LETTERS_TASK = "notices.make_letters_pdf"
# More than this is no pile a person can tick off, and the worker has memory for. The rest waits.
MOST_IN_A_PILE = 500
CANNOT_BE_MADE = "This could not be made into a letter."


def make_print_run(*, by: Actor, due_before: dt.datetime | None) -> PrintRun:
    """Take the letters that wait into one pile of our own and ask the worker for its PDF.

    `due_before` None takes all that wait, 500 at most, soonest first. Each letter is taken by
    a conditional UPDATE, so two workers who press at once never print the same one. Addresses are
    looked up again now. A letter to somebody who has left is called off, one without an address is
    shown as a failure. Raises ActionDenied, and RuleBroken when no letter waits, or while a machine
    posts the letters.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if queries.letters_go_by_themselves():
            raise RuleBroken("Letters go by themselves. There is none to print.")
        run = PrintRun.objects.create(made_by=by.user)
        waiting = Delivery.objects.letters_waiting()
        soonest = waiting.order_by("due_at", "pk")
        if due_before is not None:
            soonest = soonest.filter(due_at__lt=due_before)
        taken = list(soonest.values_list("pk", flat=True)[:MOST_IN_A_PILE])
        waiting.filter(pk__in=taken).update(
            print_run=run, pile_number=None, page_count=None
        )
        count = _address(run)
        if not count:
            raise RuleBroken("There is no letter to print now.")
        _ask_for_pdf(run, count, by=by)
        audit.record(
            by=by, verb="took letters to print", on=run, changes={"letters": [0, count]}
        )
    return run


def print_ourselves(*, by: Actor, delivery: Delivery) -> PrintRun:
    """Take one letter that a machine could not post into a pile of its own, for the team to post.

    No machine takes what is in a pile, so it goes once. Raises ActionDenied, InvalidTransition when
    somebody has sorted it out, and RuleBroken when it is no letter, too late or has no address.
    """
    with transaction.atomic():
        permissions.check_can_send_notices(by)
        if delivery.channel != Channel.LETTER:
            raise RuleBroken("Only a letter can be printed.")
        run = PrintRun.objects.create(made_by=by.user)
        mending.let_wait_again(delivery, print_run=run)
        run.letters.update(pile_number=None, page_count=None)
        _ask_for_pdf(run, 1, by=by)
        audit.record(
            by=by,
            verb="took letters to print",
            on=run,
            about_person_id=delivery.person_id,
            changes={"letters": [0, 1]},
        )
    return run


def _address(run: PrintRun) -> int:
    letters = run.letters.select_related(
        "person__staff_contact", "notice__planned_by"
    ).prefetch_related("person__contact_points")
    kept = []
    for letter in letters:
        letter.address = queries.address_for(letter.person, Channel.LETTER)
        if not letter.person.can_be_written_to:
            letter.state, letter.reason = DeliveryState.WITHDRAWN, NO_LONGER_IN_TOUCH
        elif not letter.address:
            _give_to_somebody(letter, NO_WAY_TO_REACH)
        else:
            kept.append(letter)
        if letter.state != DeliveryState.PLANNED:
            letter.print_run = None
    Delivery.objects.bulk_update(
        letters, ["address", "state", "reason", "owner", "print_run"], batch_size=200
    )
    return len(kept)


def _give_to_somebody(letter: Delivery, reason: str) -> None:
    letter.state, letter.reason = DeliveryState.FAILED, reason
    letter.owner = letter.person.staff_contact or letter.notice.planned_by


def _ask_for_pdf(run: PrintRun, count: int, *, by: Actor) -> Document:
    words = f"{count} letter{'s' if count != 1 else ''}"
    run.document = core_documents.ask_for(
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


def make_letters_pdf(*, document_id: int) -> None:
    """Go on making the PDF of one pile, by the worker: some letters at a time, then all in one.

    Safe to run twice. A letter that cannot be made leaves the pile and is shown as a failure; one
    called off meanwhile is not in the PDF.
    """
    parts.make(
        document_id=document_id,
        job=parts.Job(wanted=_wanted, build=documents.build_letters, join=_join),
    )


def _run_of(document: Document) -> PrintRun:
    return PrintRun.objects.select_related("made_by").get(reference=document.about)


def _wanted(document: Document) -> Sequence[int]:
    letters = piles.waiting_letters(_run_of(document))
    if not letters:
        raise ValueError("no letter of this pile is waiting any more")
    return [letter.pk for letter in letters]


def _join(
    document: Document, placed: dict[int, Placed], left_out: Sequence[int]
) -> Made:
    run = _run_of(document)
    rows = documents.in_order(piles.waiting_letters(run), placed)
    if not rows:
        raise ValueError("no letter of this pile is waiting any more")
    made = documents.join_letters(document, run, rows)
    for row in rows:
        row.letter.pile_number, row.letter.page_count = row.number, row.page_count
    broken = list(
        run.letters.filter(pk__in=left_out, state=DeliveryState.PLANNED).select_related(
            "person__staff_contact", "notice__planned_by"
        )
    )
    for letter in broken:
        _give_to_somebody(letter, CANNOT_BE_MADE)
        letter.print_run = None
    with transaction.atomic():
        Delivery.objects.bulk_update(
            [row.letter for row in rows], ["pile_number", "page_count"], batch_size=200
        )
        Delivery.objects.bulk_update(broken, ["state", "reason", "owner", "print_run"])
    return made
