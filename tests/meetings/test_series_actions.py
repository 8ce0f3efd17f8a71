"""Planning a series of meetings and adding to it."""

import datetime as dt

import pytest
import time_machine

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from meetings.actions import series
from meetings.enums import HolidayRule, MeetingState
from meetings.models import Meeting, Series
from tests.factories import (
    GroupFactory,
    OfficeFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)
from tests.meetings.planned_series import DETAILS, FIRST, WHICH, planned, times

pytestmark = pytest.mark.django_db
AFTERNOON = {"start_time": dt.time(14), "end_time": dt.time(16)}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def test_each_date_becomes_an_ordinary_meeting_at_the_same_time_on_the_wall():
    worker = staff_actor()

    found = series.plan_series(
        by=worker, group=GroupFactory(), **WHICH | DETAILS | {"title": "Forum"}
    )

    rows = list(Meeting.objects.order_by("date"))
    assert len(rows) == 12
    assert {row.state for row in rows} == {MeetingState.PLANNED}
    assert {(row.start_time, row.venue, row.title) for row in rows} == {
        (dt.time(10), "Millbrook Library, Room 2", "Forum")
    }
    by_date = {row.date: row for row in rows}
    assert by_date[dt.date(2026, 11, 18)].starts_at.hour == 10
    assert by_date[dt.date(2027, 4, 21)].starts_at.hour == 9
    assert by_date[dt.date(2027, 4, 21)].reply_by == dt.date(2027, 4, 19)
    assert (found.first_date, found.last_date) == (FIRST, dt.date(2027, 10, 20))
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["planned series", *["planned"] * 12]


def test_a_meeting_moved_off_a_bank_holiday_keeps_the_date_the_rule_gave():
    found = planned(
        rule="FREQ=WEEKLY;BYDAY=FR",
        date=dt.date(2026, 12, 25),
        on_holidays=HolidayRule.AFTER,
        count=1,
    )

    row = found.meetings.get()
    assert (row.series_date, row.date) == (
        dt.date(2026, 12, 25),
        dt.date(2026, 12, 29),
    )


def test_the_hour_the_clocks_skip_is_refused_at_the_field_and_names_the_date():
    with pytest.raises(RuleBroken) as refusal:
        planned(
            rule="FREQ=MONTHLY;BYDAY=-1SU",
            date=dt.date(2027, 2, 28),
            start_time=dt.time(1, 30),
            break_time=None,
            break_minutes=0,
            doors_time=None,
        )

    assert refusal.value.field == "start_time"
    assert "Sunday 28 March 2027, so 1.30am does not happen" in str(refusal.value)
    assert not Series.objects.exists()


def test_the_hour_that_happens_twice_is_the_first_of_the_two():
    found = planned(
        rule="FREQ=MONTHLY;BYDAY=-1SU",
        date=dt.date(2027, 10, 31),
        start_time=dt.time(1, 30),
        break_time=None,
        break_minutes=0,
        doors_time=None,
        count=1,
    )

    assert found.meetings.get().starts_at == dt.datetime(
        2027, 10, 31, 0, 30, tzinfo=dt.UTC
    )


def test_a_member_plans_and_changes_no_series():
    member, found = actor_for_person(PersonFactory()), planned()
    meetings = times(found.meetings)

    for refused in (
        lambda: series.plan_series(by=member, group=found.group, **WHICH | DETAILS),
        lambda: series.add_dates(
            by=member, series=found, after=found.last_date, count=1
        ),
        lambda: series.change_time(
            by=member, series=found, version=1, from_date=FIRST, **AFTERNOON
        ),
        lambda: series.end_series(by=member, series=found, version=1, last_day=FIRST),
    ):
        with pytest.raises(ActionDenied):
            refused()

    assert times(Meeting.objects) == meetings


def test_finance_staff_plan_no_series():
    with pytest.raises(ActionDenied):
        series.plan_series(
            by=staff_actor(Role.FINANCE), group=GroupFactory(), **WHICH | DETAILS
        )


def test_a_chair_plans_a_series_of_her_own_group_only():
    office = OfficeFactory()
    chair = actor_for_person(office.person)

    found = series.plan_series(by=chair, group=office.group, **WHICH | DETAILS)

    assert found.meetings.count() == 12
    with pytest.raises(ActionDenied):
        series.plan_series(by=chair, group=GroupFactory(), **WHICH | DETAILS)


def test_adding_the_same_dates_twice_adds_nothing():
    found, worker = planned(), staff_actor()
    after = found.last_date

    first = series.add_dates(by=worker, series=found, after=after, count=3)
    again = series.add_dates(by=worker, series=found, after=after, count=3)

    assert [row.date for row in first] == [
        dt.date(2027, 11, 17),
        dt.date(2027, 12, 15),
        dt.date(2028, 1, 19),
    ]
    assert again == []
    assert found.meetings.count() == 15
    assert Series.objects.get().last_date == dt.date(2028, 1, 19)


def test_added_meetings_are_like_the_last_one_at_the_time_of_the_series():
    found = planned()
    last = found.meetings.order_by("-date")[0]
    Meeting.objects.filter(pk=last.pk).update(
        venue="Hall A", start_time=dt.time(13), end_time=dt.time(15),
        break_time=dt.time(14), doors_time=None,
    )  # fmt: skip

    (made,) = series.add_dates(
        by=staff_actor(), series=found, after=found.last_date, count=1
    )

    assert (made.venue, made.start_time, made.end_time) == (
        "Hall A",
        dt.time(10),
        dt.time(12),
    )
    assert (made.break_time, made.doors_time) == (dt.time(11), None)
