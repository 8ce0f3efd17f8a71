"""The dates of a series: which days the rule gives, and what becomes of the odd ones."""

import datetime as dt

import pytest

from coprod.core.errors import RuleBroken
from meetings import recurrence
from meetings.enums import Frequency, HolidayRule


def lines(frequency, first, *, on_holidays=HolidayRule.KEEP, **more):
    rule = recurrence.rule_for(frequency, first)
    return recurrence.coming(rule, first, on_holidays=on_holidays, **more)


def days(found):
    return [line.date.isoformat() for line in found if line.date]


def notes(found):
    return [line.note for line in found if line.note]


def test_twelve_dates_come_when_nobody_says_how_many():
    assert len(days(lines(Frequency.WEEK, dt.date(2026, 11, 24)))) == 12


@pytest.mark.parametrize(
    ("frequency", "first", "words", "expected"),
    [
        (
            Frequency.WEEK,
            dt.date(2027, 3, 16),
            "every week on Tuesday",
            ["2027-03-16", "2027-03-23", "2027-03-30", "2027-04-06"],
        ),
        (
            Frequency.FORTNIGHT,
            dt.date(2026, 10, 13),
            "every two weeks on Tuesday",
            ["2026-10-13", "2026-10-27", "2026-11-10", "2026-11-24"],
        ),
        (
            Frequency.WEEKDAY,
            dt.date(2026, 11, 18),
            "every month on the third Wednesday",
            ["2026-11-18", "2026-12-16", "2027-01-20", "2027-02-17"],
        ),
        (
            Frequency.LAST_WEEKDAY,
            dt.date(2026, 10, 30),
            "every month on the last Friday",
            ["2026-10-30", "2026-11-27", "2026-12-25", "2027-01-29"],
        ),
        (
            Frequency.LAST_DAY,
            dt.date(2027, 12, 31),
            "every month on the last day",
            ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"],
        ),
        (
            Frequency.DATE,
            dt.date(2026, 11, 22),
            "every month on the 22nd",
            ["2026-11-22", "2026-12-22", "2027-01-22", "2027-02-22"],
        ),
    ],
)
def test_a_rule_gives_these_days_and_says_so(frequency, first, words, expected):
    rule = recurrence.rule_for(frequency, first)

    assert recurrence.rule_words(rule) == words
    assert days(lines(frequency, first, count=4)) == expected


def test_a_month_without_the_31st_is_named_and_left_out():
    found = lines(Frequency.DATE, dt.date(2027, 1, 31), count=3)

    assert days(found) == ["2027-01-31", "2027-03-31", "2027-05-31"]
    assert notes(found)[:2] == [
        "February 2027 has no 31st, so it is left out.",
        "April 2027 has no 31st, so it is left out.",
    ]


def test_a_month_without_a_fifth_monday_is_named_and_left_out():
    found = lines(Frequency.WEEKDAY, dt.date(2026, 11, 30), count=2)

    assert days(found) == ["2026-11-30", "2027-03-29"]
    assert notes(found)[0] == "December 2026 has no fifth Monday, so it is left out."


@pytest.mark.parametrize(
    ("rule", "expected", "note"),
    [
        (
            HolidayRule.SKIP,
            ["2026-12-18", "2027-01-08"],
            "Friday 25 December 2026 is a bank holiday, so it is left out.",
        ),
        (
            HolidayRule.AFTER,
            ["2026-12-18", "2026-12-29"],
            "In place of Friday 25 December 2026, a bank holiday.",
        ),
        (HolidayRule.KEEP, ["2026-12-18", "2026-12-25"], "This is a bank holiday."),
    ],
)
def test_a_bank_holiday_is_dealt_with_as_chosen_and_named(rule, expected, note):
    found = lines(Frequency.WEEK, dt.date(2026, 12, 18), on_holidays=rule, count=2)

    assert days(found) == expected
    assert notes(found)[0] == note


def test_the_date_the_rule_gave_is_kept_beside_the_day_people_meet():
    found = lines(
        Frequency.WEEK, dt.date(2026, 12, 25), on_holidays=HolidayRule.AFTER, count=1
    )

    assert found[0].rule_date == dt.date(2026, 12, 25)
    assert found[0].date == dt.date(2026, 12, 29)


def test_more_dates_come_after_the_last_one_and_name_the_months_between():
    found = lines(
        Frequency.DATE, dt.date(2027, 1, 31), after=dt.date(2027, 3, 31), count=2
    )

    assert days(found) == ["2027-05-31", "2027-07-31"]
    assert notes(found)[0] == "April 2027 has no 31st, so it is left out."


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        (
            Frequency.LAST_WEEKDAY,
            "Wednesday 18 November 2026 is not the last Wednesday of November. "
            "That is Wednesday 25 November 2026.",
        ),
        (
            Frequency.LAST_DAY,
            "Wednesday 18 November 2026 is not the last day of November. "
            "That is Monday 30 November 2026.",
        ),
    ],
)
def test_a_first_date_that_the_rule_would_not_give_is_refused_at_the_date(
    frequency, words
):
    with pytest.raises(RuleBroken) as refusal:
        recurrence.rule_for(frequency, dt.date(2026, 11, 18))

    assert (refusal.value.field, str(refusal.value)) == ("date", words)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (13, "13th"), (23, "23rd")],
)
def test_a_number_is_said_in_its_place(number, words):
    assert recurrence.ordinal(number) == words
