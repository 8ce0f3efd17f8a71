"""Reminders of a meeting, so many days before it, by the clock on the wall in London."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from groups.governance.models import Group, Membership
from groups.notices import actions as notices
from groups.notices import reach
from groups.notices.enums import Stage
from groups.people.enums import Purpose
from groups.people.models import Person
from meetings import messages
from meetings.enums import MeetingState, Reply
from meetings.models import Invitation, Meeting
from meetings.occasions import INVITATION, PAPERS, REMINDER

NOT_COMING = "This person is not coming."
LEFT_THE_GROUP = "This person has left the group."


def reminders_due(meeting: Meeting) -> list[tuple[str, dt.datetime]]:
    """Return the stage of each reminder and when it falls due, the earliest first."""
    return [
        (
            f"{Stage.REMINDER}-{days}",
            dates.wall_to_instant(
                meeting.date - dt.timedelta(days=days), settings.REMINDER_TIME
            ),
        )
        for days in dict.fromkeys(settings.REMINDER_DAYS)
    ]


def owe_reminders(
    meeting: Meeting, invitations: Sequence[Invitation], by: Actor, *, version: int
) -> None:
    """Plan the reminders of these people, each for whom its time is still to come.

    Letters go earlier. Where the time has already gone the invitation has only just been sent, and
    a reminder beside it would say nothing new. Who said no or has left the group is not nudged.
    A reminder is of no more use once the next one is due.
    """
    nudged = [row for row in invitations if row.reply != Reply.NOT_COMING]
    reach.prefetch(row.person for row in nudged)
    due = reminders_due(meeting)
    ends = [at for _, at in due[1:]] + [meeting.starts_at]
    now = timezone.now()
    for (stage, base), end in zip(due, ends, strict=True):
        owed = [
            messages.reminder(row, at)
            for row in nudged
            if (at := reach.due_for(row.person, Purpose.REMINDERS, base)) > now
        ]
        if owed:
            notices.plan_notice(
                by=by,
                occasion=REMINDER,
                about=meeting.reference,
                version=version,
                stage=stage,
                purpose=Purpose.REMINDERS,
                title=f"Reminder: meeting on {dates.long_date(meeting.date)}",
                messages=owed,
                due_at=base,
                expires_at=end,
            )


def follow_reply(invitation: Invitation, *, by: Actor) -> None:
    """Let the reminders of one person follow what she has just answered.

    Not coming calls them off, and coming after all brings back those whose time is still to come.
    Who has not answered is asked to, and nobody else.
    """
    about, person = invitation.meeting.reference, invitation.person
    if invitation.reply == Reply.NOT_COMING:
        notices.withdraw(
            by=by, occasion=REMINDER, about=about, reason=NOT_COMING, person=person
        )
        return
    notices.bring_back(
        by=by, occasion=REMINDER, about=about, reason=NOT_COMING, person=person
    )
    message = messages.reminder(invitation, timezone.now())
    notices.reword(occasion=REMINDER, about=about, message=message)


def still_there(
    invitations: Sequence[Invitation], meeting: Meeting
) -> list[Invitation]:
    """Return the invitations of people who still serve in the group."""
    serving = set(_serving(meeting.group_id))
    return [row for row in invitations if row.person_id in serving]


def _serving(group_id: int) -> Collection[int]:
    rows = Membership.objects.serving().filter(group_id=group_id)
    return rows.values_list("person_id", flat=True)


def stop_nudging(*, by: Actor, person: Person, group: Group, **_: Any) -> None:
    """Receive the signal that a person has left a group: call off what asks her to its meetings."""
    meetings = Meeting.objects.filter(
        group=group,
        state=MeetingState.PUBLISHED,
        ends_at__gt=timezone.now(),
        invitations__person=person,
    )
    for reference in meetings.order_by("pk").values_list("reference", flat=True):
        for occasion in (INVITATION, REMINDER, PAPERS):
            notices.withdraw(
                by=by,
                occasion=occasion,
                about=reference,
                reason=LEFT_THE_GROUP,
                person=person,
            )
