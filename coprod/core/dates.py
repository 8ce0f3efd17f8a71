"""Wall-clock dates and times in Europe/London, and how they are written for people."""

import datetime as dt
from calendar import monthrange
from functools import cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON = ZoneInfo("Europe/London")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class NoSuchTime(ValueError):
    """The wall-clock time does not exist on that date: the clocks skip it in March."""


def today() -> dt.date:
    """Return the date in London, whatever zone the server runs in."""
    return timezone.localdate(timezone=LONDON)


def wall_to_instant(
    date: dt.date, time: dt.time, zone: str = "Europe/London"
) -> dt.datetime:
    """Return the instant of a wall-clock time.

    Raises NoSuchTime for the hour skipped in March. The hour that happens twice in October
    is taken as the first one.
    """
    local = dt.datetime.combine(date, time, tzinfo=ZoneInfo(zone))
    instant = local.astimezone(dt.UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(
        tzinfo=None
    ):
        raise NoSuchTime(
            f"The clocks go forward on {long_date(date)}, so {clock(time)} does not happen."
        )
    return instant


def local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(LONDON)


def _date(value: dt.date | dt.datetime) -> dt.date:
    return local(value).date() if isinstance(value, dt.datetime) else value


def long_date(value: dt.date | dt.datetime) -> str:
    """Return 'Tuesday 3 November 2026'."""
    day = _date(value)
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(value: dt.date | dt.datetime) -> str:
    """Return 'Tue 3 Nov', for staff tables only."""
    day = _date(value)
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def clock(value: dt.time | dt.datetime) -> str:
    """Return '10am', '2.30pm', '12pm' for noon and 'midnight'."""
    time = local(value).time() if isinstance(value, dt.datetime) else value
    if (time.hour, time.minute) == (0, 0):
        return "midnight"
    minutes = f".{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'am' if time.hour < 12 else 'pm'}"


def long_datetime(value: dt.datetime) -> str:
    """Return 'Tuesday 3 November 2026 at 10am' in London."""
    return f"{long_date(value)} at {clock(value)}"


def duration(minutes: int) -> str:
    """Return '3 hours 15 minutes'."""
    whole, rest = divmod(minutes, 60)
    parts = []
    if whole:
        parts.append(f"{whole} hour{'s' if whole != 1 else ''}")
    if rest or not whole:
        parts.append(f"{rest} minute{'s' if rest != 1 else ''}")
    return " ".join(parts)


@cache
def _holidays() -> frozenset[dt.date]:
    source = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"]
        for holiday in source.get_holidays(BankHolidays.ENGLAND_AND_WALES)
    )


def is_bank_holiday(day: dt.date) -> bool:
    return day in _holidays()


def bank_holidays_known_until() -> dt.date:
    """Return the last bank holiday the government has named; of later ones we know nothing."""
    return max(_holidays())


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in _holidays()


def add_working_days(day: dt.date, count: int) -> dt.date:
    """Return the date this many working days in England later, or earlier when negative."""
    step = dt.timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def add_months(day: dt.date, count: int) -> dt.date:
    """Return the same day this many months later, or the last of a month that is too short."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def working_day_on_or_before(day: dt.date) -> dt.date:
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    return day


def tax_year_start(day: dt.date) -> dt.date:
    """Return the 6 April that starts the tax year the day falls in."""
    start = dt.date(day.year, 4, 6)
    return start if day >= start else dt.date(day.year - 1, 4, 6)
