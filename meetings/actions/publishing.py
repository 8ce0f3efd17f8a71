"""Telling people about a meeting: publish, move and cancel."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Unpack

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coprod.core import audit, dates, transitions
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from coprod.core.models import User
from groups.governance import queries as governance
from groups.notices import actions as notices
from groups.notices import queries as notice_queries
from groups.notices.enums import Stage
from groups.notices.models import Notice
from groups.people.enums import Purpose
from groups.people.models import AccessNeed, Person
from meetings import messages, permissions
from meetings.actions import planning
from meetings.actions.planning import Details
from meetings.enums import MEETING_TRANSITIONS, ArrangementState, MeetingState, Reply
from meetings.models import AccessArrangement, AgendaItem, Invitation, Meeting, Paper

INVITATION = "meeting.invitation"
CHANGED = "meeting.changed"
CANCELLED = "meeting.cancelled"
REMINDER = "meeting.reminder"
# A second reminder row for somebody who said no, lost the first, and then said yes.
REMINDER_AGAIN = "meeting.reminder-again"

# Two days before, at ten by the clock on the wall (practice.md, defaults).
REMINDER_DAYS = 2
REMINDER_TIME = dt.time(10)

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


def publish_meeting(
    *,
    meeting: Meeting,
    by: Actor,
    offer_words: Mapping[int, str],
    arranging: User | None = None,
) -> Meeting:
    """Invite everybody who serves in the group and owe each one invitation and one reminder.

    Safe to repeat: a second time it invites only people who joined since, so adding one person
    writes to one. Each live need for meetings becomes a line of the access checklist, owned by
    `arranging` or whoever planned the meeting, due its lead time in working days before.
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
        invitations = _invite(meeting, people, offer_words)
        _list_needs(meeting, invitations, arranging or meeting.planned_by or by.user)
        if meeting.starts_at > timezone.now():
            _owe_invitations(meeting, invitations, by)
            owe_reminders(meeting, invitations, by)
        if invitations:
            audit.record(
                by=by,
                verb="invited",
                on=meeting,
                changes={"people": [0, len(invitations)]},
            )
    return meeting


def people_to_invite(meeting: Meeting) -> list[Person]:
    """Return who serves in the group and may be written to, in seat order."""
    rows = governance.serving(meeting.group)
    return [row.person for row in rows if row.person.can_be_written_to]


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


def _list_needs(
    meeting: Meeting, invitations: Sequence[Invitation], owner: User | None
) -> None:
    people = {row.person_id: row.person for row in invitations}
    needs = AccessNeed.objects.filter(
        passport__person__in=people, ended_at__isnull=True, for_meetings=True
    ).select_related("passport")
    AccessArrangement.objects.bulk_create(
        [
            AccessArrangement(
                meeting=meeting,
                person=people[need.passport.person_id],
                need=need,
                wording=need.detail,
                owner=owner,
                due_date=arrange_by(meeting.date, need.lead_days),
            )
            for need in needs.order_by("passport__person_id", "pk")
        ],
        ignore_conflicts=True,
    )


def arrange_by(date: dt.date, lead_days: int) -> dt.date:
    """Return the day a need must be seen to: its lead time before, or today when that has gone."""
    due = dates.add_working_days(date, -lead_days)
    today = dates.today()
    return today if due < today <= date else due


def _told_version(meeting: Meeting) -> int:
    # Small edits raise the meeting's version without telling anybody. Somebody invited later
    # joins the notice the others got, so that "everybody has been told" stays one count.
    newest = Notice.objects.filter(
        occasion__in=[INVITATION, CHANGED], about=meeting.reference
    ).aggregate(newest=Max("version"))["newest"]
    return int(newest or meeting.version)


def _owe_invitations(
    meeting: Meeting, invitations: Sequence[Invitation], by: Actor
) -> None:
    if not invitations:
        return
    items = list(AgendaItem.objects.filter(meeting=meeting).order_by("position"))
    papers = Paper.objects.filter(item__meeting=meeting).order_by(
        "item__position", "pk"
    )
    titles = list(papers.values_list("title", flat=True))
    notices.plan_notice(
        by=by,
        occasion=INVITATION,
        about=meeting.reference,
        version=_told_version(meeting),
        purpose=Purpose.MEETINGS,
        title=f"Meeting on {dates.long_date(meeting.date)}",
        messages=[messages.invitation(row, items, titles) for row in invitations],
        due_at=timezone.now(),
        expires_at=meeting.starts_at,
    )


def reminder_due(meeting: Meeting) -> dt.datetime:
    """Return when the reminder falls due: two days before at 10am on the wall."""
    return dates.wall_to_instant(
        meeting.date - dt.timedelta(days=REMINDER_DAYS), REMINDER_TIME
    )


def owe_reminders(
    meeting: Meeting,
    invitations: Sequence[Invitation],
    by: Actor,
    *,
    occasion: str = REMINDER,
    about: str = "",
    version: int | None = None,
) -> None:
    """Plan the reminder of each person for whom its day is still to come.

    Letters go earlier. Where the day has already gone the invitation has only just been sent,
    and a reminder beside it would say nothing new.
    """
    base = reminder_due(meeting)
    due = [
        (row, notice_queries.due_for(row.person, Purpose.MEETINGS, base))
        for row in invitations
    ]
    now = timezone.now()
    owed = [messages.reminder(row, at) for row, at in due if at > now]
    if not owed:
        return
    notices.plan_notice(
        by=by,
        occasion=occasion,
        about=about or meeting.reference,
        version=version or _told_version(meeting),
        stage=Stage.REMINDER,
        purpose=Purpose.MEETINGS,
        title=f"Reminder: meeting on {dates.long_date(meeting.date)}",
        messages=owed,
        due_at=base,
        expires_at=meeting.starts_at,
    )


def about_one(meeting: Meeting, person: Person) -> str:
    """Return what a notice about one person's place in one meeting is about."""
    return f"{meeting.reference} {person.reference}"


def call_off(meeting: Meeting, *, by: Actor, reason: str) -> None:
    """Withdraw whatever about this meeting has not gone out yet."""
    for occasion in (INVITATION, CHANGED, REMINDER):
        notices.withdraw(
            by=by, occasion=occasion, about=meeting.reference, reason=reason
        )
    again = Notice.objects.filter(
        occasion=REMINDER_AGAIN, about__startswith=f"{meeting.reference} "
    )
    for about in again.values_list("about", flat=True).distinct():
        notices.withdraw(by=by, occasion=REMINDER_AGAIN, about=about, reason=reason)


def _invitations(meeting: Meeting) -> list[Invitation]:
    rows = Invitation.objects.filter(meeting=meeting).select_related("person")
    rows = rows.prefetch_related("person__contact_points", "person__preferences")
    found = list(rows.order_by("person__known_as", "pk"))
    for row in found:
        row.meeting = meeting
    return found


def move_meeting(
    *, by: Actor, meeting: Meeting, version: int, **details: Unpack[Details]
) -> Meeting:
    """Change a published meeting. When the time, the place or the way to join differs, tell people.

    Then what was still to go out is called off, everybody invited is told in her channel, the
    answers are asked for again (a yes to one day is no yes to another), and what was
    arranged goes back to be looked at. Raises ActionDenied and RuleBroken (also when somebody
    else saved first).
    """
    permissions.check_can_change_meeting(by, meeting)
    starts_at, ends_at = planning.instants(details)
    planning.check_place(details)
    told_before = {name: getattr(meeting, name) for name in TOLD}
    before = messages.in_one_line(meeting)
    with transaction.atomic():
        planning.write_details(meeting, version, details, starts_at, ends_at)
        differs = [name for name in TOLD if getattr(meeting, name) != told_before[name]]
        changes = {
            name: [str(told_before[name]), str(getattr(meeting, name))]
            for name in differs
        }
        audit.record(
            by=by, verb="moved" if differs else "changed", on=meeting, changes=changes
        )
        if differs and meeting.state == MeetingState.PUBLISHED:
            _tell_of_the_move(meeting, before, by)
    return meeting


def _tell_of_the_move(meeting: Meeting, before: str, by: Actor) -> None:
    call_off(meeting, by=by, reason="The meeting has changed.")
    invitations = _invitations(meeting)
    _ask_again(meeting, invitations, by)
    for line in AccessArrangement.objects.filter(meeting=meeting).select_related(
        "need"
    ):
        line.due_date = arrange_by(meeting.date, line.need.lead_days)
        line.state, line.settled_at, line.settled_by = (
            ArrangementState.TO_DO,
            None,
            None,
        )
        line.save(update_fields=["due_date", "state", "settled_at", "settled_by"])
    if not invitations or meeting.starts_at <= timezone.now():
        return
    notices.plan_notice(
        by=by,
        occasion=CHANGED,
        about=meeting.reference,
        version=meeting.version,
        purpose=Purpose.MEETINGS,
        title=f"Changed: meeting on {dates.long_date(meeting.date)}",
        messages=[messages.changed(row, before) for row in invitations],
        due_at=timezone.now(),
        expires_at=meeting.starts_at,
    )
    owe_reminders(meeting, invitations, by)


def _ask_again(meeting: Meeting, invitations: Sequence[Invitation], by: Actor) -> None:
    answered = [row for row in invitations if row.reply != Reply.NONE]
    if not answered:
        return
    changes = {row.person.reference: [row.reply, Reply.NONE.value] for row in answered}
    audit.record(by=by, verb="asked again", on=meeting, changes=changes)
    Invitation.objects.filter(pk__in=[row.pk for row in answered]).update(
        reply=Reply.NONE,
        join_mode="",
        replied_at=None,
        replied_by=None,
        reply_route="",
        recorded_by=None,
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
        call_off(meeting, by=by, reason="The meeting is cancelled.")
        invitations = _invitations(meeting)
        if invitations and meeting.ends_at > timezone.now():
            notices.plan_notice(
                by=by,
                occasion=CANCELLED,
                about=meeting.reference,
                version=meeting.version,
                purpose=Purpose.MEETINGS,
                title=f"Cancelled: meeting on {dates.long_date(meeting.date)}",
                messages=[messages.cancelled(row, reason) for row in invitations],
                due_at=timezone.now(),
                expires_at=meeting.ends_at,
            )
    return meeting
