import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import DocumentState, Role
from coprod.core.models import Document
from groups.notices import periodic
from groups.notices.models import Delivery, PrintRun
from groups.people.enums import ContactKind
from groups.people.models import ContactPoint
from tests.architecture.html_forms import forms_of
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    StoredFileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def letters(count, **values):
    return [
        DeliveryFactory(
            person=PersonFactory(channel="letter"), channel="letter", **values
        )
        for _ in range(count)
    ]


def taken(staff):
    staff.post("/outbox/letters/", {"which": "all"})
    return PrintRun.objects.get()


def printed(staff):
    """A pile of all letters that wait, with a PDF that nobody laid out."""
    run = taken(staff)
    Document.objects.update(state=DocumentState.READY, file=StoredFileFactory())
    for number, row in enumerate(run.letters.order_by("pk"), start=1):
        Delivery.objects.filter(pk=row.pk).update(pile_number=number, page_count=1)
    return run


def page_of(staff, run):
    return staff.get(run.get_absolute_url()).content.decode()


def post(staff, run, what, **data):
    address = reverse(f"notices:print-run-{what}", args=[run.reference])
    return staff.post(address, data, follow=True).content.decode()


def today():
    return timezone.localdate().isoformat()


def test_from_waiting_letters_to_posted(staff):
    (letter,) = letters(1)

    run = taken(staff)
    waiting = page_of(staff, run)
    assert "We are making the letters PDF." in waiting
    assert "0 of 1 are made." in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "as posted" not in waiting
    periodic.make_letters_pdf(document_id=run.document_id)
    ready = page_of(staff, run)
    assert "refresh" not in ready
    assert "Mark this letter as posted" in ready
    pdf = staff.get(reverse("notices:print-run-pdf", args=[run.reference]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    posted = post(staff, run, "posted", posted=letter.reference, day=today())

    letter.refresh_from_db()
    assert (letter.state, letter.sent_by_name) == ("handed_over", "Priya Nair")
    assert "Marked as posted: 1 letter." in posted


def test_the_page_counts_how_many_letters_are_made(staff):
    letters(3)
    run = taken(staff)
    Document.objects.update(state="making", done_count=2, total_count=3)

    page = page_of(staff, run)

    assert '<progress max="3" value="2"' in page
    assert "2 of 3 are made." in page


def test_printing_when_no_letter_waits_says_so(staff):
    answer = staff.post("/outbox/letters/", {"which": "all"}, follow=True)

    assert "There is no letter to print now." in answer.content.decode()
    assert not PrintRun.objects.exists()


def test_a_pdf_that_failed_can_be_made_again_or_the_letters_put_back(staff):
    letters(1)
    run = taken(staff)
    Document.objects.update(state=DocumentState.FAILED)

    page = page_of(staff, run)
    post(staff, run, "again")
    states = sorted(Document.objects.values_list("state", flat=True))
    post(staff, run, "put-back")

    assert "We could not make the letters PDF." in page
    assert states == ["failed", "queued"]
    assert Delivery.objects.get().print_run is None
    assert "This pile is empty" in page_of(staff, run)


def test_a_pdf_that_is_not_made_cannot_be_fetched(staff):
    letters(1)
    run = taken(staff)

    answer = staff.get(reverse("notices:print-run-pdf", args=[run.reference]))

    assert answer.status_code == 404


def test_what_is_not_ticked_stays_waiting(staff):
    ticked, left = letters(2)
    run = printed(staff)

    post(staff, run, "posted", posted=[ticked.reference], which="ticked", day=today())

    states = dict(Delivery.objects.values_list("reference", "state"))
    assert states == {ticked.reference: "handed_over", left.reference: "planned"}
    assert "1 letter in this pile" in page_of(staff, run)


def test_the_whole_pile_is_marked_with_one_button(staff):
    letters(2)
    run = printed(staff)

    page = post(staff, run, "posted", which="all", day=today())

    assert "Marked as posted: 2 letters." in page
    assert set(Delivery.objects.values_list("state", flat=True)) == {"handed_over"}


def test_ticks_are_kept_when_the_form_is_refused(staff):
    first, second = letters(2)
    run = printed(staff)

    page = post(staff, run, "posted", posted=[second.reference], day="1999-01-01")
    nothing = post(staff, run, "posted", which="ticked", day=today())

    assert f'value="{second.reference}" checked' in page
    assert f'value="{first.reference}" checked' not in page
    assert "<title>Error: " in page
    assert "Choose one of the answers on the page" in page
    assert "Tick the letters that are in the post." in nothing
    assert not Delivery.objects.filter(state="handed_over").exists()


def test_letters_posted_yesterday_can_be_marked_today(staff, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 5, 12, tzinfo=dt.UTC))
    letters(1)
    run = printed(staff)
    time_machine.move_to(dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC))

    page = page_of(staff, run)
    post(staff, run, "posted", which="all", day="2026-11-05")

    assert "Today, Friday 6 November 2026" in page
    assert "Thursday 5 November 2026" in page
    assert Delivery.objects.get().sent_at == dt.datetime(2026, 11, 5, 17, tzinfo=dt.UTC)


def test_a_letter_called_off_after_printing_is_to_be_taken_out(staff):
    off, _ = letters(2, subject="Cancelled meeting")
    run = printed(staff)
    Delivery.objects.filter(pk=off.pk).update(
        state="withdrawn", reason="The meeting is off."
    )

    before = page_of(staff, run)
    posted = post(staff, run, "posted", which="all", day=today())
    after = post(staff, run, "take-out", taken_out=[off.reference])

    off.refresh_from_db()
    assert "Take these out of the pile" in before
    assert before.index("The meeting is off.") < before.index("Ready:")
    assert f"called off meanwhile: 1 ({off.person.known_as})" in posted
    assert (off.state, off.taken_out_by.name) == ("withdrawn", "Priya Nair")
    assert "Take these out of the pile" not in after
    assert "Taken out of the pile." in after


def test_a_letter_called_off_that_was_already_posted_is_told_to_its_person(staff):
    off, _ = letters(2, subject="Come on Tuesday")
    ContactPoint.objects.create(
        person=off.person, kind=ContactKind.LANDLINE, value="+441632960111"
    )
    run = printed(staff)
    Delivery.objects.filter(pk=off.pk).update(
        state="withdrawn", reason="The meeting is off."
    )

    page = post(
        staff, run, "take-out", answer="posted", taken_out=off.reference,
        **{"anyway-day": today()},
    )  # fmt: skip
    outbox = staff.get("/outbox/").content.decode()
    messages = staff.get(f"/people/{off.person.reference}/messages/").content.decode()
    detail = staff.get(off.get_absolute_url()).content.decode()

    said = "It was called off, and posted all the same. The meeting is off."
    assert "Marked as posted: 1 letter." in page
    assert "Take these out of the pile" not in page
    assert f"Priya Nair. {said}" in page
    assert said in detail
    assert "Our letter no longer holds: Come on Tuesday" in messages
    assert "Calls <b>1</b>" in outbox
    assert "It no longer holds. Please put it aside. We are sorry." in outbox
    undone = staff.post(f"{off.get_absolute_url()}undo/", follow=True)
    assert "It is to be taken out of its pile." in undone.content.decode()


def test_what_was_ticked_is_kept_when_already_posted_is_refused(staff):
    off, other = letters(2)
    run = printed(staff)
    Delivery.objects.update(state="withdrawn", reason="The meeting is off.")

    page = post(staff, run, "take-out", answer="posted", taken_out=off.reference)
    nothing = post(staff, run, "take-out", answer="posted", **{"anyway-day": today()})

    assert f'value="{off.reference}" checked' in page
    assert f'value="{other.reference}" checked' not in page
    assert "<title>Error: " in page
    assert "Choose when they went in the post" in page
    assert "Tick the letters that were already posted." in nothing
    assert not Delivery.objects.filter(state="handed_over").exists()


def test_a_letter_called_off_before_printing_needs_no_taking_out(staff):
    off, _ = letters(2)
    run = printed(staff)
    Delivery.objects.filter(pk=off.pk).update(
        state="withdrawn", reason="The meeting is off.", page_count=None
    )

    page = page_of(staff, run)

    assert "Take these out of the pile" not in page
    assert "The meeting is off." in page


def test_a_letter_that_came_back_and_went_another_way_was_posted_all_the_same(staff):
    back, _ = letters(2, subject="Papers")
    run = printed(staff)
    post(staff, run, "posted", posted=[back.reference], which="ticked", day=today())
    Delivery.objects.filter(pk=back.pk).update(
        state="withdrawn", reason="Moved house. We ring instead."
    )

    page = page_of(staff, run)
    posted = post(staff, run, "posted", which="all", day=today())

    assert "Take these out of the pile" not in page
    assert "Called off" not in page
    assert page.count(back.person.known_as) == 1
    assert "called off meanwhile" not in posted


def test_a_pile_marked_by_mistake_is_taken_back(staff):
    letters(2)
    run = printed(staff)
    post(staff, run, "posted", which="all", day=today())

    page = post(staff, run, "undo")

    assert "2 letters in this pile" in page
    assert set(Delivery.objects.values_list("state", flat=True)) == {"planned"}


def test_five_hundred_ticks_are_one_form_that_works_without_script(staff):
    person = PersonFactory(channel="letter")
    rows = [DeliveryFactory(person=person, channel="letter") for _ in range(500)]
    run = printed(staff)
    Delivery.objects.filter(pk=rows[0].pk).update(state="withdrawn", reason="Off.")

    form = next(
        form
        for form in forms_of(page_of(staff, run))
        if form.action.endswith("/posted/")
    )
    post(
        staff, run, "posted", posted=form.fields["posted"], which="ticked", day=today()
    )

    assert len(form.fields["posted"]) == 499
    assert Delivery.objects.filter(state="handed_over").count() == 499


def test_a_pile_of_many_asks_the_database_as_often_as_one_of_one(staff):
    counts = []
    for count in (1, 3, 60):
        letters(count)
        run = printed(staff)
        page_of(staff, run)
        with CaptureQueriesContext(connection) as caught:
            page_of(staff, run)
        counts.append(len(caught))
        Delivery.objects.update(print_run=None, state="withdrawn")
        PrintRun.objects.all().delete()
        Document.objects.all().delete()

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 8


def test_the_pile_says_which_letters_need_a_translation(staff):
    letters(2)
    polish = PersonFactory(channel="letter", language="pl")
    DeliveryFactory(person=polish, channel="letter")

    page = page_of(staff, printed(staff))

    words = "Polish: enclose a translation or ring with an interpreter"
    assert page.count(words) == 1
    assert page.count("interpreter") == 1
