"""What the team owes people about their places in groups, for its first page."""

import datetime as dt

from django.db.models import QuerySet

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.governance.models import Membership
from groups.notices.owed import Owed, owed_line

# Eight weeks before a term ends the person is told; four weeks before, we have talked with her.
TERM_NOTICE = dt.timedelta(weeks=8)
TALK_BY = dt.timedelta(weeks=4)


def terms_ending(today: dt.date) -> QuerySet[Membership]:
    """Return who serves in a term that ends within eight weeks, soonest first."""
    rows = Membership.objects.serving().filter(
        to_date__gte=today, to_date__lte=today + TERM_NOTICE
    )
    rows = rows.select_related("person__staff_contact", "group")
    return rows.order_by("to_date", "pk")


def owed(*, actor: Actor, today: dt.date) -> list[Owed]:
    """Return a line for each term that ends soon: somebody talks with the person. One query.

    Empty for anybody outside the team.
    """
    if not actor.can(Permission.MANAGE_GROUPS):
        return []
    return [_line(row, actor, today) for row in terms_ending(today)]


def _line(row: Membership, actor: Actor, today: dt.date) -> Owed:
    ends = row.to_date or today
    return owed_line(
        actor,
        today,
        due=ends - TALK_BY,
        who=row.person.known_as,
        who_url=row.person.get_absolute_url(),
        what=f"Talk about the term in {row.group.name}, which ends {dates.short_date(ends)}",
        icon="people",
        holder=row.person.staff_contact,
        url=row.group.get_absolute_url(),
    )
