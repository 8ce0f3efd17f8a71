import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import DocumentState, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent, Document
from groups.notices import actions
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice, PrintRun
from groups.people.enums import PersonState
from tests.factories import (
    DeliveryFactory,
    NoticeFactory,
    PersonFactory,
    UserFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TOMORROW = dt.timedelta(days=1)


def letter(**values):
    person = values.pop("person", None) or PersonFactory(channel="letter")
    return DeliveryFactory(person=person, channel="letter", **values)


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


def test_a_pile_is_no_larger_than_a_person_can_tick_off(settings):
    person = PersonFactory(channel="letter")
    notices = [NoticeFactory.build(about=f"B-{number}") for number in range(501)]
    Notice.objects.bulk_create(notices)
    Delivery.objects.bulk_create(
        DeliveryFactory.build(notice=notice, person=person, channel="letter")
        for notice in notices
    )

    run = actions.make_print_run(by=staff_actor(), due_before=None)

    assert run.letters.count() == 500
    assert Delivery.objects.letters_waiting().count() == 1


def test_a_letter_without_an_address_is_given_to_the_person_s_contact():
    tom = UserFactory(name="Tom Ashworth")
    homeless = letter(person=PersonFactory(channel="letter", staff_contact=tom))
    homeless.person.contact_points.all().delete()
    letter()

    actions.make_print_run(by=staff_actor(), due_before=None)

    homeless.refresh_from_db()
    assert (homeless.state, homeless.owner) == (DeliveryState.FAILED, tom)


def test_a_letter_held_for_its_ten_minutes_is_not_printed():
    letter(held_until=timezone.now() + dt.timedelta(minutes=5))

    with pytest.raises(RuleBroken, match="There is no letter to print now"):
        actions.make_print_run(by=staff_actor(), due_before=None)
