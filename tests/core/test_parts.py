import datetime as dt

import pytest
import time_machine
from celery import current_app

from coprod.core import documents, parts, uploads
from coprod.core.enums import DocumentState
from coprod.core.pdf import Made, Together
from tests.factories import staff_actor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Book:
    """Something of many pages, which notes what it was asked to make."""

    def __init__(self, keys, *, breaks_at=(), before=None):
        self.keys = list(keys)
        self.breaks_at = set(breaks_at)
        self.before = before or (lambda keys: None)
        self.built, self.joined = [], None

    @property
    def job(self):
        return parts.Job(wanted=lambda _: self.keys, build=self.build, join=self.join)

    def build(self, document, keys):
        self.before(keys)
        if self.breaks_at & set(keys):
            raise ValueError("this one is broken")
        self.built.append(list(keys))
        return Together(data=b"part", page_counts=[key % 3 + 1 for key in keys])

    def join(self, document, placed, left_out):
        self.joined = (placed, list(left_out))
        return Made(
            data=b"%PDF whole", page_count=sum(p.count for p in placed.values())
        )


@pytest.fixture
def document():
    return documents.ask_for(
        task="rooms.make_it",
        kind="letters",
        about="LP-1",
        title="Letters",
        version="1",
        large_print=False,
        by=staff_actor(),
    )


def make(document, book):
    parts.make(document_id=document.pk, job=book.job)
    document.refresh_from_db()


def files(settings):
    folder = settings.FILES_DIR / "parts"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_many_things_are_made_some_at_a_time_and_then_joined(document, settings):
    book = Book(range(45))

    make(document, book)

    assert [len(keys) for keys in book.built] == [20, 20, 5]
    placed, left_out = book.joined
    assert list(placed) == list(range(45))
    assert (placed[2].first, placed[2].count) == (3, 3)
    assert placed[20].path != placed[19].path
    assert left_out == []
    assert (document.state, document.done_count, document.total_count) == (
        DocumentState.READY,
        45,
        45,
    )
    assert uploads.path_of(document.file).read_bytes() == b"%PDF whole"
    assert files(settings) == []


def test_after_a_while_the_worker_turns_to_other_work_and_goes_on_later(
    document, monkeypatch, django_capture_on_commit_callbacks
):
    bells, passed = [], iter(range(0, 1000, 12))
    monkeypatch.setattr(
        current_app, "send_task", lambda name, kwargs: bells.append(name)
    )
    monkeypatch.setattr(parts.time, "monotonic", lambda: next(passed))
    book = Book(range(60))

    with django_capture_on_commit_callbacks(execute=True):
        make(document, book)

    assert (document.state, document.done_count) == (DocumentState.QUEUED, 20)
    assert document.attempts == 0
    assert bells == ["rooms.make_it"]
    for _ in range(3):
        make(document, book)
    assert [keys[0] for keys in book.built] == [0, 20, 40]
    assert document.state == DocumentState.READY


def test_a_worker_that_is_killed_loses_one_part(document, clock):
    def killed(keys):
        if keys[0] == 20 and len(keys) > 1:
            raise SystemExit

    book = Book(range(45), before=killed)
    with pytest.raises(SystemExit):
        make(document, book)
    document.refresh_from_db()
    assert (document.state, document.done_count) == (DocumentState.MAKING, 20)

    make(document, book)
    assert document.done_count == 20
    clock.move_to(NOW + documents.LEASE + dt.timedelta(seconds=1), tick=False)
    make(document, book)

    # The part at which it was killed is tried one by one; the rest goes on as before.
    assert [len(keys) for keys in book.built] == [20, 1, 20, 4]
    assert document.state == DocumentState.READY


def test_a_thing_that_cannot_be_made_is_left_out_and_the_others_are_made(document):
    book = Book(range(8), breaks_at=[5])

    for _ in range(20):
        make(document, book)

    placed, left_out = book.joined
    assert (list(placed), left_out) == ([0, 1, 2, 3, 4, 6, 7], [5])
    assert document.state == DocumentState.READY


def test_a_worker_killed_each_time_by_one_thing_leaves_it_out(document, clock):
    def killed(keys):
        if 1 in keys:
            raise SystemExit

    book = Book(range(3), before=killed)
    for number in range(12):
        clock.move_to(NOW + number * 2 * documents.LEASE, tick=False)
        try:
            make(document, book)
        except SystemExit:
            documents.sweep(now=NOW + (number + 1) * 2 * documents.LEASE)

    assert book.joined[1] == [1]
    document.refresh_from_db()
    assert document.state == DocumentState.READY


def test_when_nothing_can_be_made_the_page_says_so_and_nothing_is_blamed(document):
    book = Book(range(30), breaks_at=range(30))

    for _ in range(40):
        make(document, book)

    assert (document.state, document.problem) == (
        DocumentState.FAILED,
        "TooMuchLeftOut",
    )
    assert book.joined is None


def test_a_part_whose_file_is_gone_is_made_again(document, settings, clock):
    def killed(keys):
        if keys[0] == 20:
            raise SystemExit

    with pytest.raises(SystemExit):
        make(document, Book(range(30), before=killed))
    for file in files(settings):
        file.unlink()
    clock.move_to(NOW + documents.LEASE + dt.timedelta(seconds=1), tick=False)

    book = Book(range(30))
    make(document, book)

    assert sorted(key for keys in book.built for key in keys) == list(range(30))
    assert document.state == DocumentState.READY


def test_what_cannot_be_joined_says_so(document, settings):
    book = Book(range(3))
    book.join = lambda *_: 1 / 0

    make(document, book)

    assert (document.state, document.problem) == (
        DocumentState.FAILED,
        "ZeroDivisionError",
    )
    assert files(settings) == []


def test_while_one_worker_makes_it_a_second_leaves_it_alone(document):
    second = Book(range(3))
    first = Book(range(3), before=lambda _: make(document, second))

    make(document, first)

    assert (len(first.built), second.built) == (1, [])


def test_a_document_that_is_gone_is_nothing_to_make():
    book = Book(range(3))

    parts.make(document_id=404, job=book.job)

    assert book.built == []
