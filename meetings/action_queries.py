"""Actions as they are read: in the minutes, and in a list of what is to do."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from coprod.core.actors import Actor
from coprod.core.prepared import Prepared
from meetings.decision_queries import shown_as
from meetings.models import Action

MINE, OPEN, LATE, ALL = "mine", "open", "late", "all"
_ACTIONS = Prepared(
    lambda meeting_id: (
        Action.objects.filter(item__meeting_id=meeting_id)
        .select_related("owner")
        .order_by("due_date", "pk")
    )
)


@dataclass(frozen=True)
class ActionLine:
    """One action with who does it, as far as the group lets it be said."""

    action: Action
    who: str


def actions_of(meeting_id: int, mode: str) -> list[ActionLine]:
    """Return the actions written at a meeting, soonest first, in one query."""
    return [ActionLine(row, who_does(row, mode)) for row in _ACTIONS(meeting_id)]


def who_does(action: Action, mode: str) -> str:
    """Return who does an action: a body in words, or a person by name or role as the mode says."""
    return shown_as(action.owner, mode) if action.owner else action.owner_words


def actions_for(actor: Actor, *, show: str, today: dt.date) -> QuerySet[Action]:
    """Return the actions an actor may read: her own, all that are open, those late, or all."""
    rows = Action.objects.visible_to(actor)
    if show == MINE:
        rows = rows.filter(owner_id=actor.person_id or 0)
    if show in (MINE, OPEN):
        rows = rows.still_to_do()
    if show == LATE:
        rows = rows.still_to_do().filter(due_date__lt=today)
    return rows.select_related(
        "owner", "item__meeting__group", "item__meeting__minutes"
    ).order_by("due_date", "pk")
