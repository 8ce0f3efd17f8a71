import datetime as dt

import pytest
import time_machine
from celery import current_app

from coprod.core import documents, uploads
from coprod.core.enums import DocumentState
from coprod.core.models import AuditEvent, Document
from coprod.core.pdf import Made
from tests.factories import staff_actor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rung(monkeypatch):
    """The tasks the worker was told about, instead of a broker."""
    bells = []
    monkeypatch.setattr(
        current_app,
        "send_task",
        lambda name, kwargs: bells.append((name, kwargs["document_id"])),
    )
    return bells


@pytest.fixture
def staff():
    return staff_actor()


def ask(by, **changes):
    values = {
        "task": "rooms.make_it",
        "kind": "minutes",
        "about": "M-1",
        "title": "Minutes",
        "version": "1",
        "large_print": False,
    }
    return documents.ask_for(by=by, **values | changes)


def build(document):
    return Made(data=b"%PDF-1.7 " + document.title.encode(), page_count=3)


def killed(document):
    raise SystemExit


def broken(document):
    raise ValueError("no such meeting")


def state_of(document):
    document.refresh_from_db()
    return document.state


def test_asking_keeps_a_row_and_rings_the_worker_once_it_is_committed(
    staff, rung, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        document = ask(staff)
        assert rung == []

    assert rung == [("rooms.make_it", document.pk)]
    assert (document.state, document.asked_by) == (DocumentState.QUEUED, staff.user)
    assert AuditEvent.objects.get().verb == "asked for"


def test_asking_again_for_the_same_version_gives_the_same_document(staff):
    assert ask(staff) == ask(staff)


@pytest.mark.parametrize(
    "change", [{"version": "2"}, {"large_print": True}, {"about": "M-2"}]
)
def test_another_version_size_or_thing_is_another_document(staff, change):
    assert ask(staff) != ask(staff, **change)


def test_what_another_account_asked_for_is_not_shared(staff):
    assert ask(staff) != ask(staff_actor())


def test_the_request_does_not_fail_when_the_worker_cannot_be_told(
    staff, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(name, kwargs):
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        document = ask(staff)

    assert state_of(document) == DocumentState.QUEUED


def test_making_keeps_the_file_and_its_number_of_pages(staff):
    document = ask(staff)

    documents.make(document_id=document.pk, build=build)

    assert state_of(document) == DocumentState.READY
    assert (document.page_count, document.attempts) == (3, 1)
    assert uploads.path_of(document.file).read_bytes() == b"%PDF-1.7 Minutes"


def test_a_document_that_is_ready_is_not_made_again(staff):
    document = ask(staff)
    documents.make(document_id=document.pk, build=build)

    documents.make(document_id=document.pk, build=broken)

    assert state_of(document) == DocumentState.READY
    assert document.attempts == 1


def test_while_one_worker_makes_it_a_second_leaves_it_alone(staff):
    document = ask(staff)
    with pytest.raises(SystemExit):
        documents.make(document_id=document.pk, build=killed)

    documents.make(document_id=document.pk, build=build)

    assert state_of(document) == DocumentState.MAKING
    assert document.attempts == 1


def test_a_document_that_cannot_be_made_says_so_and_can_be_asked_for_again(staff):
    document = ask(staff)

    documents.make(document_id=document.pk, build=broken)

    assert state_of(document) == DocumentState.FAILED
    assert document.problem == "ValueError"
    assert ask(staff) != document


def test_the_sweep_rings_again_for_what_a_killed_worker_left(staff, rung, clock):
    document = ask(staff)
    with pytest.raises(SystemExit):
        documents.make(document_id=document.pk, build=killed)
    assert documents.sweep(now=NOW) == 0

    later = NOW + documents.LEASE + dt.timedelta(seconds=1)
    clock.move_to(later, tick=False)
    assert documents.sweep(now=later) == 1
    documents.make(document_id=document.pk, build=build)

    assert rung == [("rooms.make_it", document.pk)]
    assert state_of(document) == DocumentState.READY
    assert document.attempts == 2


def test_the_sweep_rings_for_a_bell_that_was_missed(staff, rung):
    document = ask(staff)

    assert documents.sweep(now=NOW + dt.timedelta(seconds=29)) == 0
    assert documents.sweep(now=NOW + dt.timedelta(seconds=31)) == 1
    assert rung == [("rooms.make_it", document.pk)]


def test_after_three_killed_workers_the_document_is_given_up_in_plain_sight(
    staff, rung, clock
):
    document = ask(staff)
    for number in range(documents.MAX_ATTEMPTS):
        clock.move_to(NOW + number * 2 * documents.LEASE, tick=False)
        with pytest.raises(SystemExit):
            documents.make(document_id=document.pk, build=killed)

    documents.sweep(now=NOW + 10 * documents.LEASE)

    assert state_of(document) == DocumentState.FAILED
    assert document.problem == "gave up"
    assert rung == []


def test_a_document_that_is_gone_is_nothing_to_make():
    documents.make(document_id=404, build=build)

    assert Document.objects.count() == 0


def test_what_was_made_is_removed_once_and_the_row_says_when(staff):
    document = ask(staff)
    documents.make(document_id=document.pk, build=build)
    document.refresh_from_db()
    path = uploads.path_of(document.file)

    removed = documents.remove(document, now=NOW)
    again = documents.remove(document, now=NOW + documents.LEASE)

    assert (removed, again) == (True, False)
    assert state_of(document) == DocumentState.REMOVED
    assert (document.file, document.removed_at) == (None, NOW)
    assert not path.exists()
    assert ask(staff) != document


def test_a_document_that_is_still_to_be_made_is_not_removed(staff):
    document = ask(staff)

    assert not documents.remove(document, now=NOW)
    assert state_of(document) == DocumentState.QUEUED
