"""Three schedulers at once compare a day once; without the claim of the turn each would."""

import datetime as dt

import pytest

from coprod.core.models import Heartbeat
from groups.notices import health
from groups.notices.actions import alerts
from groups.notices.models import Alert
from tests.factories import DeliveryFactory
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 11, 4, 6, 30, tzinfo=dt.UTC)


def three_at_once():
    DeliveryFactory(due_at=dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC))
    outcomes = at_once([lambda: alerts.compare_due(now=NOW)] * 3)
    assert raised(outcomes) == []
    return sorted(len(found) for found in outcomes)


@pytest.mark.parametrize("ever", [True, False], ids=["as every day", "the first day"])
def test_of_three_schedulers_at_once_one_compares(ever):
    if ever:
        before = NOW - dt.timedelta(days=1)
        Heartbeat.objects.create(name=health.COMPARED, beaten_at=before)

    assert three_at_once() == [0, 0, 1]
    assert Alert.objects.count() == 1


def test_control_each_compares_without_the_claim_of_the_turn(monkeypatch):
    monkeypatch.setattr(alerts, "_take_turn", lambda now, _: now - dt.timedelta(days=1))

    assert three_at_once() == [1, 1, 1]
