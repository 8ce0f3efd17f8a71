import datetime as dt

import pytest
from django.conf import settings as configured

from coprod.core import documents, pdf, uploads
from coprod.core.enums import DocumentState, Role
from coprod.core.errors import RuleBroken
from coprod.core.models import Document, StoredFile
from groups.notices import actions
from groups.notices.actions import keeping, mending
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, PrintRun
from groups.notices.periodic import make_letters_pdf, remove_old_words
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    UserFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
OLD = NOW - dt.timedelta(days=91)
WORDS = {
    "body": "Come and see.",
    "text_body": "Come.",
    "calendar": "BEGIN:VCALENDAR",
    "address": "dot@post.example",
    "link_path": "/meetings/M-1/",
}
SENT = {"state": DeliveryState.HANDED_OVER, "sent_by_name": "Your Voice"}


def old(**values):
    return DeliveryFactory(**{"due_at": OLD, **WORDS, **values})


def words_of(delivery):
    delivery.refresh_from_db()
    return {name: getattr(delivery, name) for name in WORDS}


def test_the_words_of_an_old_message_go_and_the_fact_stays():
    delivery = old(sent_at=OLD, subject="Invitation", **SENT)

    removed = keeping.remove_old_words(now=NOW)

    assert removed == 1
    assert set(words_of(delivery).values()) == {""}
    assert delivery.words_removed_at == NOW
    assert delivery.subject == "Invitation"
    assert (delivery.state, delivery.sent_at, delivery.sent_by_name) == (
        DeliveryState.HANDED_OVER,
        OLD,
        "Your Voice",
    )


@pytest.mark.parametrize(
    "state",
    [DeliveryState.WITHDRAWN, DeliveryState.TOO_LATE, DeliveryState.DELIVERED],
)
def test_a_message_that_ended_another_way_loses_its_words_too(state):
    sent = state == DeliveryState.DELIVERED
    delivery = old(
        state=state,
        sent_at=OLD if sent else None,
        sent_by_name="Your Voice" if sent else None,
    )

    keeping.remove_old_words(now=NOW)

    assert set(words_of(delivery).values()) == {""}


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.CLAIMED])
def test_an_open_message_keeps_its_words_however_old(state):
    delivery = old(state=state)

    assert keeping.remove_old_words(now=NOW) == 0
    assert words_of(delivery) == WORDS


def test_trouble_keeps_its_words_until_somebody_has_dealt_with_it():
    waiting = old(state=DeliveryState.FAILED)
    done = old(
        state=DeliveryState.FAILED, dealt_with_at=OLD, dealt_with_by=UserFactory()
    )

    keeping.remove_old_words(now=NOW)

    assert words_of(waiting) == WORDS
    assert set(words_of(done).values()) == {""}


def test_words_are_kept_for_as_long_as_the_settings_say(settings):
    settings.WORDS_KEPT = dt.timedelta(days=30)
    young = NOW - dt.timedelta(days=29)
    gone, kept = old(sent_at=OLD, **SENT), old(sent_at=young, **SENT)

    keeping.remove_old_words(now=NOW)

    assert words_of(kept) == WORDS
    assert set(words_of(gone).values()) == {""}


def test_removing_goes_on_where_it_was_stopped(monkeypatch):
    monkeypatch.setattr(keeping, "_AT_A_TIME", 2)
    for _ in range(5):
        old(sent_at=OLD, **SENT)

    stopped = keeping.remove_old_words(now=NOW, seconds=0)
    removed = keeping.remove_old_words(now=NOW)
    again = keeping.remove_old_words(now=NOW)

    assert (stopped, removed, again) == (0, 5, 0)


def test_the_worker_removes_old_words():
    delivery = old(sent_at=OLD, **SENT)

    remove_old_words()

    assert set(words_of(delivery).values()) == {""}


def without_words(**values):
    return old(
        sent_at=OLD,
        words_removed_at=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC),
        **(SENT | dict.fromkeys(WORDS, "") | values),
    )


SAID = "We keep the words for 90 days. They were removed on Tuesday 3 November 2026."


def test_staff_read_when_the_words_were_removed(client_as):
    delivery = without_words()

    page = client_as(Role.INVOLVEMENT).get(delivery.get_absolute_url())

    assert SAID in page.content.decode()
    assert "Dear " not in page.content.decode()


def test_the_member_reads_when_the_words_were_removed(client_as):
    person, user = member_with_account()
    delivery = without_words(person=person)

    page = client_as(user).get(f"/me/messages/{delivery.reference}/")

    assert SAID in page.content.decode()
    assert "Dear " not in page.content.decode()


def test_what_came_back_after_its_words_went_cannot_be_sent_again():
    delivery = without_words(state=DeliveryState.BOUNCED)

    with pytest.raises(RuleBroken, match="We no longer have its words"):
        mending.send_again(by=staff_actor(), delivery=delivery)

    assert Delivery.objects.get().state == DeliveryState.BOUNCED


def printed(count=1):
    """A pile whose PDF the worker has made, the file of it, and its letters."""
    for _ in range(count):
        DeliveryFactory(
            person=PersonFactory(channel="letter"), channel="letter", due_at=OLD
        )
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    PrintRun.objects.filter(pk=run.pk).update(made_at=OLD)
    make_letters_pdf(document_id=run.document_id)
    document = Document.objects.get(pk=run.document_id)
    return run, uploads.path_of(document.file), list(run.letters.order_by("pk"))


def posted(letters, at):
    Delivery.objects.filter(pk__in=[row.pk for row in letters]).update(
        **SENT, sent_at=at
    )


def remove_all():
    keeping.remove_old_words(now=NOW)
    return keeping.remove_old_pdfs(now=NOW)


def test_the_pdf_of_a_pile_goes_with_the_words_of_its_last_letter():
    run, path, letters = printed(2)
    posted(letters, OLD)

    removed, again = remove_all(), remove_all()

    document = Document.objects.get()
    assert (removed, again) == (1, 0)
    assert not path.exists()
    assert not StoredFile.objects.exists()
    assert (document.state, document.file, document.removed_at) == (
        DocumentState.REMOVED,
        None,
        NOW,
    )
    assert document.page_count
    assert list(run.letters.order_by("pk")) == letters


def test_the_pdf_stays_while_one_letter_is_younger():
    _, path, (old_one, young) = printed(2)
    posted([old_one], OLD)
    posted([young], NOW - dt.timedelta(days=89))

    assert remove_all() == 0
    assert path.exists()
    assert Document.objects.get().state == DocumentState.READY


def test_the_pdf_stays_while_one_letter_is_not_yet_posted():
    _, path, (old_one, _waiting) = printed(2)
    posted([old_one], OLD)

    assert remove_all() == 0
    assert path.exists()


def test_the_pdf_of_a_pile_that_was_put_back_goes_in_its_time():
    run, path, _ = printed()
    actions.put_back(by=staff_actor(), run=run)

    young = keeping.remove_old_pdfs(now=OLD + configured.WORDS_KEPT)
    removed = keeping.remove_old_pdfs(now=NOW)

    assert (young, removed) == (0, 1)
    assert not path.exists()


def test_what_was_stopped_between_the_file_and_its_row_is_finished_the_next_time():
    _, path, letters = printed()
    posted(letters, OLD)
    path.unlink()

    assert remove_all() == 1
    assert Document.objects.get().state == DocumentState.REMOVED


def test_the_parts_of_a_pdf_that_was_given_up_go_too(monkeypatch):
    DeliveryFactory(
        person=PersonFactory(channel="letter"), channel="letter", due_at=OLD
    )
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    monkeypatch.setattr(pdf, "render", _killed)
    with pytest.raises(SystemExit):
        make_letters_pdf(document_id=run.document_id)
    PrintRun.objects.filter(pk=run.pk).update(made_at=OLD)
    Document.objects.update(attempts=3, claimed_until=OLD)
    documents.sweep(now=NOW)
    folder = configured.FILES_DIR / "parts" / run.document.reference
    left = list(folder.iterdir())
    posted(run.letters.all(), OLD)

    assert remove_all() == 1
    assert left
    assert not folder.exists()


def _killed(*args, **kwargs):
    raise SystemExit


def test_removing_pdfs_stops_when_its_time_is_over():
    _, path, letters = printed()
    posted(letters, OLD)
    keeping.remove_old_words(now=NOW)

    assert keeping.remove_old_pdfs(now=NOW, seconds=0) == 0
    assert path.exists()


def test_the_worker_removes_old_pdfs():
    _, path, letters = printed()
    posted(letters, OLD)

    remove_old_words()

    assert not path.exists()


def test_the_page_and_the_address_of_the_pdf_say_when_it_was_removed(client_as):
    run, _, letters = printed()
    posted(letters, OLD)
    remove_all()
    staff = client_as(Role.INVOLVEMENT)

    page = staff.get(run.get_absolute_url()).content.decode()
    pdf_address = f"{run.get_absolute_url()}pdf/"
    download = staff.get(pdf_address, follow=True)

    said = (
        "We keep the words of letters for 90 days. "
        "The PDF was removed on Tuesday 3 November 2026."
    )
    assert said in page
    assert letters[0].person.known_as in page
    assert download.status_code == 200
    assert said in download.content.decode()
