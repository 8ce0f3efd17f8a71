"""A second reader of calendar files, written from RFC 5545 alone.

It knows no zone but the rules in the file itself, so that it finds a file whose rules are wrong or
do not reach the day of the event. Product and first reader share a library; this one shares nothing.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_TO_THE_END = 9999


@dataclass
class Part:
    """A component: its lines as (name, parameters, value), and the components inside it."""

    name: str
    lines: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    inside: list["Part"] = field(default_factory=list)

    def find(self, name: str) -> tuple[dict[str, str], str]:
        return next((given, value) for key, given, value in self.lines if key == name)

    def all(self, name: str) -> list[str]:
        return [value for key, _, value in self.lines if key == name]

    def parts(self, name: str) -> Iterator["Part"]:
        return (part for part in self.inside if part.name == name)


def read(data: bytes) -> Part:
    text = re.sub(r"\r\n[ \t]", "", data.decode())
    root = Part("")
    open_parts = [root]
    for line in text.split("\r\n"):
        if not line:
            continue
        head, _, value = line.partition(":")
        name, *given = head.split(";")
        if name == "BEGIN":
            open_parts.append(Part(value))
            open_parts[-2].inside.append(open_parts[-1])
        elif name == "END":
            open_parts.pop()
        else:
            params = dict(pair.split("=", 1) for pair in given)
            open_parts[-1].lines.append((name, params, value))
    return next(root.parts("VCALENDAR"))


def instants(data: bytes) -> tuple[dt.datetime, dt.datetime]:
    """Return when the one event of a file starts and ends, by the rules in the file."""
    (found,) = all_instants(data)
    return found


def all_instants(data: bytes) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when each event of a file starts and ends, by the rules in the file."""
    calendar = read(data)
    return [
        (_instant(calendar, event, "DTSTART"), _instant(calendar, event, "DTEND"))
        for event in calendar.parts("VEVENT")
    ]


def _instant(calendar: Part, event: Part, name: str) -> dt.datetime:
    given, value = event.find(name)
    (zone,) = (
        part
        for part in calendar.parts("VTIMEZONE")
        if part.find("TZID")[1] == given["TZID"]
    )
    wall = _moment(value)
    return (wall - offset_at(zone, wall)).replace(tzinfo=dt.UTC)


def offset_at(zone: Part, wall: dt.datetime) -> dt.timedelta:
    """Return the offset that the latest change at or before this time on the wall set.

    A change is told by the clock before it, so an hour that happens twice is the first of the two.
    """
    latest, offset = dt.datetime.min, dt.timedelta()  # noqa: DTZ901 - before every change
    for rules in zone.inside:
        to = _offset(rules.find("TZOFFSETTO")[1])
        for change in _changes(rules, wall.year):
            if latest < change <= wall:
                latest, offset = change, to
    return offset


def changes_in(zone: Part, year: int) -> list[dt.datetime]:
    """Return the changes of the clock that the file tells for a year."""
    found = [change for rules in zone.inside for change in _changes(rules, year)]
    return sorted(change for change in found if change.year == year)


def _changes(rules: Part, until_year: int) -> Iterator[dt.datetime]:
    start = _moment(rules.find("DTSTART")[1])
    yield start
    for value in rules.all("RDATE"):
        yield from (_moment(one) for one in value.split(","))
    for rule in rules.all("RRULE"):
        parts = dict(pair.split("=") for pair in rule.split(";"))
        assert parts["FREQ"] == "YEARLY"
        until = _moment(parts["UNTIL"]).year if "UNTIL" in parts else _TO_THE_END
        for year in range(start.year + 1, min(until_year, until) + 1):
            yield dt.datetime.combine(_day(parts, year), start.time())


def _day(parts: dict[str, str], year: int) -> dt.date:
    month, code = int(parts["BYMONTH"]), parts["BYDAY"]
    place, weekday = int(code[:-2]), _DAYS[code[-2:]]
    days = [
        day
        for number in range(1, 32)
        if (day := _date(year, month, number)) and day.weekday() == weekday
    ]
    return days[place - 1 if place > 0 else place]


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _moment(value: str) -> dt.datetime:
    return dt.datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a time on the wall


def _offset(value: str) -> dt.timedelta:
    sign = -1 if value[0] == "-" else 1
    return sign * dt.timedelta(hours=int(value[1:3]), minutes=int(value[3:5]))
