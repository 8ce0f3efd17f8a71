"""The dates of meetings that come again.

Dates only, never instants: the time on the wall is put to each date afterwards, so that a series
stays at 10am when the clocks change. A number of hours is never added to anything.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from dateutil.rrule import rrule, rrulestr

from coprod.core import dates
from coprod.core.errors import RuleBroken
from meetings.enums import Frequency, HolidayRule

# The next twelve are listed before anything is saved (lessons.md, T04).
LISTED = 12
# A year of weekly meetings: more at once is a slip of the finger.
MOST_AT_ONCE = 52
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLACES = ("first", "second", "third", "fourth", "fifth")
_LAST = -1


@dataclass(frozen=True)
class Line:
    """One line of the list people check: a date to meet on, or one left out and why.

    `rule_date` is what the rule gave; `date` is when people meet, and is not there for one that
    is left out. `note` says what is unusual about it.
    """

    rule_date: dt.date | None
    date: dt.date | None
    note: str = ""

    @property
    def is_kept(self) -> bool:
        return self.date is not None


def rule_for(frequency: str, first: dt.date) -> str:
    """Return the rule of RFC 5545, without times, that this first date starts.

    Raises RuleBroken at the date when it is not one that the rule itself would give.
    """
    code = _CODES[first.weekday()]
    if frequency == Frequency.WEEK:
        return f"FREQ=WEEKLY;BYDAY={code}"
    if frequency == Frequency.FORTNIGHT:
        return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={code}"
    if frequency == Frequency.WEEKDAY:
        return f"FREQ=MONTHLY;BYDAY={_place_in_month(first)}{code}"
    if frequency == Frequency.DATE:
        return f"FREQ=MONTHLY;BYMONTHDAY={first.day}"
    if frequency == Frequency.LAST_WEEKDAY:
        name = dates.DAYS[first.weekday()]
        return _starting_right(
            first, f"FREQ=MONTHLY;BYDAY={_LAST}{code}", f"last {name}"
        )
    return _starting_right(first, f"FREQ=MONTHLY;BYMONTHDAY={_LAST}", "last day")


def _place_in_month(day: dt.date) -> int:
    return (day.day - 1) // 7 + 1


def _starting_right(first: dt.date, rule: str, what: str) -> str:
    by_rule = next(rule_dates(rule, first))
    if by_rule == first:
        return rule
    month = dates.MONTHS[first.month - 1]
    begin = dt.date(first.year, first.month, 1)
    right = next(rule_dates(rule, begin))
    raise RuleBroken(
        f"{dates.long_date(first)} is not the {what} of {month}. "
        f"That is {dates.long_date(right)}.",
        field="date",
    )


def rule_dates(rule: str, first: dt.date) -> Iterator[dt.date]:
    """Yield the dates of a rule from a first date on. There is no end to them."""
    for moment in _read(rule, first):
        yield moment.date()


def _read(rule: str, first: dt.date) -> rrule:
    # Midnights without a zone stand for dates: nothing here knows of clocks.
    start = dt.datetime.combine(first, dt.time.min)
    return cast(rrule, rrulestr(rule, dtstart=start))


def rule_words(rule: str) -> str:
    """Return a rule as people say it: 'every month on the third Wednesday'."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts["FREQ"] == "WEEKLY":
        often = "every two weeks" if parts.get("INTERVAL") == "2" else "every week"
        return f"{often} on {_weekday(parts['BYDAY'])}"
    if "BYDAY" in parts:
        place = int(parts["BYDAY"][:-2])
        which = "last" if place == _LAST else _PLACES[place - 1]
        return f"every month on the {which} {_weekday(parts['BYDAY'])}"
    day = int(parts["BYMONTHDAY"])
    return f"every month on the {'last day' if day == _LAST else ordinal(day)}"


def _weekday(code: str) -> str:
    return dates.DAYS[_CODES.index(code[-2:])]


def ordinal(number: int) -> str:
    """Return '1st', '22nd', '13th'."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else endings.get(number % 10, 'th')}"


def coming(
    rule: str,
    first: dt.date,
    *,
    on_holidays: str,
    count: int = LISTED,
    after: dt.date | None = None,
) -> list[Line]:
    """Return the next dates of a series, `count` to meet on, with those left out between them.

    `after`, a date the rule gave, is the last one already there.
    """
    lines: list[Line] = []
    kept, last = 0, after
    for day in rule_dates(rule, first):
        if after is not None and day <= after:
            continue
        lines += _months_between(rule, first if last is None else last, day)
        lines.append(_line(day, on_holidays))
        kept += lines[-1].is_kept
        last = day
        if kept == count:
            break
    return lines


def _line(day: dt.date, on_holidays: str) -> Line:
    if not dates.is_bank_holiday(day):
        return Line(day, day)
    if on_holidays == HolidayRule.SKIP:
        return Line(
            day, None, f"{dates.long_date(day)} is a bank holiday, so it is left out."
        )
    if on_holidays == HolidayRule.AFTER:
        moved = dates.add_working_days(day, 1)
        return Line(day, moved, f"In place of {dates.long_date(day)}, a bank holiday.")
    return Line(day, day, "This is a bank holiday.")


def _months_between(rule: str, last: dt.date, day: dt.date) -> Iterator[Line]:
    """Yield a line for each month that the rule passes over: it has no such day."""
    if not rule.startswith("FREQ=MONTHLY"):
        return
    number = last.year * 12 + last.month  # the month after it, counted from the year 0
    while number < day.year * 12 + day.month - 1:
        year, month = divmod(number, 12)
        name = f"{dates.MONTHS[month]} {year}"
        yield Line(None, None, f"{name} has no {_what(rule)}, so it is left out.")
        number += 1


def _what(rule: str) -> str:
    return rule_words(rule).removeprefix("every month on the ")


def fingerprint(words: Iterable[object]) -> str:
    """Return a mark of what a check page showed, so that only what was seen is saved."""
    text = "\n".join(str(word) for word in words)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
