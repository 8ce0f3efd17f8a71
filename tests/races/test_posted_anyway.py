"""Two people at one pile: one says that a letter is taken out, the other that it was posted."""

import pytest
from django.utils import timezone

from groups.notices import actions
from groups.notices.actions.posting import NO_LONGER_HOLDS
from groups.notices.models import Delivery, DeliveryQuerySet, PrintRun
from tests.factories import DeliveryFactory, PersonFactory, staff_actor
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def called_off():
    return DeliveryFactory(
        person=PersonFactory(channel="letter"),
        channel="letter",
        state="withdrawn",
        reason="The meeting is off.",
        print_run=PrintRun.objects.create(made_at=timezone.now()),
        page_count=1,
    )


def answers(letter):
    """Both answers to what became of one letter."""
    given = {"run": letter.print_run, "references": [letter.reference]}
    return [
        lambda: actions.take_out(by=staff_actor(), **given),
        lambda: actions.mark_posted_anyway(by=staff_actor(), **given),
        lambda: actions.mark_posted_anyway(by=staff_actor(), **given),
    ]


def what_is_told(letter):
    """Whether it is written down as taken out, as posted, and how often its person is told."""
    letter.refresh_from_db()
    told = Delivery.objects.filter(
        person=letter.person, notice__occasion=NO_LONGER_HOLDS
    )
    return letter.taken_out_at is not None, letter.sent_at is not None, told.count()


def test_a_letter_was_either_taken_out_or_posted_and_its_person_is_told_once():
    for _ in range(ROUNDS):
        letter = called_off()

        outcomes = at_once(answers(letter))

        assert len(raised(outcomes)) == 2
        assert what_is_told(letter) in [(True, False, 0), (False, True, 1)]


def test_control_without_the_look_at_the_pile_it_is_both(monkeypatch):
    letter = called_off()
    monkeypatch.setattr(DeliveryQuerySet, "to_take_out", lambda self: self)

    for answer in answers(letter):
        answer()

    assert what_is_told(letter) == (True, True, 2)
