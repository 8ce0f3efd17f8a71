import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from groups.notices import actions
from groups.notices.messages import Message
from groups.notices.models import Delivery
from groups.people import actions as people_actions
from groups.people.actions import NewContact
from groups.people.enums import ContactKind, Purpose
from groups.people.models import Person
from tests.factories import PersonFactory, staff_actor

pytestmark = pytest.mark.django_db

FIRST_CALL = {
    "known_as": "Edna Whitlock",
    "capacity": "lived",
    "print_size": "18",
    "channel": "letter",
}


@pytest.fixture
def priya(client_as):
    return client_as(Role.INVOLVEMENT)


def ring_and_write_down(priya, **answers):
    answer = priya.post("/people/add/", FIRST_CALL | answers)
    assert answer.status_code == 302, answer.content.decode()
    return Person.objects.get(known_as="Edna Whitlock")


def test_a_call_that_ends_before_the_address_is_written_down_and_nothing_is_lost(priya):
    person = ring_and_write_down(priya)

    assert person.preferences.get().channel == "letter"
    assert Delivery.objects.get().state == "failed"


def test_the_welcome_becomes_a_letter_when_the_rest_is_filled_in_next_week(priya):
    person = ring_and_write_down(priya, landline="01632 960555", call_after="2pm")
    assert Delivery.objects.get().channel == "phone"

    priya.post(
        f"/people/{person.reference}/edit/",
        FIRST_CALL
        | {
            "version": person.version,
            "landline": "01632 960555",
            "call_after": "2pm",
            "address": "7 Tanyard Lane\nElmsby",
            "postcode": "NS4 2QT",
        },
    )

    letter = Delivery.objects.get()
    assert (letter.channel, letter.state, letter.print_size) == (
        "letter",
        "planned",
        18,
    )
    assert letter.address == "Edna Whitlock\n7 Tanyard Lane\nElmsby\nNS4 2QT"
    assert "We will post things to you, in 18 point print." in letter.body
    assert "7 Tanyard Lane" in priya.get("/outbox/").content.decode()


def test_a_welcome_that_had_nowhere_to_go_waits_again_once_there_is_an_address(priya):
    person = ring_and_write_down(priya)

    priya.post(
        f"/people/{person.reference}/contacts/add/",
        {"kind": "post", "value": "7 Tanyard Lane", "postcode": "NS4 2QT"},
    )

    letter = Delivery.objects.get()
    assert (letter.channel, letter.state, letter.reason) == ("letter", "planned", "")


def plan(person):
    actions.plan_notice(
        by=staff_actor(),
        occasion="meeting.reminder",
        about="M-TEST",
        purpose=Purpose.MEETINGS,
        title="Reminder",
        messages=[Message(person=person, subject="Reminder", body="Soon.")],
        due_at=timezone.now() + dt.timedelta(days=20),
    )
    return Delivery.objects.get(person=person)


def person_by_phone():
    person = PersonFactory()
    person.contact_points.all().delete()
    people_actions.add_contact_point(
        by=staff_actor(),
        person=person,
        point=NewContact(ContactKind.LANDLINE, "+441632960555"),
    )
    return person


def write_address(person):
    people_actions.add_contact_point(
        by=staff_actor(),
        person=person,
        point=NewContact(ContactKind.POST, "7 Brook Row", "NS4 2QT"),
    )
    people_actions.set_channel(by=staff_actor(), person=person, channel="letter")


def test_a_reminder_that_becomes_a_letter_is_posted_earlier():
    person = person_by_phone()
    call = plan(person)

    write_address(person)

    letter = Delivery.objects.get(person=person)
    assert (letter.pk, letter.channel) == (call.pk, "letter")
    assert letter.due_at < call.due_at - dt.timedelta(days=2)


@pytest.mark.parametrize("state", ["withdrawn", "too_late"])
def test_what_is_over_stays_as_it_was(state):
    person = person_by_phone()
    call = plan(person)
    Delivery.objects.filter(pk=call.pk).update(state=state)

    write_address(person)

    assert Delivery.objects.get().channel == "phone"


def test_a_letter_in_a_pile_to_print_stays_a_letter():
    person = person_by_phone()
    write_address(person)
    plan(person)
    actions.make_print_run(by=staff_actor(), due_before=None)

    people_actions.set_channel(by=staff_actor(), person=person, channel="phone")

    assert Delivery.objects.get().channel == "letter"
