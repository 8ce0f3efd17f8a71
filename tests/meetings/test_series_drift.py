"""Ten thousand series from 2024 to 2040 stay at their time on the wall, wherever it is written.

Dates and instants are checked for all; what people read is rendered for some hundreds, and read
back. The control shows that a planner that adds hours fails the same check.
"""

import datetime as dt
import random
import re
from dataclasses import dataclass
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from coprod.core import dates, pdf
from coprod.core.enums import Role
from groups.notices import emails
from groups.notices.models import Delivery
from groups.people.models import Person
from meetings import documents, queries, recurrence
from meetings.actions import series as actions
from meetings.calendar_file import calendar_file
from meetings.enums import Frequency, HolidayRule, MeetingMode
from meetings.messages import changed, invitation, reminder, when
from meetings.models import Invitation
from tests.factories import GroupFactory, staff_actor
from tests.meetings import calendar_readers
from tests.meetings.pdf_words import words_of

SERIES = 10_000
RENDERED = 150  # series, of each of which two meetings are rendered
PRINTED = 6  # meetings whose PDF is made and read back
EARLIEST, LATEST = dt.date(2024, 1, 1), dt.date(2040, 12, 31)
LONDON = ZoneInfo("Europe/London")
_DAY = dt.timedelta(days=1)
_WORDS = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day (\d+) (\w+) (\d{4})"
    r"(?:,\s*|<br>)([\d.]+[ap]m|midnight) to ([\d.]+[ap]m|midnight)"
)


@dataclass(frozen=True)
class Planned:
    frequency: str
    rule: str
    first: dt.date
    start: dt.time
    end: dt.time
    on_holidays: str
    lines: tuple[recurrence.Line, ...]

    @property
    def days(self):
        return [line.date for line in self.lines if line.date]


def random_series(dice):
    """Return a series that somebody could plan, at any time of the day."""
    frequency = dice.choice(Frequency.values)
    first = _first_date(dice, frequency)
    begin = dice.randrange(0, 22 * 60, 5)
    length = dice.randrange(30, min(4 * 60, 24 * 60 - begin), 5)
    rule = recurrence.rule_for(frequency, first)
    on_holidays = dice.choice(HolidayRule.values)
    lines = recurrence.coming(rule, first, on_holidays=on_holidays)
    return Planned(
        frequency, rule, first, _clock(begin), _clock(begin + length), on_holidays,
        tuple(line for line in lines if not line.date or line.date <= LATEST),
    )  # fmt: skip


def _first_date(dice, frequency):
    day = EARLIEST + dt.timedelta(days=dice.randrange((LATEST - EARLIEST).days - 366))
    while not _belongs(frequency, day, day):
        day += _DAY
    return day


def _clock(minutes):
    return dt.time(*divmod(minutes, 60))


def _belongs(frequency, first, day):
    """Tell whether a day is one of a series: counted on the calendar, without the library."""
    if frequency == Frequency.FORTNIGHT:
        return (day - first).days % 14 == 0
    if frequency == Frequency.DATE:
        return day.day == first.day
    if frequency == Frequency.LAST_DAY:
        return (day + _DAY).day == 1
    if day.weekday() != first.weekday():
        return False
    if frequency == Frequency.WEEKDAY:
        return (day.day + 6) // 7 == (first.day + 6) // 7
    if frequency == Frequency.LAST_WEEKDAY:
        return (day + 7 * _DAY).month != day.month
    return True


def _clocks_change(year, month):
    day = dt.date(year, month, 31)
    while day.weekday() != 6:
        day -= _DAY
    return dt.datetime.combine(day, dt.time(1), tzinfo=dt.UTC)


def instant_by_law(day, time):
    """Return when a time on the wall is, by the Summer Time Order: 1am GMT on the last Sundays.

    None in the hour that does not happen. Of the hour that happens twice it is the first.
    """
    wall = dt.datetime.combine(day, time, tzinfo=dt.UTC)
    spring, autumn = _clocks_change(day.year, 3), _clocks_change(day.year, 10)
    hour = dt.timedelta(hours=1)
    if spring <= wall < spring + hour:
        return None
    return wall - hour if spring < wall < autumn + hour else wall


def off_the_wall(moments, time):
    """Return the moments at which a clock in London shows another time."""
    return [at for at in moments if at.astimezone(LONDON).time() != time]


@pytest.fixture(scope="module")
def many():
    dice = random.Random(2024)
    return [random_series(dice) for _ in range(SERIES)]


def test_every_date_of_the_rule_is_there_once_and_no_other(many):
    for one in many:
        given = [line.rule_date for line in one.lines if line.rule_date]
        span = range((given[-1] - one.first).days + 1)
        expected = [
            day
            for day in (one.first + number * _DAY for number in span)
            if _belongs(one.frequency, one.first, day)
        ]
        assert given == expected, one


def test_only_bank_holidays_are_left_out_or_moved(many):
    for one in many:
        for line in (line for line in one.lines if line.rule_date):
            holiday = dates.is_bank_holiday(line.rule_date)
            moved = line.date != line.rule_date
            assert moved == (holiday and one.on_holidays != HolidayRule.KEEP), one


def test_no_instant_drifts_and_only_the_skipped_hour_is_refused(many):
    met = skipped = twice = 0
    for one in many:
        for day in one.days:
            by_law = instant_by_law(day, one.start)
            if by_law is None:
                skipped += 1
                with pytest.raises(dates.NoSuchTime):
                    dates.wall_to_instant(day, one.start)
                continue
            at = dates.wall_to_instant(day, one.start)
            assert at == by_law, (one, day)
            assert not off_the_wall([at], one.start), (one, day)
            met += 1
            twice += day == _clocks_change(day.year, 10).date() and one.start.hour == 1
    assert met > 100_000
    assert skipped
    assert twice


def test_a_planner_that_adds_hours_fails_the_same_check(many):
    weekly = [
        one
        for one in many
        if one.frequency == Frequency.WEEK and instant_by_law(one.first, one.start)
    ]

    adrift = 0
    for one in weekly:
        first = dates.wall_to_instant(one.first, one.start)
        naive = [first + number * dt.timedelta(hours=7 * 24) for number in range(12)]
        adrift += bool(off_the_wall(naive, one.start))

    assert adrift > len(weekly) / 4


def read_back(text):
    """Return every day and time that a text tells, as it would be understood."""
    return [
        (
            dt.date(int(year), dates.MONTHS.index(month) + 1, int(day)),
            _time(start),
            _time(end),
        )
        for day, month, year, start, end in _WORDS.findall(unescape(text))
    ]


def _time(words):
    if words == "midnight":
        return dt.time(0)
    hour, _, minute = words[:-2].partition(".")
    return dt.time(int(hour) % 12 + 12 * (words[-2:] == "pm"), int(minute or 0))


@pytest.fixture
def sample(db):
    """Plan some hundreds of meetings as staff do; two of each series, one beside a clock change."""
    dice, by = random.Random(2040), staff_actor()
    group, found = GroupFactory(), []
    while len(found) < 2 * RENDERED:
        one = random_series(dice)
        sleepless = any(
            instant_by_law(day, time) is None
            for day in one.days
            for time in (one.start, one.end)
        )
        if sleepless or len(one.days) < 2:
            continue
        series = actions.plan_series(
            by=by,
            group=group,
            rule=one.rule,
            on_holidays=one.on_holidays,
            count=len(one.days),
            date=one.first,
            start_time=one.start,
            end_time=one.end,
            mode=MeetingMode.ROOM,
            venue="Millbrook Library",
        )
        rows = {row.date: row for row in series.meetings.select_related("group")}
        assert sorted(rows) == one.days
        two = (_nearest_to_a_change(one.days), dice.choice(one.days))
        found += [(one, rows[day]) for day in two]
    return found


def _nearest_to_a_change(days):
    def distance(day):
        return min(
            abs((day - _clocks_change(day.year, month).date()).days)
            for month in (3, 10)
        )

    return min(days, key=distance)


def _messages(meeting):
    row = Invitation(meeting=meeting, person=Person(known_as="Dot"))
    return [
        invitation(row, [], []),
        reminder(row, meeting.starts_at),
        changed(row, before="another day."),
    ]


def _written(message):
    """Return a message as e-mail, in words and in HTML, and as a letter."""
    delivery = Delivery(
        person=message.person, subject=message.subject, body=message.body
    )
    mail = emails.build(delivery, address="dot@post.example")
    letter = {"letter": delivery, "date": EARLIEST, "address": "", "address_size": 13}
    return [
        mail.plain,
        mail.html,
        pdf.html_of("pdf/letters.html", letter | {"letters": [delivery]}),
    ]


def _agenda(meeting):
    return {
        "meeting": meeting,
        "agenda": queries.agenda_of(meeting),
        "title": "Agenda pack",
    }


def test_page_letter_email_and_pdf_tell_the_same_time(sample, client_as):
    client = client_as(Role.INVOLVEMENT)
    for one, meeting in sample:
        expected = (meeting.date, one.start, one.end)
        page = client.get(meeting.get_absolute_url()).content.decode()
        texts = [
            page,
            when(meeting),
            pdf.html_of("pdf/agenda_pack.html", _agenda(meeting)),
            *(text for each in _messages(meeting) for text in _written(each)),
        ]
        for text in texts:
            assert read_back(text), text
            assert set(read_back(text)) == {expected}


def test_the_calendar_file_is_at_the_same_instants_for_every_reader(sample):
    for one, meeting in sample:
        data = calendar_file(meeting)
        (event,) = Calendar.from_ical(data).walk("VEVENT")
        by_law = (
            instant_by_law(meeting.date, one.start),
            instant_by_law(meeting.date, one.end),
        )
        read = (event["DTSTART"].dt, event["DTEND"].dt)
        assert (meeting.starts_at, meeting.ends_at) == by_law
        assert tuple(at.astimezone(dt.UTC) for at in read) == by_law
        assert calendar_readers.instants(data) == by_law


def test_the_printed_pack_tells_the_same_time(sample):
    by = staff_actor()
    for one, meeting in sample[:PRINTED]:
        document = documents.ask_for_agenda_pack(
            meeting=meeting, large_print=False, by=by
        )
        words = words_of(documents.agenda_pack_pdf(document).data)
        assert read_back(words) == [(meeting.date, one.start, one.end)]
