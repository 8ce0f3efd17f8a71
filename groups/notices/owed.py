import datetime as dt
from dataclasses import dataclass

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.models import User

# What a line says that anybody of the team may do.
ANYONE = "Anyone"


@dataclass(frozen=True)
class Owed:
    """One thing the team owes somebody by a date: a line of "owed today" on the first page.

    `due_words` is the date as staff read it ("Today, 2pm", "Wed 28 Oct"). `who` may be a person
    ("Dot Hargreaves") or a number of people ("6 people"). `icon` is a name from core.icons.
    `holder` is who has it ("You", "Tom", "Nobody yet" or "Anyone").
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


def owed_line(
    actor: Actor,
    today: dt.date,
    *,
    due: dt.date,
    who: str,
    who_url: str,
    what: str,
    icon: str,
    url: str,
    holder: User | None = None,
    nobody: str = "Nobody yet",
) -> Owed:
    """Return one line as this actor reads it: whose it is, and whether it is late.

    `nobody` is what it says when nobody has it.
    """
    is_mine = holder is not None and holder.pk == actor.user_id
    name = holder.name if holder else nobody
    return Owed(
        due_date=due,
        due_words=due_words(due, today),
        who=who,
        who_url=who_url,
        what=what,
        icon=icon,
        holder="You" if is_mine else name,
        holder_is_me=is_mine,
        is_late=due < today,
        url=url,
    )
