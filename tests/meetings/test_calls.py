"""Ringing somebody about a meeting: one post keeps that we spoke and what she said."""

import datetime as dt

import pytest
import time_machine

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import GivenHow
from meetings.enums import JoinMode, Reply, ReplyRoute
from meetings.models import Invitation
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    SupporterFactory,
    UserFactory,
)
from tests.meetings.published import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


@pytest.fixture
def dot(db):
    """Dot is invited to a hybrid meeting, and is to be rung about it."""
    person = PersonFactory(known_as="Dot Hargreaves", channel="phone")
    val = PersonFactory(known_as="Val Hargreaves")
    SupporterFactory(member=person, supporter=val, agreed_how=GivenHow.PHONE)
    published(person, date=dt.date(2026, 11, 10))
    return person


def call_to(person):
    return Delivery.objects.get(
        person=person, notice__occasion="meeting.invitation", channel="phone"
    )


def address(call):
    return f"/meetings/{call.notice.about}/calls/{call.reference}/"


def test_the_outbox_takes_the_answer_in_the_card_of_the_call(staff, dot):
    page = staff.get("/outbox/").content.decode()

    assert f'action="{address(call_to(dot))}"' in page
    assert "What did Dot Hargreaves say?" in page
    for words in ("Yes, coming", "Not this time", "Not sure yet", "Val Hargreaves"):
        assert words in page


def test_one_post_keeps_the_call_and_her_answer(staff, dot):
    call = call_to(dot)

    answer = staff.post(
        address(call),
        {
            "outcome": "coming",
            "join_mode": JoinMode.PHONE,
            "company": "Val Hargreaves",
            "note": "Please ring after 2.",
        },
    )

    assert answer.url == "/outbox/"
    call.refresh_from_db()
    assert (call.state, call.sent_by_name) == (DeliveryState.HANDED_OVER, "Priya Nair")
    assert "Coming. Please ring after 2." in call.outcome
    invitation = Invitation.objects.get()
    assert (invitation.reply, invitation.join_mode) == (Reply.COMING, JoinMode.PHONE)
    assert (invitation.replied_by, invitation.reply_route) == (
        "Dot Hargreaves",
        ReplyRoute.PHONE,
    )
    assert invitation.recorded_by.name == "Priya Nair"
    assert invitation.supporter_name == "Val Hargreaves"


def test_not_coming_asks_nothing_more_and_calls_off_the_reminder(staff, dot):
    staff.post(address(call_to(dot)), {"outcome": "not_coming"})

    assert Invitation.objects.get().reply == Reply.NOT_COMING
    assert not Delivery.objects.filter(state=DeliveryState.PLANNED).exists()


def test_who_comes_must_say_how_and_nothing_is_kept_until_then(staff, dot):
    call = call_to(dot)

    page = staff.post(address(call), {"outcome": "coming", "note": "Yes please"})

    text = page.content.decode()
    assert page.status_code == 200
    assert "Choose how they will join" in text
    assert "Yes please" in text
    call.refresh_from_db()
    assert call.state == DeliveryState.PLANNED
    assert Invitation.objects.get().reply == Reply.NONE


def test_no_answer_is_tried_again_and_is_no_reply(staff, dot):
    call = call_to(dot)

    staff.post(address(call), {"outcome": "no_answer"})

    call.refresh_from_db()
    assert call.state == DeliveryState.PLANNED
    assert call.outcome.startswith("No answer")
    assert Invitation.objects.get().reply == Reply.NONE


def test_a_post_without_a_button_says_so(staff, dot):
    page = staff.post(address(call_to(dot)), {"note": "x"}).content.decode()

    assert "Choose what came of the call." in page


def test_five_identical_posts_are_one_call_and_one_answer(staff, dot):
    data = {
        "outcome": "not_sure",
        "form_key": "9d0c4bb2-6a51-4d5e-9e3f-0d6d6a4c1f22",
    }

    answers = {staff.post(address(call_to(dot)), data).url for _ in range(5)}

    assert answers == {"/outbox/"}
    assert AuditEvent.objects.filter(verb="rang").count() == 1
    assert AuditEvent.objects.filter(verb="recorded reply").count() == 1


def test_of_two_workers_who_ring_at_once_the_second_is_told(staff, client_as, dot):
    call = call_to(dot)
    tom = client_as(UserFactory(name="Tom Reyes", roles=[Role.INVOLVEMENT]))
    staff.post(address(call), {"outcome": "not_coming"})

    page = tom.post(address(call), {"outcome": "coming", "join_mode": "room"})

    assert "Somebody else has just written down this call" in page.content.decode()
    assert Invitation.objects.get().reply == Reply.NOT_COMING


def test_the_page_of_the_call_leads_to_where_the_answer_is_taken(staff, dot):
    call = call_to(dot)

    assert staff.get(f"/outbox/calls/{call.reference}/").url == address(call)
    assert "How will" not in staff.get("/outbox/history/").content.decode()
    assert "how will they join" in staff.get(address(call)).content.decode().lower()


def test_a_call_about_anything_else_takes_no_answer(staff, dot):
    other = DeliveryFactory(person=dot, channel="phone")

    assert staff.get(address(other)).status_code == 404
    page = staff.get(f"/outbox/calls/{other.reference}/").content.decode()
    assert "How did the call go?" in page
    assert "What did Dot Hargreaves say?" not in page


def test_nobody_else_opens_the_call(client_as, dot):
    for role in (Role.MEMBER, Role.FINANCE, Role.AUDITOR, Role.SPONSOR):
        client = client_as(role, fresh=True)
        assert client.get(address(call_to(dot))).status_code == 404
        assert (
            client.post(address(call_to(dot)), {"outcome": "coming"}).status_code == 404
        )
