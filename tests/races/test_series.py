"""Races over one series: its dates are planned once, and of two changes at once one is told."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from coprod.core.errors import RuleBroken
from meetings.actions import series as actions
from meetings.models import Meeting, Series
from tests.factories import staff_actor
from tests.meetings.planned_series import FIRST, planned
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def series():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield planned(count=2)


def test_of_four_who_add_the_same_dates_at_once_one_adds_them(series):
    worker, after = staff_actor(), series.last_date

    outcomes = at_once(
        [
            lambda: actions.add_dates(by=worker, series=series, after=after, count=3)
            for _ in range(4)
        ]
    )

    assert raised(outcomes) == []
    assert sorted(len(made) for made in outcomes) == [0, 0, 0, 3]
    assert series.meetings.count() == 5


def both_looked_before_either_wrote(series):
    """Two requests that found the dates free, and plan them without waiting for each other."""
    worker = staff_actor()
    lines = actions.more_dates_for(series, after=series.last_date, count=3)
    details = actions.details_of_next(series)

    def plan():
        with transaction.atomic():
            return actions._plan_dates(series, lines, details, worker)

    return at_once([plan, plan])


def test_without_the_lock_the_database_still_takes_each_date_once(series):
    (refusal,) = raised(both_looked_before_either_wrote(series))

    assert isinstance(refusal, IntegrityError)
    assert series.meetings.count() == 5


@pytest.fixture
def no_constraint(series, monkeypatch):
    """Take the constraint off while a control runs. SQLite makes the table anew from the model."""
    name = "meeting_once_in_a_series"
    once = next(rule for rule in Meeting._meta.constraints if rule.name == name)
    others = [rule for rule in Meeting._meta.constraints if rule is not once]
    with monkeypatch.context() as patch, connection.schema_editor() as editor:
        patch.setattr(Meeting._meta, "constraints", others)
        editor.remove_constraint(Meeting, once)
    yield
    Meeting.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Meeting, once)


def test_control_without_lock_and_constraint_each_date_is_there_twice(
    series, no_constraint
):
    assert raised(both_looked_before_either_wrote(series)) == []
    assert series.meetings.count() == 8


def test_of_two_who_change_the_time_at_once_one_is_told(series):
    worker = staff_actor()

    outcomes = at_once(
        [
            lambda start=start: actions.change_time(
                by=worker,
                series=Series.objects.get(),
                version=1,
                from_date=FIRST,
                start_time=start,
                end_time=dt.time(17),
            )
            for start in (dt.time(13), dt.time(14))
        ]
    )

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, RuleBroken)
    series.refresh_from_db()
    starts = set(series.meetings.values_list("start_time", flat=True))
    assert starts == {series.start_time}
    assert series.version == 2
