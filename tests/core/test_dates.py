import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.core import dates


def test_the_hour_the_clocks_skip_in_march_does_not_exist() -> None:
    with pytest.raises(
        dates.NoSuchTime, match="clocks go forward on Sunday 28 March 2027"
    ):
        dates.wall_to_instant(dt.date(2027, 3, 28), dt.time(1, 30))


def test_the_hour_that_happens_twice_in_october_is_the_first_one() -> None:
    instant = dates.wall_to_instant(dt.date(2026, 10, 25), dt.time(1, 30))

    assert instant == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


@given(
    st.dates(min_value=dt.date(2024, 1, 1), max_value=dt.date(2040, 12, 31)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_the_clock_on_the_wall_is_kept(day: dt.date, time: dt.time) -> None:
    try:
        instant = dates.wall_to_instant(day, time)
    except dates.NoSuchTime:
        return
    assert dates.local(instant).replace(tzinfo=None) == dt.datetime.combine(day, time)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.time(10), "10am"),
        (dt.time(14, 30), "2.30pm"),
        (dt.time(12), "12pm"),
        (dt.time(0), "midnight"),
        (dt.time(0, 5), "12.05am"),
    ],
)
def test_times_are_written_as_people_say_them(value: dt.time, words: str) -> None:
    assert dates.clock(value) == words


def test_dates_are_written_in_full() -> None:
    when = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)

    assert dates.long_datetime(when) == "Tuesday 3 November 2026 at 10am"
    assert dates.long_datetime(when.replace(month=7)) == "Friday 3 July 2026 at 11am"


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    christmas_eve = dt.date(2026, 12, 24)

    assert dates.add_working_days(christmas_eve, 1) == dt.date(2026, 12, 29)
    assert dates.add_working_days(dt.date(2026, 12, 29), -1) == christmas_eve


def test_tax_year_starts_on_6_april() -> None:
    assert dates.tax_year_start(dt.date(2026, 4, 5)) == dt.date(2025, 4, 6)
    assert dates.tax_year_start(dt.date(2026, 4, 6)) == dt.date(2026, 4, 6)


def test_durations_in_words() -> None:
    assert [dates.duration(m) for m in (0, 1, 60, 195)] == [
        "0 minutes",
        "1 minute",
        "1 hour",
        "3 hours 15 minutes",
    ]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 3, 3), 3, dt.date(2026, 6, 3)),
        (dt.date(2025, 11, 30), 3, dt.date(2026, 2, 28)),
        (dt.date(2027, 11, 30), 3, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), 1, dt.date(2027, 1, 31)),
        (dt.date(2026, 1, 31), 24, dt.date(2028, 1, 31)),
        (dt.date(2026, 1, 31), 0, dt.date(2026, 1, 31)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_short_month(
    day: dt.date, months: int, later: dt.date
) -> None:
    assert dates.add_months(day, months) == later
