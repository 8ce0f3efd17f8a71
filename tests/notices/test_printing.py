import datetime as dt

import pikepdf
import pytest
from django.utils import timezone

from coprod.core import documents as core_documents
from coprod.core import uploads
from coprod.core.enums import DocumentState, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent, Document
from groups.notices import actions, documents, tasks
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.people.enums import PersonState
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    StoredFileFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TOMORROW = dt.timedelta(days=1)


def letter(**values):
    person = values.pop("person", None) or PersonFactory(channel="letter")
    return DeliveryFactory(person=person, channel="letter", **values)


def printed(*letters, by=None):
    run = actions.make_print_run(by=by or staff_actor(), due_before=None)
    Document.objects.filter(pk=run.document.pk).update(
        state=DocumentState.READY, file=StoredFileFactory()
    )
    return PrintRun.objects.select_related("document").get(pk=run.pk)


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_the_due_letters_go_into_one_pile_addressed_and_a_pdf_is_asked_for():
    staff = staff_actor()
    now = timezone.now()
    due, later = letter(due_at=now), letter(due_at=now + 2 * TOMORROW)
    DeliveryFactory(due_at=now)

    run = actions.make_print_run(by=staff, due_before=now + TOMORROW)

    due.refresh_from_db()
    assert list(run.letters.all()) == [due]
    assert due.address == f"{due.person.known_as}\n1 Mill Lane\nElmsby\nNS4 2QT"
    assert state_of(later) == DeliveryState.PLANNED
    assert (run.document.task, run.document.about) == (
        "notices.make_letters_pdf",
        run.reference,
    )
    assert (
        AuditEvent.objects.get(verb="took letters to print").object_ref == run.reference
    )


def test_a_letter_in_one_pile_is_not_printed_again_by_another_worker():
    letter()
    actions.make_print_run(by=staff_actor(), due_before=None)

    with pytest.raises(RuleBroken, match="There is no letter to print now"):
        actions.make_print_run(by=staff_actor(), due_before=None)

    assert PrintRun.objects.count() == 1


def test_a_letter_to_somebody_who_left_or_has_no_address_stays_out_of_the_pile():
    left = letter(person=PersonFactory(channel="letter", state=PersonState.LEFT))
    homeless = letter()
    homeless.person.contact_points.all().delete()
    good = letter()

    run = actions.make_print_run(by=staff_actor(), due_before=None)

    assert list(run.letters.all()) == [good]
    assert (state_of(left), state_of(homeless)) == ("withdrawn", "failed")


def test_only_the_team_prints():
    letter()

    with pytest.raises(ActionDenied, match="Only the involvement team"):
        actions.make_print_run(by=staff_actor(Role.FINANCE), due_before=None)


def test_marking_as_posted_names_who_posted_and_counts_only_what_still_waits():
    posted, called_off = letter(), letter()
    run = printed()
    actions.withdraw(
        by=staff_actor(),
        occasion=None,
        about=called_off.notice.about,
        reason="The meeting is off.",
    )

    count = actions.mark_posted(by=staff_actor(name="Tom Ashworth"), run=run)

    assert count == 1
    assert (state_of(posted), state_of(called_off)) == ("handed_over", "withdrawn")
    assert posted.sent_by_name == "Tom Ashworth"


def test_marking_as_posted_twice_changes_nothing():
    letter()
    run = printed()
    actions.mark_posted(by=staff_actor(), run=run)
    before = Delivery.objects.get().sent_at

    with pytest.raises(InvalidTransition):
        actions.mark_posted(by=staff_actor(), run=run)

    assert Delivery.objects.get().sent_at == before


def test_letters_cannot_be_posted_before_their_pdf_is_ready():
    waiting = letter()
    run = actions.make_print_run(by=staff_actor(), due_before=None)

    with pytest.raises(RuleBroken, match="not ready yet"):
        actions.mark_posted(by=staff_actor(), run=run)

    assert state_of(waiting) == DeliveryState.PLANNED


def test_a_pile_put_back_can_be_printed_again():
    again = letter()
    run = printed()

    actions.put_back(by=staff_actor(), run=run)
    second = actions.make_print_run(by=staff_actor(), due_before=None)

    assert list(second.letters.all()) == [again]
    with pytest.raises(InvalidTransition):
        actions.put_back(by=staff_actor(), run=run)


def test_posted_by_mistake_can_be_taken_back_on_the_same_day_only(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC))
    early, late = letter(), letter()
    actions.mark_posted(by=staff_actor(), run=printed())
    early.refresh_from_db()

    actions.undo_posted(by=staff_actor(), delivery=early)
    time_machine.move_to(dt.datetime(2026, 11, 5, 0, 1, tzinfo=dt.UTC))
    late.refresh_from_db()
    with pytest.raises(InvalidTransition, match="only be taken back on the day"):
        actions.undo_posted(by=staff_actor(), delivery=late)

    assert (early.state, early.sent_at, early.print_run) == ("planned", None, None)
    assert state_of(late) == DeliveryState.HANDED_OVER


def test_an_email_cannot_be_taken_back():
    sent = DeliveryFactory(
        state=DeliveryState.HANDED_OVER,
        sent_at=timezone.now(),
        sent_by_name="Your Voice",
    )

    with pytest.raises(InvalidTransition):
        actions.undo_posted(by=staff_actor(), delivery=sent)


def test_a_pdf_that_failed_can_be_asked_for_again():
    letter()
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    with pytest.raises(InvalidTransition):
        actions.ask_again(by=staff_actor(), run=run)
    Document.objects.update(state=DocumentState.FAILED)
    run.document.refresh_from_db()

    second = actions.ask_again(by=staff_actor(), run=run)

    assert second.state == DocumentState.QUEUED
    assert PrintRun.objects.get().document == second


def test_the_worker_makes_one_tagged_pdf_with_each_letter_on_a_page_of_its_own():
    for size in (14, 18, 24):
        letter(print_size=size, person=PersonFactory(channel="letter", print_size=size))
    run = actions.make_print_run(by=staff_actor(), due_before=None)

    tasks.make_letters_pdf(document_id=run.document.pk)

    document = Document.objects.get()
    assert (document.state, document.page_count) == (DocumentState.READY, 3)
    with pikepdf.open(uploads.path_of(document.file)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo.Title).startswith("3 letters, ")
        assert "/StructTreeRoot" in pdf.Root


def test_each_letter_is_written_in_the_size_its_reader_asked_for(monkeypatch):
    dot = PersonFactory(
        known_as="Dot <i>Hargreaves</i>", channel="letter", print_size=18
    )
    letter(person=dot, print_size=18, subject="Welcome", body="One.\n\nTwo & three.")
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    pages = []
    monkeypatch.setattr("coprod.core.pdf.render_html", pages.append)

    documents.build_letters(run.document)

    (html,) = pages
    assert '<section class="letter size-18">' in html
    assert (
        "<p>Dot &lt;i&gt;Hargreaves&lt;/i&gt;<br>1 Mill Lane<br>Elmsby<br>NS4 2QT</p>"
        in html
    )
    assert "<p>Dear Dot,</p>" in html
    assert "<p>One.</p><p>Two &amp; three.</p>" in html


def test_the_reference_that_the_foot_of_the_page_repeats_comes_first_in_each_letter(
    monkeypatch,
):
    # A later one would leave the first page of a letter with the reference of the one before.
    letters = [letter(), letter()]
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    pages = []
    monkeypatch.setattr("coprod.core.pdf.render_html", pages.append)

    documents.build_letters(run.document)

    parts = pages[0].split('<section class="letter')[1:]
    for part, row in zip(parts, letters, strict=True):
        assert part.index(
            f'class="reference quiet">Letter {row.reference}<'
        ) < part.index("Dear")


def test_letters_called_off_before_the_pdf_was_made_are_not_in_it():
    off = letter()
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    actions.withdraw(
        by=staff_actor(), occasion=None, about=off.notice.about, reason="Off."
    )

    core_documents.make(document_id=run.document.pk, build=documents.build_letters)

    assert Document.objects.get().state == DocumentState.FAILED
