"""Another time for a series, and its end: what moves, who is told, what stays."""

import datetime as dt

import pytest
import time_machine

from coprod.core.errors import RuleBroken
from coprod.core.models import AuditEvent
from groups.notices.models import Notice
from meetings.actions import planning, series
from meetings.enums import MeetingState, Reply
from meetings.models import Meeting, Series
from tests.factories import (
    InvitationFactory,
    MeetingFactory,
    SeriesFactory,
    staff_actor,
)
from tests.meetings.planned_series import DETAILS, FIRST, planned, times

pytestmark = pytest.mark.django_db
AFTERNOON = {"start_time": dt.time(14), "end_time": dt.time(16)}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def published(found, date):
    meeting = found.meetings.get(date=date)
    meeting.state = MeetingState.PUBLISHED
    meeting.published_at = meeting.planned_at
    meeting.published_by = meeting.planned_by
    meeting.save()
    return meeting


def test_changing_one_meeting_leaves_the_series_alone():
    found = planned()
    one = found.meetings.get(date=dt.date(2027, 2, 17))
    others = times(found.meetings.exclude(pk=one.pk))

    planning.change_meeting(
        by=staff_actor(),
        meeting=one,
        version=one.version,
        **DETAILS
        | AFTERNOON
        | {
            "date": one.date,
            "break_time": None,
            "break_minutes": 0,
        },
    )

    found.refresh_from_db()
    assert times(found.meetings.exclude(pk=one.pk)) == others
    assert (found.start_time, found.version) == (dt.time(10), 1)


def test_a_new_time_moves_what_is_being_prepared_from_that_day_on():
    found = planned()

    done = series.change_time(
        by=staff_actor(),
        series=found,
        version=1,
        from_date=dt.date(2027, 3, 1),
        **AFTERNOON,
    )

    before = found.meetings.filter(date__lt=dt.date(2027, 3, 1))
    after = found.meetings.filter(date__gte=dt.date(2027, 3, 1))
    assert {start for _, start, _ in times(before)} == {dt.time(10)}
    assert {start for _, start, _ in times(after)} == {dt.time(14)}
    summer = after.get(date=dt.date(2027, 6, 16))
    assert summer.starts_at == dt.datetime(2027, 6, 16, 13, tzinfo=dt.UTC)
    assert (summer.break_time, summer.doors_time) == (dt.time(15), dt.time(13, 45))
    assert len(done.quiet) == after.count()
    assert AuditEvent.objects.get(verb="changed series").changes == {
        "start_time": ["10:00:00", "14:00:00"],
        "end_time": ["12:00:00", "16:00:00"],
        "from_date": ["", "2027-03-01"],
    }


def test_a_new_time_leaves_published_meetings_with_answers_and_names_them():
    found = planned()
    answered = published(found, dt.date(2026, 12, 16))
    InvitationFactory(
        meeting=answered, reply=Reply.COMING, replied_at=answered.planned_at,
        replied_by="Marian",
    )  # fmt: skip
    unanswered = published(found, dt.date(2027, 1, 20))
    InvitationFactory(meeting=unanswered)

    done = series.change_time(
        by=staff_actor(), series=found, version=1, from_date=FIRST, **AFTERNOON
    )

    answered.refresh_from_db()
    unanswered.refresh_from_db()
    assert [(row.pk, why) for row, why in done.left] == [
        (answered.pk, "People have answered.")
    ]
    assert (answered.start_time, answered.version) == (dt.time(10), 1)
    assert [row.pk for row in done.told] == [unanswered.pk]
    assert unanswered.start_time == dt.time(14)
    about = Notice.objects.filter(occasion__contains="chang").values_list("about")
    assert {reference for (reference,) in about} == {unanswered.reference}


def test_a_new_time_leaves_a_meeting_with_a_time_of_its_own():
    found = planned()
    own = found.meetings.get(date=dt.date(2027, 2, 17))
    Meeting.objects.filter(pk=own.pk).update(end_time=dt.time(13))

    done = series.change_time(
        by=staff_actor(), series=found, version=1, from_date=FIRST, **AFTERNOON
    )

    own.refresh_from_db()
    assert [(row.pk, why) for row, why in done.left] == [
        (own.pk, "It has a time of its own.")
    ]
    assert (own.start_time, own.end_time) == (dt.time(10), dt.time(13))


def test_a_new_time_leaves_what_is_over_and_what_is_cancelled():
    found = SeriesFactory(first_date=dt.date(2026, 9, 8))
    for date, state in (
        (dt.date(2026, 9, 8), MeetingState.RECORDED),
        (dt.date(2026, 10, 13), MeetingState.PUBLISHED),
        (dt.date(2026, 11, 10), MeetingState.CANCELLED),
    ):
        MeetingFactory(
            series=found, series_date=date, group=found.group, date=date, state=state
        )
    before = times(found.meetings)

    done = series.change_time(
        by=staff_actor(), series=found, version=1, from_date=found.first_date,
        **AFTERNOON,
    )  # fmt: skip

    assert times(found.meetings) == before
    assert (done.quiet, done.told, done.left) == ([], [], [])


def test_of_two_who_change_a_series_at_once_the_second_is_told():
    found = planned()
    change = {"by": staff_actor(), "series": found, "version": 1, "from_date": FIRST}
    series.change_time(**change, **AFTERNOON)

    with pytest.raises(RuleBroken, match="Somebody else changed this series"):
        series.change_time(**change, start_time=dt.time(9), end_time=dt.time(11))

    assert {start for _, start, _ in times(found.meetings)} == {dt.time(14)}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (
            {"start_time": dt.time(12)},
            "end_time",
            "The meeting must end after it starts.",
        ),
        (
            {"start_time": dt.time(10), "end_time": dt.time(11, 10)},
            "break_time",
            "The break must be during the meeting.",
        ),
    ],
)
def test_a_new_time_that_cannot_be_is_refused_and_changes_nothing(change, field, words):
    found = planned()
    before = times(found.meetings)

    with pytest.raises(RuleBroken) as refusal:
        series.change_time(
            by=staff_actor(), series=found, version=1, from_date=FIRST,
            **{"start_time": dt.time(10), "end_time": dt.time(12)} | change,
        )  # fmt: skip

    found.refresh_from_db()
    assert (refusal.value.field, str(refusal.value)) == (field, words)
    assert (times(found.meetings), found.version) == (before, 1)


def test_ending_a_series_takes_off_what_nobody_knows_of_and_keeps_the_rest():
    found = planned()
    known = published(found, dt.date(2027, 3, 17))

    done = series.end_series(
        by=staff_actor(), series=found, version=1, last_day=dt.date(2027, 1, 31)
    )

    assert [row.pk for row, _ in done.left] == [known.pk]
    left = found.meetings.exclude(state=MeetingState.CANCELLED)
    assert [row.date for row in left.order_by("date")] == [
        dt.date(2026, 11, 18),
        dt.date(2026, 12, 16),
        dt.date(2027, 1, 20),
        dt.date(2027, 3, 17),
    ]
    assert Meeting.objects.filter(state=MeetingState.CANCELLED).count() == 8
    assert not Notice.objects.exists()
    assert Series.objects.get().last_date == dt.date(2027, 1, 31)


def test_a_series_that_was_ended_can_go_on_with_the_same_dates():
    found, worker = planned(), staff_actor()
    series.end_series(by=worker, series=found, version=1, last_day=dt.date(2027, 1, 31))

    made = series.add_dates(
        by=worker, series=found, after=dt.date(2027, 1, 31), count=2
    )

    assert [row.date for row in made] == [dt.date(2027, 2, 17), dt.date(2027, 3, 17)]


def test_a_meeting_somebody_cancelled_is_not_planned_again():
    found, worker = planned(count=2), staff_actor()
    found.meetings.filter(date=dt.date(2026, 12, 16)).update(
        state=MeetingState.CANCELLED
    )

    lines = series.more_dates_for(found, after=FIRST, count=2)
    made = series.add_dates(by=worker, series=found, after=FIRST, count=2)

    assert lines[0].note == "There is a meeting for Wednesday 16 December 2026 already."
    assert [row.date for row in made] == [dt.date(2027, 1, 20)]
