"""Undoing a notice at the moment its window closes: all of it or none, whoever sweeps."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from groups.notices import actions
from groups.notices.actions import undoing
from groups.notices.enums import SENT, DeliveryState
from groups.notices.messages import Message
from groups.people.enums import Purpose
from tests.factories import PersonFactory, staff_actor
from tests.races.threads import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def told(people, number):
    return actions.plan_notice(
        by=staff_actor(),
        occasion="meeting.invitation",
        about=f"M-{number}",
        purpose=Purpose.MEETINGS,
        title="Meeting on Tuesday",
        messages=[
            Message(person=person, subject="Meeting", body="Come.") for person in people
        ],
        due_at=timezone.now(),
        can_be_undone=True,
    )


def race(people, number):
    """One presses undo while two sweeps whose clocks are past the window begin to send."""
    notice = told(people, number)
    mail.outbox.clear()
    later = notice.held_until + dt.timedelta(seconds=1)
    undone, *_ = at_once(
        [
            lambda: actions.undo(by=staff_actor(), notice=notice),
            lambda: actions.send_due(now=later),
            lambda: actions.send_due(now=later),
        ]
    )
    states = list(notice.deliveries.values_list("state", flat=True))
    return not isinstance(undone, Exception), states, len(mail.outbox)


def test_either_nobody_hears_or_everybody_does():
    people = [PersonFactory() for _ in range(12)]

    for number in range(ROUNDS):
        is_undone, states, sent = race(people, number)
        if is_undone:
            assert set(states) == {DeliveryState.WITHDRAWN}
            assert sent == 0
        else:
            assert set(states) <= SENT
            assert sent == len(people)


def test_control_word_goes_out_after_it_was_undone_when_nobody_looks(monkeypatch):
    """Without the look at what has gone, "undone" is said of messages that people have."""
    people = [PersonFactory() for _ in range(12)]
    monkeypatch.setattr(undoing, "check_none_has_gone", lambda notice: None)
    notice = told(people, 0)
    actions.send_due(now=notice.held_until + dt.timedelta(seconds=1))

    actions.undo(by=staff_actor(), notice=notice)

    notice.refresh_from_db()
    assert notice.undone_at is not None
    assert len(mail.outbox) == len(people)
