import datetime as dt

import pytest

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Role
from groups.notices import queries
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Purpose, SupportScope
from tests.factories import (
    DeliveryFactory,
    NoticeFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 4)
SENT = {
    "state": DeliveryState.HANDED_OVER,
    "sent_at": dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC),
    "sent_by_name": "Your Voice",
}


def progress(notice):
    """Return how far the newest telling about the notice's thing has come."""
    found = queries.tellings(about=notice.about)
    return next(telling.progress for telling in found if telling.is_newest)


def test_issuing_is_complete_only_when_every_person_has_been_sent_hers():
    notice = NoticeFactory()
    DeliveryFactory(notice=notice, **SENT)
    letter = DeliveryFactory(notice=notice, channel="letter")

    before = progress(notice)
    Delivery.objects.filter(pk=letter.pk).update(**SENT)
    after = progress(notice)

    assert (before.total, before.sent, before.waiting, before.is_complete) == (
        2,
        1,
        1,
        False,
    )
    assert (after.total, after.sent, after.waiting, after.is_complete) == (
        2,
        2,
        0,
        True,
    )


def test_issuing_to_nobody_is_not_complete():
    notice = NoticeFactory()
    DeliveryFactory(notice=notice, state=DeliveryState.WITHDRAWN)

    (telling,) = queries.tellings(about=notice.about)

    assert not telling.progress.is_complete


def test_a_failed_email_that_was_posted_instead_counts_as_sent():
    notice = NoticeFactory()
    failed = DeliveryFactory(notice=notice, state=DeliveryState.WITHDRAWN)
    DeliveryFactory(notice=notice, person=failed.person, channel="letter", **SENT)

    assert (progress(notice).total, progress(notice).is_complete) == (1, True)


@pytest.mark.parametrize("state", ["failed", "uncertain", "too_late"])
def test_a_message_that_did_not_arrive_keeps_issuing_open(state):
    notice = NoticeFactory()
    DeliveryFactory(notice=notice, **SENT)
    DeliveryFactory(notice=notice, state=state)

    found = progress(notice)

    assert not found.is_complete
    assert (found.in_trouble, found.too_late) == (
        (0, 1) if state == "too_late" else (1, 0)
    )


def test_each_version_has_its_own_progress_and_one_is_the_newest():
    old = NoticeFactory(about="M-1", version=1)
    DeliveryFactory(notice=old, **SENT)
    DeliveryFactory(notice=NoticeFactory(about="M-1", version=2))

    found = queries.tellings(about="M-1")

    assert [
        (row.version, row.is_newest, row.progress.is_complete) for row in found
    ] == [
        (1, False, True),
        (2, True, False),
    ]


def test_outbox_counts_what_waits_for_people(time_machine):
    now = dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    DeliveryFactory(channel="letter", due_at=now - dt.timedelta(days=1))
    DeliveryFactory(channel="letter", due_at=now + dt.timedelta(days=1))
    DeliveryFactory(channel="phone")
    DeliveryFactory(due_at=now - dt.timedelta(minutes=9))
    DeliveryFactory(state="failed")
    DeliveryFactory(**SENT)
    DeliveryFactory(**SENT | {"sent_at": now})

    assert queries.outbox(staff_actor()) == queries.Outbox(
        letters_to_post=2,
        letters_late=1,
        calls_to_make=1,
        failures=1,
        sent_today=1,
    )


@pytest.mark.parametrize(
    "role", [Role.FINANCE, Role.APPROVER, Role.AUDITOR, Role.MEMBER]
)
def test_outbox_is_empty_for_who_does_not_send(role):
    DeliveryFactory(channel="phone")
    actor = staff_actor(role)

    assert queries.outbox(actor) == queries.Outbox()
    assert queries.owed(actor=actor, today=TODAY) == []
    assert queries.print_runs_waiting(actor) == []
    assert list(queries.calls(actor)) == []


def test_owed_lists_calls_one_by_one_and_letters_of_a_day_together():
    staff = staff_actor()
    noon = dates.wall_to_instant(TODAY, dt.time(12))
    dot = PersonFactory(
        known_as="Dot Hargreaves",
        channel="phone",
        call_after=dt.time(14),
        staff_contact=staff.user,
    )
    DeliveryFactory(person=dot, channel="phone", subject="Are you coming?", due_at=noon)
    for size in (14, 18):
        DeliveryFactory(channel="letter", print_size=size, due_at=noon)
    DeliveryFactory(channel="letter", due_at=noon + dt.timedelta(days=9))

    letters, call = queries.owed(actor=staff, today=TODAY)

    assert (letters.who, letters.what, letters.due_words) == (
        "2 people",
        "Post 2 letters, 1 in large print",
        "Today",
    )
    assert (call.who, call.what, call.due_words) == (
        "Dot Hargreaves",
        "Ring: Are you coming?",
        "Today, after 2pm",
    )
    assert (call.holder, call.holder_is_me, call.is_late) == ("You", True, False)


def test_owed_says_late_for_yesterday():
    DeliveryFactory(
        channel="letter",
        due_at=dates.wall_to_instant(TODAY - dt.timedelta(days=1), dt.time(9)),
    )

    (line,) = queries.owed(actor=staff_actor(), today=TODAY)

    assert (line.is_late, line.due_words, line.what) == (True, "Today", "Post a letter")


def supporter_of(person, *scopes):
    return Actor(
        user=None,
        name="Val",
        roles=frozenset({Role.SUPPORTER}),
        person_id=person.pk,
        is_supporter=True,
        scopes=frozenset(scopes),
    )


def test_a_supporter_sees_money_only_with_claims_and_the_rest_only_with_see():
    person = PersonFactory()
    paper = DeliveryFactory(
        person=person, notice=NoticeFactory(purpose=Purpose.MEETINGS), **SENT
    )
    money = DeliveryFactory(
        person=person, notice=NoticeFactory(purpose=Purpose.MONEY), **SENT
    )

    def seen(*scopes):
        return set(Delivery.objects.visible_to(supporter_of(person, *scopes)))

    assert seen() == set()
    assert seen(SupportScope.SEE) == {paper}
    assert seen(SupportScope.CLAIM) == {money}
    assert seen(SupportScope.SEE, SupportScope.CLAIM) == {paper, money}


def test_a_member_sees_what_was_sent_to_her_and_nothing_else():
    hers = DeliveryFactory(**SENT)
    DeliveryFactory(person=hers.person)
    DeliveryFactory(**SENT)

    assert list(Delivery.objects.visible_to(actor_for_person(hers.person))) == [hers]


@pytest.mark.parametrize(
    ("after", "before", "words"),
    [
        (None, None, ""),
        (dt.time(14), None, "Call after 2pm"),
        (None, dt.time(18), "Call before 6pm"),
        (dt.time(10), dt.time(16), "Call between 10am and 4pm"),
    ],
)
def test_call_window_in_words(after, before, words):
    assert (
        queries.call_window(PersonFactory(call_after=after, call_before=before))
        == words
    )
