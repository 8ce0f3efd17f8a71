"""Three schedulers plan the same reminders at once: each person still has each message once."""

import datetime as dt

import pytest
import time_machine
from django.db import connection

from coprod.core.models import AuditEvent
from groups.governance import terms
from groups.governance.models import Membership
from groups.notices.models import Delivery, Notice
from meetings.actions import to_do
from meetings.models import Action
from tests.factories import (
    AgendaItemFactory,
    MembershipFactory,
    MinutesFactory,
    PersonFactory,
    staff_actor,
)
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
ROUNDS = 4


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def something_to_do():
    meeting = MinutesFactory().meeting
    item = AgendaItemFactory(meeting=meeting, position=1)
    for _ in range(3):
        to_do.write_action(
            by=staff_actor(),
            item=item,
            words="Send the leaflet out.",
            due_date=dt.date(2026, 11, 20),
            owner=PersonFactory(),
        )


def terms_that_end():
    for _ in range(3):
        MembershipFactory(to_date=dt.date(2026, 12, 18))


PLANNED = [
    pytest.param(something_to_do, to_do.plan_due, 2, id="actions due"),
    pytest.param(terms_that_end, terms.plan_terms, 1, id="terms ending"),
]


def three_at_once(plan):
    assert raised(at_once([lambda: plan(now=NOW)] * 3)) == []


@pytest.mark.parametrize(("owed", "plan", "each"), PLANNED)
def test_three_schedulers_at_once_plan_each_message_once(owed, plan, each):
    for number in range(1, ROUNDS + 1):
        owed()

        three_at_once(plan)

        expected = 3 * each * number
        assert Notice.objects.count() == expected
        assert Delivery.objects.count() == expected
        planned = AuditEvent.objects.filter(verb="planned messages")
        assert planned.count() == expected


@pytest.fixture
def no_key(monkeypatch):
    """Let the key of a notice keep nobody apart, in the code and in the database."""
    once = next(rule for rule in Notice._meta.constraints if rule.name == "notice_once")
    others = [rule for rule in Notice._meta.constraints if rule is not once]
    with monkeypatch.context() as patch, connection.schema_editor() as editor:
        patch.setattr(Notice._meta, "constraints", others)
        editor.remove_constraint(Notice, once)

    def always_new(_manager, *, defaults, **key):
        return Notice.objects.create(**key, **defaults), True

    monkeypatch.setattr(type(Notice.objects), "get_or_create", always_new)
    yield
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Notice, once)


@pytest.mark.parametrize(("owed", "plan", "each"), PLANNED)
def test_control_without_the_key_of_a_notice_each_message_is_there_three_times(
    no_key, owed, plan, each
):
    owed()

    three_at_once(plan)

    assert Delivery.objects.count() == 3 * 3 * each


def done_meanwhile():
    """Return what a reminder is about, and how to call it off: somebody says that it is done."""
    something_to_do()
    action = Action.objects.select_related("item__meeting").latest("pk")

    def done():
        to_do.move_action(by=staff_actor(), action=action, to="done", version=1)

    return action.reference, done


def other_day_meanwhile():
    """Return what word of a term is about, and how to call it off: it ends on another day."""
    terms_that_end()
    membership = Membership.objects.latest("pk")

    def other_day():
        later = dt.date(2027, 12, 18)
        terms.set_term(by=staff_actor(), membership=membership, to_date=later)

    return terms.about(membership), other_day


MEANWHILE = [
    pytest.param(done_meanwhile, to_do, to_do.plan_due, id="actions due"),
    pytest.param(other_day_meanwhile, terms, terms.plan_terms, id="terms ending"),
]


def waiting(about):
    return Delivery.objects.filter(notice__about=about, state="planned").exists()


@pytest.mark.parametrize(("owe", "_module", "plan"), MEANWHILE)
def test_what_is_called_off_while_it_is_planned_goes_to_nobody(owe, _module, plan):
    for _ in range(ROUNDS):
        about, call_off = owe()

        assert raised(at_once([lambda: plan(now=NOW), call_off])) == []

        assert not waiting(about)


@pytest.mark.parametrize(("owe", "module", "plan"), MEANWHILE)
def test_control_without_the_hold_it_goes_all_the_same(monkeypatch, owe, module, plan):
    """What was read before is planned after it was called off."""
    about, call_off = owe()
    still_to_come = [call_off]

    def called_off_here(_):
        while still_to_come:
            still_to_come.pop()()
        return True

    monkeypatch.setattr(module, "_hold", called_off_here)
    plan(now=NOW)

    assert waiting(about)
