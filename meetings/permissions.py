"""Who may do what to a meeting. Each refusal is a sentence fit to show."""

import datetime as dt

from django.utils import timezone

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.governance import queries as governance
from groups.governance.models import Group
from groups.people.enums import SupportScope
from meetings.enums import ActionState, ItemPurpose, MeetingState, MinutesState
from meetings.models import (
    AccessArrangement,
    Action,
    AgendaItem,
    Decision,
    Invitation,
    Meeting,
    Minutes,
    Paper,
)

OPEN = frozenset({MeetingState.PLANNED, MeetingState.PUBLISHED})
_NOT_READ = object()


def can_manage_meetings(actor: Actor) -> bool:
    """Tell whether the actor arranges the meetings of every group, for the team."""
    return actor.can(Permission.MANAGE_MEETINGS)


def check_can_plan_meeting(actor: Actor, group: Group) -> None:
    """Raise ActionDenied unless the actor plans meetings of this group: the team, or its chair."""
    if not can_manage_meetings(actor) and not governance.is_chair(actor, group.pk):
        raise ActionDenied(
            "Only the involvement team and who chairs this group can plan its meetings."
        )


def chairs_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor herself chairs the group of this meeting today.

    A page that read `chair_id` with the meeting asks no more; for any other this asks.
    """
    known = getattr(meeting, "chair_id", _NOT_READ)
    if known is _NOT_READ:
        return governance.is_chair(actor, meeting.group_id)
    return known is not None and known == actor.person_id and not actor.is_supporter


def remember_chair(meeting: Meeting, read_with: Minutes | Paper) -> None:
    """Let a meeting carry the `chair_id` that was read with its minutes or its paper."""
    meeting.chair_id = read_with.chair_id  # type: ignore[attr-defined,union-attr]  # by `with_chair`


def can_manage_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor arranges this meeting: the team any, a chair those of her group."""
    return can_manage_meetings(actor) or chairs_meeting(actor, meeting)


def check_can_manage_meeting(actor: Actor, meeting: Meeting) -> None:
    """Raise ActionDenied unless the actor arranges this meeting (DESIGN, roles)."""
    if not can_manage_meeting(actor, meeting):
        raise ActionDenied(
            "Only the involvement team and who chairs this group can arrange its meetings."
        )


def check_can_change_meeting(actor: Actor, meeting: Meeting) -> None:
    """Raise ActionDenied unless the meeting can still be changed, and by this actor.

    A meeting with its attendance recorded is history, and a cancelled one stays cancelled.
    """
    check_can_manage_meeting(actor, meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so it cannot be changed.")
    if meeting.state not in OPEN:
        raise ActionDenied("This meeting is over, so it cannot be changed.")


def can_change_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor may change when, where or about what this meeting is."""
    return meeting.state in OPEN and can_manage_meeting(actor, meeting)


def check_can_reply(
    actor: Actor, invitation: Invitation, now: dt.datetime | None = None
) -> None:
    """Raise ActionDenied unless the actor may answer this invitation now.

    The person herself, a supporter she allows to reply, or staff who write down what she told
    them (DESIGN, rules 12). Nobody answers once the meeting is over.
    """
    is_hers = invitation.person_id == actor.person_id and actor.has_scope(
        SupportScope.REPLY
    )
    if not is_hers and not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("You cannot answer for this person.")
    if invitation.meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so there is nothing to answer.")
    if not is_open_for_replies(invitation.meeting, now):
        raise ActionDenied("This meeting is over, so there is nothing to answer.")


def can_reply(
    actor: Actor, invitation: Invitation, now: dt.datetime | None = None
) -> bool:
    """Tell whether the actor may answer this invitation now."""
    try:
        check_can_reply(actor, invitation, now)
    except ActionDenied:
        return False
    return True


def is_open_for_replies(meeting: Meeting, now: dt.datetime | None = None) -> bool:
    """Tell whether anybody can still answer: it is published and has not ended."""
    return meeting.state == MeetingState.PUBLISHED and meeting.ends_at > (
        now or timezone.now()
    )


def check_can_settle_arrangement(actor: Actor, arrangement: AccessArrangement) -> None:
    """Raise ActionDenied unless the actor sees to access for this meeting, and it is still on."""
    if not actor.can(Permission.SEE_ACCESS_NEEDS) or not actor.can(
        Permission.MANAGE_MEETINGS
    ):
        raise ActionDenied("Only the involvement team can say what is arranged.")
    if arrangement.meeting.state == MeetingState.CANCELLED:
        raise ActionDenied("This meeting is cancelled, so nothing needs arranging.")


def can_settle_arrangements(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor may say what is arranged for this meeting."""
    sees = actor.can(Permission.SEE_ACCESS_NEEDS) and actor.can(
        Permission.MANAGE_MEETINGS
    )
    return sees and meeting.state != MeetingState.CANCELLED


def check_can_record_attendance(
    actor: Actor, meeting: Meeting, now: dt.datetime | None = None
) -> None:
    """Raise ActionDenied unless the meeting has begun and the actor keeps the register.

    Never a chair: claims are checked against the register, and she is paid from it (ADR 11).
    """
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


def check_can_write_minutes(actor: Actor, meeting: Meeting) -> None:
    """Raise ActionDenied unless the actor writes the minutes of this meeting (DESIGN, roles)."""
    if not can_manage_meeting(actor, meeting):
        raise ActionDenied(
            "Only the involvement team and who chairs this group can write its minutes."
        )


def can_write_minutes(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor writes the minutes of this meeting."""
    return can_manage_meeting(actor, meeting)


def check_can_answer_corrections(actor: Actor) -> None:
    """Raise ActionDenied unless the actor answers corrections for the team.

    Never a chair: the request says who asked, also in a group that shows no names.
    """
    if not can_manage_meetings(actor):
        raise ActionDenied("Only the involvement team can answer corrections.")


def check_can_change_notes(actor: Actor, minutes: Minutes) -> None:
    """Raise ActionDenied unless the notes and decisions may still be written freely.

    Once members hold a draft, its words change only by a correction they can see; once approved
    they do not change at all (practice.md 10.4).
    """
    check_can_write_minutes(actor, minutes.meeting)
    if minutes.state == MinutesState.APPROVED:
        raise ActionDenied("These minutes are approved, so their words cannot change.")
    if minutes.state == MinutesState.CIRCULATED:
        raise ActionDenied(
            "These minutes have gone out. Answer a correction to change them."
        )


def can_change_notes(actor: Actor, minutes: Minutes) -> bool:
    """Tell whether the actor may write in these minutes now."""
    is_draft = minutes.state == MinutesState.DRAFT
    return is_draft and can_write_minutes(actor, minutes.meeting)


def check_can_record_decision(actor: Actor, item: AgendaItem) -> None:
    """Raise ActionDenied unless the decision under this item may still be written.

    Attendance comes first, because a decision rests on who was there.
    """
    check_can_write_minutes(actor, item.meeting)
    if item.purpose != ItemPurpose.DECISION:
        raise ActionDenied("This item was not for decision.")
    if item.meeting.state != MeetingState.RECORDED:
        raise ActionDenied("First record who came. A decision rests on who was there.")
    minutes = getattr(item.meeting, "minutes", None)
    if minutes is not None:
        check_can_change_notes(actor, minutes)


def check_can_ask_for_correction(
    actor: Actor, minutes: Minutes, person_id: int | None, today: dt.date
) -> None:
    """Raise ActionDenied unless the actor may ask for a correction for this person now.

    The person herself or a supporter she allows to reply, until the last day. Staff write down
    what somebody told them, and for that the last day does not count: the post is slow.
    """
    is_hers = person_id == actor.person_id and actor.has_scope(SupportScope.REPLY)
    is_staff = actor.can(Permission.MANAGE_MEETINGS)
    if not is_hers and not is_staff:
        raise ActionDenied("You cannot ask for a correction for this person.")
    if minutes.state == MinutesState.DRAFT:
        raise ActionDenied("These minutes are still being written.")
    if minutes.state == MinutesState.APPROVED:
        raise ActionDenied("These minutes are approved, so their words cannot change.")
    last_day = minutes.corrections_until
    if not is_staff and last_day is not None and today > last_day:
        raise ActionDenied(
            "The time for corrections is over. Ring us if something is wrong."
        )


def can_ask_for_correction(actor: Actor, minutes: Minutes, today: dt.date) -> bool:
    """Tell whether the actor may ask for a correction for the person it acts as."""
    try:
        check_can_ask_for_correction(actor, minutes, actor.person_id, today)
    except ActionDenied:
        return False
    return True


def check_can_say_view(actor: Actor, decision: Decision, person_id: int) -> None:
    """Raise ActionDenied unless the actor may say what this person thought of a decision.

    Her words are hers: only she, a supporter she allows to reply, or staff who write down what
    she told them. Approved minutes are closed.
    """
    is_hers = person_id == actor.person_id and actor.has_scope(SupportScope.REPLY)
    if not is_hers and not actor.can(Permission.MANAGE_MEETINGS):
        raise ActionDenied("Only this person can say what she thought.")
    if decision.item.meeting.minutes.state == MinutesState.APPROVED:
        raise ActionDenied("These minutes are approved, so their words cannot change.")


def can_say_view(actor: Actor, decision: Decision, person_id: int | None) -> bool:
    """Tell whether the actor may say what this person thought of a decision."""
    if person_id is None:
        return False
    try:
        check_can_say_view(actor, decision, person_id)
    except ActionDenied:
        return False
    return True


def check_can_move_action(actor: Actor, action: Action, to: str) -> None:
    """Raise ActionDenied unless the actor may say that an action has come this far.

    The team and who chairs the group say anything. Who does it says that it is begun or done; that
    it is not going ahead, or not done after all, the group says.
    """
    if can_manage_meeting(actor, action.item.meeting):
        return
    is_hers = action.owner_id is not None and action.owner_id == actor.person_id
    if not is_hers or not actor.has_scope(SupportScope.REPLY):
        raise ActionDenied("Only who does this and who runs the meeting can say so.")
    if to not in (ActionState.DOING, ActionState.DONE):
        raise ActionDenied("Tell the team, or who chairs the group, about this.")


def can_move_action(actor: Actor, action: Action, to: str) -> bool:
    """Tell whether the actor may say that an action has come this far."""
    try:
        check_can_move_action(actor, action, to)
    except ActionDenied:
        return False
    return True


def can_have_feed(actor: Actor, person_id: int | None) -> bool:
    """Tell whether the actor makes and ends a person's calendar address: nobody but herself."""
    return (
        person_id is not None
        and person_id == actor.person_id
        and not actor.is_supporter
    )


def check_can_have_feed(actor: Actor, person_id: int) -> None:
    """Raise ActionDenied unless this is the person herself."""
    if not can_have_feed(actor, person_id):
        raise ActionDenied("Only this person can have an address of her calendar.")
