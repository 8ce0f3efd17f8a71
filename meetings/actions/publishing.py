"""Telling people that a meeting will be, and that it will not be: publish and cancel."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coprod.core import audit, dates, transitions
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import RuleBroken
from coprod.core.models import RoleGrant, User
from coprod.core.roles import roles_with
from groups.governance import queries as governance
from groups.notices import actions as notices
from groups.people.enums import Purpose
from groups.people.models import AccessNeed, Person
from meetings import messages, occasions, permissions, telling_queries
from meetings.actions import moving, papers, planning, reminding, telling
from meetings.enums import MEETING_TRANSITIONS, MeetingState
from meetings.models import AccessArrangement, AgendaItem, Invitation, Meeting, Paper

IS_CANCELLED = "The meeting is cancelled."
WRITTEN_ANEW = "The invitation was written anew."


def publish_meeting(
    *,
    meeting: Meeting,
    by: Actor,
    offer_words: Mapping[int, str],
    arranging: User | None = None,
) -> Meeting:
    """Invite everybody who serves in the group and owe each an invitation and the reminders.

    Safe to repeat: a second time it invites only people who joined since, so adding one person
    writes to one, and those whose invitation was undone before it went out: they get it in the
    words of now. Each live need for meetings becomes a line of the access checklist, owned by
    `arranging` or the worker who planned or publishes the meeting, due its lead time in working
    days before. A chair sees to no access: where only she had a hand in it, the person's own
    contact does, or the first of the team.
    `offer_words` are what each person (by id) is offered for her time; they come from
    payments and are kept on the invitation. A meeting that has begun is opened for its records
    and nobody is written to. Raises ActionDenied, InvalidTransition and RuleBroken.
    """
    permissions.check_can_change_meeting(by, meeting)
    people = people_to_invite(meeting)
    if not people:
        raise RuleBroken(
            "Nobody serves in this group yet, so there is nobody to invite."
        )
    with transaction.atomic():
        # Two who publish at once take turns here; the second is told.
        planning.take_turns(meeting)
        if meeting.state == MeetingState.PLANNED:
            now = timezone.now()
            transitions.move(
                meeting,
                table=MEETING_TRANSITIONS,
                to=MeetingState.PUBLISHED,
                values={"published_at": now, "published_by": by.user},
            )
            audit.record(by=by, verb="published", on=meeting)
        again = _begin_anew(meeting, people, by)
        new = _invite(meeting, people, offer_words)
        invitations = [*again, *new]
        _list_needs(meeting, invitations, arranging or _worker_for(meeting, by), by)
        if meeting.starts_at > timezone.now():
            version = meeting.version if again else telling.told_version(meeting)
            _owe_invitations(meeting, invitations, by, version=version)
            reminding.owe_reminders(meeting, invitations, by, version=version)
            papers.send_to_newcomers(meeting, invitations, by)
        if new:
            audit.record(
                by=by,
                verb="invited",
                on=meeting,
                changes={"people": [0, len(new)]},
            )
    return meeting


def people_to_invite(meeting: Meeting) -> list[Person]:
    """Return who serves in the group and may be written to, in seat order."""
    rows = governance.serving(meeting.group)
    return [row.person for row in rows if row.person.can_be_written_to]


def _begin_anew(
    meeting: Meeting, people: Sequence[Person], by: Actor
) -> list[Invitation]:
    """Return the invitations that were undone, with a version of the meeting for their new words.

    What was to go out in the old words is called off for good.
    """
    if meeting.starts_at <= timezone.now():
        return []
    invited = {person.pk for person in people}
    undone = telling_queries.not_told(meeting)
    again = [row for row in undone if row.person_id in invited]
    if not again:
        return []
    planning.next_version(meeting)
    for row in again:
        row.meeting = meeting
        for occasion in (occasions.INVITATION, occasions.REMINDER):
            notices.withdraw(
                by=by,
                occasion=occasion,
                about=meeting.reference,
                reason=WRITTEN_ANEW,
                person=row.person,
            )
    if len(again) == meeting.invitations.count():
        # Nobody has heard of any change, so there is none to tell of.
        meeting.before_change = {}
        meeting.save(update_fields=["before_change"])
    changes = {"people": [0, len(again)]}
    audit.record(by=by, verb="invited again", on=meeting, changes=changes)
    return again


def _invite(
    meeting: Meeting, people: Sequence[Person], offer_words: Mapping[int, str]
) -> list[Invitation]:
    already = set(meeting.invitations.values_list("person_id", flat=True))
    return [
        Invitation.objects.create(
            meeting=meeting, person=person, offer_words=offer_words.get(person.pk, "")
        )
        for person in people
        if person.pk not in already
    ]


def _worker_for(meeting: Meeting, by: Actor) -> User | None:
    """Return who of the team planned this meeting or publishes it, or None when only a chair did."""
    hands = (meeting.planned_by_id, by.user_id)
    known = _team().in_bulk([pk for pk in hands if pk is not None])
    return next((known[pk] for pk in hands if pk in known), None)


def _team() -> QuerySet[User]:
    working = RoleGrant.objects.filter(role__in=roles_with(Permission.MANAGE_MEETINGS))
    return User.objects.filter(is_active=True, pk__in=working.values("user_id"))


def _list_needs(
    meeting: Meeting, invitations: Sequence[Invitation], owner: User | None, by: Actor
) -> None:
    people = {row.person_id: row.person for row in invitations}
    needs = AccessNeed.objects.filter(
        passport__person__in=people, ended_at__isnull=True, for_meetings=True
    ).select_related("passport__person__staff_contact")
    somebody = owner or _team().order_by("pk").first() or by.user
    AccessArrangement.objects.bulk_create(
        [
            AccessArrangement(
                meeting=meeting,
                person=people[need.passport.person_id],
                need=need,
                wording=need.detail,
                owner=owner or need.passport.person.staff_contact or somebody,
                due_date=planning.arrange_by(meeting.date, need.lead_days),
            )
            for need in needs.order_by("passport__person_id", "pk")
        ],
        ignore_conflicts=True,
    )


def _owe_invitations(
    meeting: Meeting, invitations: Sequence[Invitation], by: Actor, *, version: int
) -> None:
    if not invitations:
        return
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
    listed = Paper.objects.filter(item__meeting=meeting).order_by(
        "item__position", "pk"
    )
    titles = list(listed.values_list("title", flat=True))
    told = [messages.invitation(row, items, titles) for row in invitations]
    notices.plan_notice(
        by=by,
        occasion=occasions.INVITATION,
        about=meeting.reference,
        version=version,
        purpose=Purpose.MEETINGS,
        title=f"Meeting on {dates.long_date(meeting.date)}",
        messages=messages.with_calendar(told, meeting),
        due_at=timezone.now(),
        expires_at=meeting.starts_at,
        can_be_undone=not telling.is_soon(meeting),
    )


def cancel_meeting(*, by: Actor, meeting: Meeting, reason: str) -> Meeting:
    """Cancel a meeting and tell everybody invited why, in her channel.

    What had not gone out yet is called off. A meeting nobody was invited to is cancelled without
    a word. Raises ActionDenied, RuleBroken without a reason, InvalidTransition.
    """
    permissions.check_can_change_meeting(by, meeting)
    if not reason.strip():
        raise RuleBroken(
            "Say why the meeting is cancelled. People will read it.", field="reason"
        )
    with transaction.atomic():
        transitions.move(
            meeting,
            table=MEETING_TRANSITIONS,
            to=MeetingState.CANCELLED,
            values={"cancelled_reason": reason},
        )
        audit.record(by=by, verb="cancelled", on=meeting, reason=reason)
        known = moving.known_when(meeting)
        telling.call_off(meeting, by=by, reason=IS_CANCELLED)
        notices.withdraw(
            by=by,
            occasion=occasions.PAPERS,
            about=meeting.reference,
            reason=IS_CANCELLED,
        )
        invitations = telling.with_a_stake(telling.invited(meeting))
        if invitations and meeting.ends_at > timezone.now():
            told = [messages.cancelled(row, reason, known) for row in invitations]
            notices.plan_notice(
                by=by,
                occasion=occasions.CANCELLED,
                about=meeting.reference,
                version=meeting.version,
                purpose=Purpose.MEETINGS,
                title=f"Cancelled: meeting on {dates.long_date(meeting.date)}",
                messages=messages.with_calendar(told, meeting),
                due_at=timezone.now(),
                expires_at=meeting.ends_at,
                is_essential=True,
                can_be_undone=not telling.is_soon(meeting),
            )
    return meeting
