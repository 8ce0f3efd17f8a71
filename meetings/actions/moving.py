"""Changing a meeting people know of: one message for several edits, and none when they cancel out."""

import datetime as dt
from typing import Any, Unpack

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from groups.notices import actions as notices
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Purpose
from meetings import messages, occasions, permissions, telling_queries
from meetings.actions import planning, reminding, telling
from meetings.actions.planning import Details
from meetings.enums import ArrangementState, MeetingState, Reply
from meetings.models import AccessArrangement, Invitation, Meeting

# When one of these differs, everybody is told and asked again.
TOLD = (
    "date",
    "start_time",
    "end_time",
    "mode",
    "venue",
    "venue_address",
    "join_link",
    "join_phone",
)
# So near a meeting no change waits for others that may follow it.
NO_WAITING = dt.timedelta(hours=48)
HAS_CHANGED = "The meeting has changed."
_ANSWER = (
    "reply",
    "join_mode",
    "replied_at",
    "replied_by",
    "reply_route",
    "recorded_by_id",
)
_SETTLED = ("state", "due_date", "settled_at", "settled_by_id")


def move_meeting(
    *, by: Actor, meeting: Meeting, version: int, **details: Unpack[Details]
) -> Meeting:
    """Change a published meeting. When the time, the place or the way to join differs, tell people.

    Then what was still to go out is called off, everybody invited is told in her channel, the
    answers are asked for again (a yes to one day is no yes to another), and what was
    arranged goes back to be looked at. The word waits settings.CHANGES_TOGETHER, so that one
    message tells of several edits, and an edit back to what people know takes all of it back.
    Whose invitation was undone knows nothing of the meeting, and is told when it is published again.
    Raises ActionDenied and RuleBroken (also when somebody else saved first).
    """
    permissions.check_can_change_meeting(by, meeting)
    starts_at, ends_at = planning.instants(details)
    planning.check_place(details)
    before, was_at = _known_details(meeting), meeting.starts_at
    with transaction.atomic():
        planning.write_details(meeting, version, details, starts_at, ends_at)
        after = _known_details(meeting)["told"]
        changes = {
            name: [value, after[name]]
            for name, value in before["told"].items()
            if value != after[name]
        }
        audit.record(
            by=by, verb="moved" if changes else "changed", on=meeting, changes=changes
        )
        if changes and meeting.state == MeetingState.PUBLISHED:
            _follow_the_move(meeting, before, by, was_at=was_at)
    return meeting


def _known_details(meeting: Meeting) -> dict[str, Any]:
    return {
        "told": {name: str(getattr(meeting, name)) for name in TOLD},
        "line": messages.in_one_line(meeting),
        "when": messages.when(meeting),
    }


def known_when(meeting: Meeting) -> str:
    """Return when people think the meeting is: before a change whose word has not gone out."""
    known = meeting.before_change
    is_news = bool(known) and not _word_has_gone(meeting)
    return str(known["when"]) if is_news else messages.when(meeting)


def _word_has_gone(meeting: Meeting) -> bool:
    """Tell whether anybody has heard of the change that `before_change` was kept for."""
    told = Delivery.objects.filter(
        notice__occasion=occasions.CHANGED,
        notice__about=meeting.reference,
        notice__version__gte=meeting.before_change["version"],
    )
    not_gone = [
        DeliveryState.PLANNED,
        DeliveryState.WITHDRAWN,
        DeliveryState.FAILED,
        DeliveryState.TOO_LATE,
    ]
    return told.exclude(state__in=not_gone).exists()


def _follow_the_move(
    meeting: Meeting, before: dict[str, Any], by: Actor, *, was_at: dt.datetime
) -> None:
    told_version = telling.told_version(meeting)
    telling.call_off(meeting, by=by, reason=HAS_CHANGED)
    if not meeting.before_change or _word_has_gone(meeting):
        meeting.before_change = before | {
            "version": meeting.version,
            "told_version": told_version,
            "answers": _rows(Invitation, meeting, _ANSWER),
            "arranged": _rows(AccessArrangement, meeting, _SETTLED),
        }
    known = meeting.before_change
    if known["told"] == _known_details(meeting)["told"]:
        meeting.before_change = {}
        meeting.save(update_fields=["before_change"])
        _take_back(meeting, known, by)
        return
    meeting.save(update_fields=["before_change"])
    _ask_again(meeting, by)
    _arrange_again(meeting)
    if meeting.starts_at > timezone.now():
        _tell_of_the_move(meeting, known, by, was_at=was_at)


def _rows(model: type[Any], meeting: Meeting, fields: tuple[str, ...]) -> Any:
    rows = model.objects.filter(meeting=meeting)
    return {str(pk): list(values) for pk, *values in rows.values_list("pk", *fields)}


def _tell_of_the_move(
    meeting: Meeting, known: dict[str, Any], by: Actor, *, was_at: dt.datetime
) -> None:
    invitations = telling.invited(meeting)
    not_told = set(telling_queries.not_told(meeting).values_list("pk", flat=True))
    answers = known["answers"]
    going = {
        row.person_id
        for row in invitations
        if answers.get(str(row.pk), [""])[0] == Reply.COMING
    }
    told = [
        messages.changed(row, known["line"], is_going=row.person_id in going)
        for row in telling.with_a_stake(invitations, going)
        if row.pk not in not_told
    ]
    now = timezone.now()
    first = min(was_at, meeting.starts_at)
    waits = settings.CHANGES_TOGETHER if first > now + NO_WAITING else dt.timedelta(0)
    if told:
        notices.plan_notice(
            by=by,
            occasion=occasions.CHANGED,
            about=meeting.reference,
            version=meeting.version,
            purpose=Purpose.MEETINGS,
            title=f"Changed: meeting on {dates.long_date(meeting.date)}",
            messages=messages.with_calendar(told, meeting),
            due_at=now,
            expires_at=meeting.starts_at,
            held_until=now + waits if waits else None,
            is_essential=True,
            can_be_undone=first > now + telling.HURRY,
        )
    there = reminding.still_there(invitations, meeting)
    reminding.owe_reminders(meeting, there, by, version=meeting.version)


def _ask_again(meeting: Meeting, by: Actor) -> None:
    answered = Invitation.objects.filter(meeting=meeting).exclude(reply=Reply.NONE)
    rows = list(answered.values_list("person__reference", "reply").order_by("pk"))
    if not rows:
        return
    changes = {reference: [reply, Reply.NONE.value] for reference, reply in rows}
    audit.record(by=by, verb="asked again", on=meeting, changes=changes)
    answered.update(
        reply=Reply.NONE,
        join_mode="",
        replied_at=None,
        replied_by=None,
        reply_route="",
        recorded_by=None,
    )


def _arrange_again(meeting: Meeting) -> None:
    lines = AccessArrangement.objects.filter(meeting=meeting).select_related("need")
    for line in lines:
        line.due_date = planning.arrange_by(meeting.date, line.need.lead_days)
        line.state, line.settled_at, line.settled_by = (
            ArrangementState.TO_DO,
            None,
            None,
        )
        line.save(update_fields=["due_date", "state", "settled_at", "settled_by"])


def _take_back(meeting: Meeting, known: dict[str, Any], by: Actor) -> None:
    """Let everything be as it was before changes that nobody has heard of.

    Answers given meanwhile stay.
    """
    for occasion in (occasions.INVITATION, occasions.CHANGED, occasions.REMINDER):
        notices.bring_back(
            by=by,
            occasion=occasion,
            about=meeting.reference,
            version=known["told_version"],
            reason=HAS_CHANGED,
        )
    for pk, values in known["answers"].items():
        unanswered = Invitation.objects.filter(pk=pk, reply=Reply.NONE)
        unanswered.update(**dict(zip(_ANSWER, values, strict=True)))
    for pk, values in known["arranged"].items():
        untouched = AccessArrangement.objects.filter(
            pk=pk, state=ArrangementState.TO_DO
        )
        untouched.update(**dict(zip(_SETTLED, values, strict=True)))
    audit.record(by=by, verb="took back a change", on=meeting)
