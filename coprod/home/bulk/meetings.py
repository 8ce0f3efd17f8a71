"""Meetings with their agenda, invitations, register, minutes and decisions."""

import datetime as dt
from collections.abc import Iterable, Iterator

from coprod.core.models import User
from coprod.home.bulk.groups import Gathered
from coprod.home.bulk.people import Known
from coprod.home.bulk.rows import CHANCE, References, at, save, write
from groups.governance.enums import AttributionMode, DecisionRule
from groups.notices.enums import DeliveryState, Stage
from groups.notices.models import Delivery, Notice
from groups.people.enums import Purpose
from meetings import occasions
from meetings.enums import (
    AttendanceStatus,
    DecisionOutcome,
    HeldBy,
    ItemPurpose,
    JoinMode,
    MeetingMode,
    MeetingState,
    MinutesState,
    Reply,
    ReplyRoute,
    Stance,
)
from meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionOption,
    DecisionView,
    Invitation,
    Meeting,
    Minutes,
    MinutesSection,
    Paper,
)

MEETINGS_A_GROUP = 25
MINUTES_LONG = 120
_DAYS_BETWEEN = 28
_ITEMS = [
    ("What has happened since we last met", ItemPurpose.INFORMATION),
    ("What matters most to people at home", ItemPurpose.DISCUSSION),
    ("Who visits when something stops working", ItemPurpose.DECISION),
]
_NOTE = (
    "People spoke about what helps them at home and what gets in the way.\n\n"
    "- Calls should not come before 10am.\n- One number to ring, answered by a person.\n\n"
    "The team will bring a plan to the next meeting, with the costs of each way."
)
Held = tuple[Meeting, Gathered]


def hold(
    count: int, gathered: list[Gathered], team: dict[str, User], today: dt.date
) -> list[Held]:
    """Write meetings of every group, the newest one ahead, and return those that are over."""
    references = References("M")
    both = list(_plan(count, gathered, team["involvement"], today, references))
    meetings = save(Meeting, (meeting for meeting, _ in both))
    held = list(zip(meetings, (each for _, each in both), strict=True))
    over = [(m, each) for m, each in held if m.state == MeetingState.RECORDED]
    _invite(held, team["involvement"])
    items = save(
        AgendaItem,
        (
            AgendaItem(meeting=meeting, position=place, title=title, purpose=purpose)
            for meeting in meetings
            for place, (title, purpose) in enumerate(_ITEMS, start=1)
        ),
    )
    papers = (item for item in items if item.purpose == ItemPurpose.DISCUSSION)
    write(Paper, (_paper(item, team["involvement"]) for item in papers))
    _minute(over, items, team["involvement"])
    _decide(over, items, team["involvement"])
    return over


def _plan(
    count: int,
    gathered: list[Gathered],
    planner: User,
    today: dt.date,
    references: References,
) -> Iterator[Held]:
    for number in range(count):
        each = gathered[number % len(gathered)]
        back = number // len(gathered)
        # The newest meeting of each group is some days ahead, the rest four weeks apart.
        ahead = number % len(gathered) % _DAYS_BETWEEN + 1
        day = today + dt.timedelta(days=ahead - back * _DAYS_BETWEEN)
        yield (
            Meeting(
                reference=references.new(),
                group=each.group,
                date=day,
                start_time=dt.time(10),
                end_time=dt.time(12),
                starts_at=at(day, 10),
                ends_at=at(day, 12),
                break_time=dt.time(11),
                break_minutes=15,
                mode=MeetingMode.HYBRID,
                venue="Millbrook Library",
                venue_address="High Street, Millbrook NS2 1AA",
                join_link="https://meet.example/room",
                state=MeetingState.RECORDED if day < today else MeetingState.PUBLISHED,
                planned_by=planner,
                published_at=_published(day),
                published_by=planner,
            ),
            each,
        )


def _published(day: dt.date) -> dt.datetime:
    return at(day - dt.timedelta(days=20), 9)


def _invite(held: list[Held], by: User) -> None:
    write(
        Invitation,
        (
            _invitation(meeting, person, by)
            for meeting, each in held
            for person in each.people
        ),
    )
    references = References("N")
    notices = save(
        Notice,
        (
            Notice(
                reference=references.new(),
                occasion=occasions.INVITATION,
                about=meeting.reference,
                stage=Stage.FIRST,
                purpose=Purpose.MEETINGS,
                title=f"Invitation: {each.group.name}",
                planned_at=_published(meeting.date),
                planned_by=by,
            )
            for meeting, each in held
        ),
    )
    letters = References("L")
    write(
        Delivery,
        (
            Delivery(
                reference=letters.new(),
                notice=notice,
                person_id=person.pk,
                channel=person.channel,
                print_size=person.print_size,
                subject="You are invited to our next meeting",
                body="Our next meeting is soon. Please tell us if you are coming.",
                due_at=_published(meeting.date),
                state=DeliveryState.HANDED_OVER,
                sent_at=meeting.published_at,
                sent_by_name=by.name,
            )
            for notice, (meeting, each) in zip(notices, held, strict=True)
            for person in each.people
        ),
    )


def _invitation(meeting: Meeting, person: Known, by: User) -> Invitation:
    reply = CHANCE.choice([Reply.COMING, Reply.COMING, Reply.NOT_COMING, Reply.NONE])
    said = reply != Reply.NONE
    return Invitation(
        meeting=meeting,
        person_id=person.pk,
        reply=reply,
        join_mode=JoinMode.ROOM if reply == Reply.COMING else "",
        replied_at=meeting.published_at if said else None,
        replied_by=person.name if said else None,
        reply_route=ReplyRoute.PHONE if said else "",
        recorded_by=by if said else None,
    )


def _paper(item: AgendaItem, by: User) -> Paper:
    return Paper(
        item=item,
        title="What people told us this year",
        author="The involvement team",
        in_short="Forty people told us what helps them at home.",
        body=_NOTE,
        added_by=by,
    )


def register(over: list[Held], by: User) -> Iterable[tuple[Held, Known]]:
    """Write who came to the meetings that are over: everybody did, for the whole time."""
    came = [(held, person) for held in over for person in held[1].people]
    write(
        Attendance,
        (
            Attendance(
                meeting=meeting,
                person_id=person.pk,
                status=AttendanceStatus.PRESENT,
                join_mode=JoinMode.ROOM,
                minutes=MINUTES_LONG,
                recorded_at=meeting.ends_at,
                recorded_by=by,
            )
            for (meeting, _each), person in came
        ),
    )
    return came


def _minute(over: list[Held], items: list[AgendaItem], by: User) -> None:
    newest_first: dict[int, Meeting] = {}
    rows = []
    for meeting, each in over:
        later = newest_first.get(each.group.pk)
        newest_first[each.group.pk] = meeting
        out = meeting.ends_at + dt.timedelta(days=3)
        rows.append(
            Minutes(
                meeting=meeting,
                state=MinutesState.APPROVED if later else MinutesState.CIRCULATED,
                attribution=AttributionMode.ROLE,
                started_by=by,
                circulated_at=out,
                circulated_by=by,
                corrections_until=out.date() + dt.timedelta(days=14),
                approved_at=later.ends_at if later else None,
                approved_by=by if later else None,
                approved_meeting=later,
            )
        )
    minutes = {row.meeting_id: row for row in save(Minutes, rows)}
    write(
        MinutesSection,
        (
            MinutesSection(minutes=minutes[item.meeting_id], item=item, text=_NOTE)
            for item in items
            if item.meeting_id in minutes
        ),
    )


def _decide(over: list[Held], items: list[AgendaItem], by: User) -> None:
    """Let every third meeting have decided something, with what each person thought."""
    wanted = {meeting.pk: (meeting, each) for meeting, each in over[::3]}
    references = References("DN")
    decisions = save(
        Decision,
        (
            Decision(
                reference=references.new(),
                item=item,
                wording="Visits come from the council’s own team, on weekdays.",
                held_by=HeldBy.GROUP,
                rule=DecisionRule.CONSENT,
                outcome=DecisionOutcome.AGREED,
                present_count=len(wanted[item.meeting_id][1].people),
                quorum_met=True,
                recorded_by=by,
            )
            for item in items
            if item.purpose == ItemPurpose.DECISION and item.meeting_id in wanted
        ),
    )
    write(
        DecisionOption,
        (
            DecisionOption(
                decision=decision, position=place, text=text, chosen=place == 1
            )
            for decision in decisions
            for place, text in enumerate(
                ["The council’s own team", "A company"], start=1
            )
        ),
    )
    write(
        DecisionView,
        (
            DecisionView(
                decision=decision,
                person_id=person.pk,
                stance=Stance.SUPPORT,
                said_at=decision.recorded_at,
                said_by=by.name,
            )
            for decision in decisions
            for person in wanted[decision.item.meeting_id][1].people
        ),
    )
