"""Turn what people type into values, or raise ValidationError with a sentence they can act on.

Every function takes `noun`, the word that starts its sentences, so that a form with two dates
can say which of them it means.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError

from coprod.core import dates

# What neither a database nor a PDF can hold: control characters, half characters, non-characters.
_UNKEEPABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c]")
_GROUPED = re.compile(r"^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$")
_NUMBER = re.compile(r"^[0-9]+(\.[0-9]*)?$|^\.[0-9]+$")
_CLOCK = re.compile(r"^([0-9]{1,2})(?:[.:]?([0-9]{2}))?(am|pm)?$")
_HOURS_AND_MINUTES = re.compile(
    r"^(?:(?P<hours>[0-9]+(?:\.[0-9]+)?)(?:hours?|hrs?|h))?"
    r"(?:and)?(?:(?P<minutes>[0-9]+)(?:minutes?|mins?|m)?)?$"
)
_OLDEST_YEAR, _NEWEST_YEAR = 1900, 2100
DATE_EXAMPLE = "like 27 3 2026"


def clean_text(value: str, *, noun: str) -> str:
    """Return the text with one kind of line break, refusing what cannot be kept."""
    text = _BREAKS.sub("\n", value)
    if _UNKEEPABLE.search(text):
        raise ValidationError(
            f"{noun} has a character we cannot keep. Please type it again.",
            code="unkeepable",
        )
    return text.strip()


def _plain(value: str) -> str:
    """Return the text without spaces, in lower case, with plain digits."""
    return "".join(unicodedata.normalize("NFKC", value).lower().split())


def _decimal(text: str, *, noun: str, example: str) -> Decimal:
    if text.startswith("-"):
        raise ValidationError(f"{noun} cannot be less than 0", code="negative")
    if _GROUPED.match(text):
        text = text.replace(",", "")
    if re.match(r"^[0-9]+,[0-9]{1,2}$", text):
        raise ValidationError(
            f"{noun} must have a full stop, not a comma, {example}", code="comma"
        )
    if not _NUMBER.match(text):
        raise ValidationError(f"{noun} must be a number, {example}", code="invalid")
    return Decimal(text)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def parse_pounds(value: str, *, noun: str) -> Decimal:
    """Return '£12.50', '12.5' or '50p' as Decimal pounds."""
    example = "like 12.50"
    text = _plain(value)
    if text.endswith("p") and text[:-1].isdecimal():
        return Decimal(text[:-1]) / 100
    amount = _decimal(text.replace("£", "", 1), noun=noun, example=example)
    if _places(amount) > 2:
        raise ValidationError(
            f"{noun} can have 2 numbers after the full stop, {example}", code="places"
        )
    return amount.quantize(Decimal("0.01")) if amount < Decimal("1e12") else amount


def parse_miles(value: str, *, noun: str) -> Decimal:
    """Return '14.6' or '14.6 miles' as Decimal miles with one place."""
    example = "like 14.6"
    text = re.sub(r"(miles?|mi)$", "", _plain(value))
    miles = _decimal(text, noun=noun, example=example)
    if _places(miles) > 1:
        raise ValidationError(
            f"{noun} can have 1 number after the full stop, {example}", code="places"
        )
    return miles


def parse_minutes(value: str, *, noun: str) -> int:
    """Return '2 hours 30', '2h 30m', '1.5 hours', '2:30' or '150' as whole minutes."""
    invalid = ValidationError(
        f"{noun} must be hours and minutes, like 2 hours 30 minutes", code="invalid"
    )
    text = _plain(value).replace(",", "")
    if clock := re.match(r"^([0-9]{1,2}):([0-5][0-9])$", text):
        return int(clock[1]) * 60 + int(clock[2])
    found = _HOURS_AND_MINUTES.match(text)
    if not text or not found or len(text) > 20:
        raise invalid
    minutes = Decimal(found["hours"] or 0) * 60 + Decimal(found["minutes"] or 0)
    if minutes != minutes.to_integral_value():
        raise invalid
    return int(minutes)


def parse_whole(value: str, *, noun: str) -> int:
    """Return a whole number."""
    number = _decimal(_plain(value), noun=noun, example="like 12")
    if number != number.to_integral_value():
        raise ValidationError(f"{noun} must be a whole number, like 12", code="invalid")
    return int(number)


def parse_clock(value: str, *, noun: str) -> dt.time:
    """Return '10am', '2.30pm', '14:30', 'noon' or 'midnight' as a time of day.

    '2.30' alone could be night or afternoon, so it is asked about and never guessed.
    """
    text = _plain(value).replace("a.m.", "am").replace("p.m.", "pm")
    text = {"noon": "12pm", "midday": "12pm", "midnight": "12am"}.get(text, text)
    found = _CLOCK.match(text)
    invalid = ValidationError(
        f"{noun} must be a time, like 10am or 2.30pm", code="invalid"
    )
    if not found:
        raise invalid
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if minute > 59 or hour > (12 if half else 23) or (half and hour == 0):
        raise invalid
    if half:
        return dt.time(hour % 12 + (12 if half == "pm" else 0), minute)
    if found[2] is None or (1 <= hour <= 6 and not text.startswith("0")):
        raise ValidationError(
            f"{noun} must say am or pm, like 10am or 2.30pm", code="half"
        )
    return dt.time(hour, minute)


def _month(text: str, *, noun: str) -> int:
    if text.isdecimal() and text.isascii() and 1 <= int(text) <= 12:
        return int(text)
    for number, name in enumerate(dates.MONTHS, start=1):
        if len(text) >= 3 and name.lower().startswith(text):
            return number
    raise ValidationError(
        f"{noun} must have a real month, like 3 or March", code="month"
    )


def _whole_part(text: str, part: str, *, noun: str, smallest: int, largest: int) -> int:
    if not (
        text.isdecimal() and text.isascii() and smallest <= int(text[:6]) <= largest
    ):
        raise ValidationError(f"{noun} must be a real date, {DATE_EXAMPLE}", code=part)
    return int(text)


def parse_date(day: str, month: str, year: str, *, noun: str) -> dt.date:
    """Return the date in the three boxes; the error's code names the box that is wrong."""
    parts = {"day": _plain(day), "month": _plain(month), "year": _plain(year)}
    missing = [name for name, text in parts.items() if not text]
    if missing:
        words = " and a ".join(missing)
        raise ValidationError(
            f"{noun} must have a {words}, {DATE_EXAMPLE}", code=missing[0]
        )
    whole_day = _whole_part(parts["day"], "day", noun=noun, smallest=1, largest=31)
    whole_month = _month(parts["month"], noun=noun)
    if len(parts["year"]) != 4:
        raise ValidationError(
            f"{noun} must have a year with 4 numbers, like 2026", code="year"
        )
    whole_year = _whole_part(
        parts["year"], "year", noun=noun, smallest=_OLDEST_YEAR, largest=_NEWEST_YEAR
    )
    try:
        return dt.date(whole_year, whole_month, whole_day)
    except ValueError:
        first_of_next = dt.date(whole_year, whole_month, 28) + dt.timedelta(days=4)
        days = (first_of_next.replace(day=1) - dt.timedelta(days=1)).day
        raise ValidationError(
            f"{noun} must be a real date, {DATE_EXAMPLE}. "
            f"{dates.MONTHS[whole_month - 1]} {whole_year} has {days} days.",
            code="day",
        ) from None
