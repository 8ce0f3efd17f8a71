import datetime as dt
from dataclasses import dataclass

from coprod.core import dates


@dataclass(frozen=True)
class Owed:
    """One thing the team owes somebody by a date: a line of "owed today" on the first page.

    `due_words` is the date as staff read it ("Today, 2pm", "Wed 28 Oct"). `who` may be a person
    ("Dot Hargreaves") or a number of people ("6 people"). `icon` is a name from core.icons.
    `holder` is who has it ("You", "Tom", or "Nobody yet").
    """

    due_date: dt.date
    due_words: str
    who: str
    who_url: str
    what: str
    icon: str
    holder: str
    holder_is_me: bool
    is_late: bool
    url: str


def due_words(day: dt.date, today: dt.date) -> str:
    """Return 'Today', or the date as staff read it: 'Wed 28 Oct'."""
    return "Today" if day == today else dates.short_date(day)
