"""Fill an empty database in order."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from coprod.core import dates
from coprod.home.bulk import groups, meetings, money, people

_SMALLEST_GROUP = 8


class Impossible(Exception):
    """The numbers asked for do not fit together."""


@dataclass(frozen=True)
class Sizes:
    """How much of each to make."""

    people: int
    meetings: int
    claims: int
    run_lines: int


def group_size(sizes: Sizes, group_count: int) -> int:
    """Return how many serve in each group, so that there is a claim for each who came.

    Raises Impossible when there are too few people or meetings for that.
    """
    over = sizes.meetings - group_count
    if sizes.claims and over <= 0:
        raise Impossible("Claims are for meetings that are over. Ask for 2 or more.")
    size = max(_SMALLEST_GROUP, -(-sizes.claims // over) if over > 0 else 0)
    if size > sizes.people:
        raise Impossible(
            f"{sizes.claims:,} claims at {sizes.meetings:,} meetings need groups of {size:,} "
            f"people, and there are to be only {sizes.people:,} people."
        )
    return size


@transaction.atomic
def fill(sizes: Sizes, say: Callable[[str], object]) -> None:
    """Write everything, in one go or not at all. Raises Impossible."""
    today = dates.today()
    group_count = max(1, -(-sizes.meetings // meetings.MEETINGS_A_GROUP))
    size = group_size(sizes, group_count)
    team = people.hire()
    say(f"{sizes.people:,} people")
    known = people.gather(sizes.people, team, today)
    say(f"{group_count:,} groups of {size:,}")
    started = today - dt.timedelta(days=800)
    gathered = groups.gather(group_count, size, known, started)
    say(f"{sizes.meetings:,} meetings")
    over = meetings.hold(sizes.meetings, gathered, team, today)
    came = meetings.register(over, team["involvement"])
    say(f"{sizes.claims:,} claims")
    money.pay(sizes.claims, sizes.run_lines, came, team, today)


def take_stock() -> None:
    """Let the database count its rows, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
