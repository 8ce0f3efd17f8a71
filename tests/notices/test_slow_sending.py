"""A sender that is slow and not dead: what others made of its row meanwhile, and what it says then."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from groups.notices import periodic
from groups.notices.enums import DeliveryState
from tests.factories import DeliveryFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
LEASE_OVER = NOW + dt.timedelta(minutes=6)


def test_a_hand_over_that_outlived_its_lease_is_shown_as_sent_in_the_end(monkeypatch):
    delivery = DeliveryFactory(due_at=NOW)
    take, meanwhile = EmailBackend.send_messages, []

    def slowly(backend, messages):
        periodic.send_due(now=LEASE_OVER)
        delivery.refresh_from_db()
        meanwhile.append(delivery.state)
        return take(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    periodic.send_due(now=NOW)

    delivery.refresh_from_db()
    assert meanwhile == [DeliveryState.UNCERTAIN]
    assert (delivery.state, delivery.reason) == (DeliveryState.HANDED_OVER, "")
    assert len(mail.outbox) == 1
