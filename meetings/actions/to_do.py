"""What somebody said they would do: writing it down with the minutes, and following it up."""

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet

from coprod.core import audit, dates, transitions
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from coprod.core.words import tidy
from groups.notices import actions as notices
from groups.notices import reach
from groups.notices.models import Notice
from groups.people.enums import Purpose
from groups.people.models import Person
from meetings import action_messages, permissions
from meetings.action_messages import ACTION_DUE, STAGES
from meetings.actions import minutes as writing
from meetings.enums import ACTION_TRANSITIONS, ActionState
from meetings.models import Action, AgendaItem

# Letters go days earlier, so what falls due is looked for this far ahead.
LOOK_AHEAD = dt.timedelta(days=21)


def write_action(
    *,
    by: Actor,
    item: AgendaItem,
    words: str,
    due_date: dt.date,
    owner: Person | None = None,
    owner_words: str = "",
) -> Action:
    """Write down under an item what somebody will do and by when, while the minutes are a draft.

    Either a person of the meeting does it or a body named in words. Raises ActionDenied, and
    RuleBroken when it is nobody or both.
    """
    minutes = item.meeting.minutes
    permissions.check_can_change_notes(by, minutes)
    owner_words = tidy(owner_words).strip()
    if bool(owner) == bool(owner_words):
        raise RuleBroken(
            "Choose a person, or write who else will do it: one of the two.",
            field="owner",
        )
    with transaction.atomic():
        writing.hold(minutes)
        action = Action.objects.create(
            item=item,
            words=tidy(words).strip(),
            owner=owner,
            owner_words=owner_words,
            due_date=due_date,
            written_by=by.user,
        )
        audit.record(
            by=by,
            verb="wrote action",
            on=action,
            about_person_id=owner.pk if owner else None,
            changes={"due_date": ["", str(due_date)]},
        )
    return action


def move_action(
    *, by: Actor, action: Action, to: str, version: int, outcome: str = ""
) -> Action:
    """Say how far an action has come. What was still to remind its owner is called off at the end.

    Opened again it reminds anew. Raises ActionDenied, RuleBroken when it will not be done and
    nobody says why, and InvalidTransition when somebody else moved it first.
    """
    permissions.check_can_move_action(by, action, to)
    outcome = tidy(outcome).strip()
    if to == ActionState.DROPPED and not outcome:
        raise RuleBroken("Say why it is not going ahead.", field="outcome")
    before = action.state
    with transaction.atomic():
        action.version = version
        transitions.move(
            action,
            table=ACTION_TRANSITIONS,
            to=to,
            values={"outcome": outcome, "version": version + 1},
            unchanged=["version"],
        )
        if to in (ActionState.DONE, ActionState.DROPPED):
            notices.withdraw(
                by=by,
                occasion=ACTION_DUE,
                about=action.reference,
                reason="This has been done, or is not going ahead.",
            )
        audit.record(
            by=by,
            verb="moved action",
            on=action,
            about_person_id=action.owner_id,
            changes={"state": [before, str(to)]},
            reason=outcome,
        )
    return action


def plan_due(*, now: dt.datetime) -> int:
    """Owe each person the reminders of what she said she would do, and return how many are new.

    A week before it is due and on the day, by the clock on the wall; letters go earlier. Safe to
    repeat, and two at once add nothing: the ledger has one row for each. What was
    written after a reminder's time gets no such reminder, and none goes once the next is due.
    """
    before = _planned()
    for action in _falling_due(now):
        with transaction.atomic():
            if _hold(action):
                _owe_reminders(action, now)
    return _planned() - before


def _hold(action: Action) -> bool:
    """Keep everybody from moving an action meanwhile. False when somebody has since it was read."""
    rows = Action.objects.select_for_update().filter(pk=action.pk)
    return rows.filter(version=action.version).first() is not None


def _owe_reminders(action: Action, now: dt.datetime) -> None:
    message = action_messages.due(action)
    for stage, base, end in STAGES.moments(action.due_date):
        if base <= action.written_at or end <= now:
            continue
        notices.plan_notice(
            by=Actor.system("Reminders of actions"),
            occasion=ACTION_DUE,
            about=action.reference,
            version=action.round,
            stage=stage,
            purpose=Purpose.REMINDERS,
            title=f"To do by {dates.long_date(action.due_date)}",
            messages=[message],
            due_at=reach.due_for(message.person, Purpose.REMINDERS, base),
            expires_at=end,
        )


def _planned() -> int:
    return Notice.objects.filter(occasion=ACTION_DUE).count()


def _falling_due(now: dt.datetime) -> QuerySet[Action]:
    today = dates.local(now).date()
    rows = Action.objects.still_to_do().filter(
        owner__isnull=False, due_date__gte=today, due_date__lte=today + LOOK_AHEAD
    )
    rows = rows.select_related("owner", "item__meeting__group")
    return rows.prefetch_related(*reach.around("owner__")).order_by(F("due_date"), "pk")
