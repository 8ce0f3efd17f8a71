"""Who may do what to a meeting. Each refusal is a sentence fit to show."""

import datetime as dt

from django.utils import timezone

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.people.enums import SupportScope
from meetings.enums import MeetingState
from meetings.models import AccessArrangement, Invitation, Meeting

OPEN = frozenset({MeetingState.PLANNED, MeetingState.PUBLISHED})


def check_can_manage_meetings(actor: Actor) -> None:
    """Raise ActionDenied unless the actor arranges meetings for the team (DESIGN, roles)."""
    if not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("Only the involvement team can arrange meetings.")


def can_manage_meetings(actor: Actor) -> bool:
    """Tell whether the actor arranges meetings for the team."""
    return actor.can(Permission.MANAGE_MEETINGS)


def check_can_change_meeting(actor: Actor, meeting: Meeting) -> None:
    """Raise ActionDenied unless the meeting can still be changed, and by this actor.

    A meeting with its attendance recorded is history, and a cancelled one stays cancelled.
    """
    check_can_manage_meetings(actor)
    if meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so it cannot be changed.")
    if meeting.state not in OPEN:
        raise ActionDenied("This meeting is over, so it cannot be changed.")


def can_change_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor may change when, where or about what this meeting is."""
    return actor.can(Permission.MANAGE_MEETINGS) and meeting.state in OPEN


def check_can_reply(actor: Actor, invitation: Invitation, now: dt.datetime | None = None) -> None:
    """Raise ActionDenied unless the actor may answer this invitation now.

    The person herself, a supporter she allows to reply, or staff who write down what she told
    them (DESIGN, rules 12). Nobody answers once the meeting is over.
    """
    is_hers = invitation.person_id == actor.person_id and actor.has_scope(SupportScope.REPLY)
    if not is_hers and not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("You cannot answer for this person.")
    if invitation.meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so there is nothing to answer.")
    if not is_open_for_replies(invitation.meeting, now):
        raise ActionDenied("This meeting is over, so there is nothing to answer.")


def can_reply(actor: Actor, invitation: Invitation, now: dt.datetime | None = None) -> bool:
    """Tell whether the actor may answer this invitation now."""
    try:
        check_can_reply(actor, invitation, now)
    except ActionDenied:
        return False
    return True


def is_open_for_replies(meeting: Meeting, now: dt.datetime | None = None) -> bool:
    """Tell whether anybody can still answer: it is published and has not ended."""
    return meeting.state == MeetingState.PUBLISHED and meeting.ends_at > (now or timezone.now())


def check_can_settle_arrangement(actor: Actor, arrangement: AccessArrangement) -> None:
    """Raise ActionDenied unless the actor sees to access for this meeting, and it is still on."""
    if not actor.can(Permission.SEE_ACCESS_NEEDS) or not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("Only the involvement team can say what is arranged.")
    if arrangement.meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so nothing needs arranging.")


def can_settle_arrangements(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor may say what is arranged for this meeting."""
    sees = actor.can(Permission.SEE_ACCESS_NEEDS) and actor.can(Permission.MANAGE_MEETINGS)
    return sees and meeting.state != MeetingState.CANCELLED


def check_can_record_attendance(
    actor: Actor, meeting: Meeting, now: dt.datetime | None = None
) -> None:
    """Raise ActionDenied unless the meeting has begun and the actor keeps the register."""
    if not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("Only the involvement team can say who came.")
    if meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so nobody came.")
    if meeting.state == MeetingState.PLANNED:
        raise ActionDenied("Publish this meeting first. Nobody has been invited yet.")
    if meeting.starts_at > (now or timezone.now()):
        raise ActionDenied("This meeting has not begun, so nobody has come yet.")


def can_record_attendance(
    actor: Actor, meeting: Meeting, now: dt.datetime | None = None
) -> bool:
    """Tell whether the actor may say who came to this meeting now."""
    try:
        check_can_record_attendance(actor, meeting, now)
    except ActionDenied:
        return False
    return True
