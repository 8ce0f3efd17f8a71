"""The groups, the project and the meetings of the demonstration."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.home.demo import words
from coprod.home.demo.cast import Cast
from coprod.home.demo.clock import at, on
from groups.governance import actions as groups
from groups.governance.enums import (
    AttributionMode,
    DecisionRule,
    GroupKind,
    OfficeKind,
    SeatCategory,
)
from groups.governance.models import Group
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.projects import actions as projects
from groups.projects.enums import Stage
from meetings.actions import access, agenda, papers, planning, replies, series, to_do
from meetings.actions import decisions as deciding
from meetings.actions import minutes as writing
from meetings.actions.attendance import AttendanceRow
from meetings.enums import (
    ArrangementState,
    AttendanceStatus,
    DecisionOutcome,
    Frequency,
    HeldBy,
    HolidayRule,
    ItemPurpose,
    JoinMode,
    MeetingMode,
    Reply,
    ReplyRoute,
    Stance,
)
from meetings.models import Meeting
from meetings.recurrence import rule_for
from payments.actions import attendance as register
from payments.actions import offers
from payments.models import CostCode, GroupCostCode

_SEATS: list[tuple[str, str, str, bool, str]] = [
    (
        "bernadette",
        SeatCategory.MEMBER,
        "Co-chair with lived experience",
        True,
        OfficeKind.CO_CHAIR,
    ),
    ("marian", SeatCategory.MEMBER, "", True, ""),
    ("dot", SeatCategory.MEMBER, "", True, ""),
    ("owen", SeatCategory.MEMBER, "", True, ""),
    ("yusuf", SeatCategory.MEMBER, "", True, ""),
    ("lina", SeatCategory.MEMBER, "", True, ""),
    ("kofi", SeatCategory.MEMBER, "", True, ""),
    ("jean", SeatCategory.CARER, "", True, ""),
    ("siobhan", SeatCategory.PARTNER, "", False, ""),
    (
        "tom",
        SeatCategory.STAFF,
        "Co-chair and minute-taker",
        False,
        OfficeKind.CO_CHAIR,
    ),
]
_CAME = {
    "bernadette": (JoinMode.ROOM, 120),
    "marian": (JoinMode.ROOM, 120),
    "owen": (JoinMode.VIDEO, 120),
    "yusuf": (JoinMode.ROOM, 90),
    "lina": (JoinMode.ROOM, 120),
    "kofi": (JoinMode.VIDEO, 120),
    "dot": (JoinMode.PHONE, 75),
    "siobhan": (JoinMode.ROOM, 120),
    "tom": (JoinMode.ROOM, 120),
}


@dataclass(frozen=True)
class Days:
    """When things happen, counted from the day the demonstration is made."""

    earlier: dt.date
    last: dt.date
    next: dt.date
    after: dt.date


def days_from(today: dt.date) -> Days:
    """Return the meeting days: always Tuesdays, the next one 4 to 10 days ahead."""
    ahead = (1 - today.weekday()) % 7
    following = today + dt.timedelta(days=ahead if ahead >= 4 else ahead + 7)
    week = dt.timedelta(days=7)
    return Days(
        following - 8 * week, following - 4 * week, following, following + 4 * week
    )


def _found_boards(helen: Actor) -> Group:
    """Set up the client boards, and return the board above them, which is not yet active."""
    board = groups.create_group(
        by=helen, name="Adult Social Care Co-production Board", kind=GroupKind.STRATEGIC,
        purpose="To shape adult social care in Northshire together.", quorum_total=6,
        quorums={SeatCategory.MEMBER: 3}, meets="Every two months, County Hall and online",
    )  # fmt: skip
    for name in ("Older People’s Board", "Learning Disability Board"):
        child = groups.create_group(
            by=helen, name=name, kind=GroupKind.CLIENT, parent=board, quorum_total=4,
            purpose=f"To bring what matters to people to the {board.name}.", quorums={},
        )  # fmt: skip
        groups.activate_group(by=helen, group=child)
    return board


def found_groups(cast: Cast) -> Group:
    """Set up the board, its two client boards, and the group with everybody in their seats."""
    helen = cast.accounts["helen"]
    board = _found_boards(helen)
    group = groups.create_group(
        by=helen,
        name="Technology at Home",
        parent=Group.objects.get(name="Older People’s Board"),
        attribution=AttributionMode.ROLE,
        decision_rule=DecisionRule.CONSENT,
        quorum_total=5,
        quorums={SeatCategory.MEMBER: 3},
        **words.GROUP,
    )
    for started in (board, group):
        groups.activate_group(by=helen, group=started)
    since = dates.today() - dt.timedelta(days=300)
    for key, category, title, lived, office in _SEATS:
        seat = groups.add_seat(
            by=helen, group=group, category=category, title=title,
            lived_experience_required=lived, office=office,
        )  # fmt: skip
        groups.take_seat(
            by=helen, group=group, person=cast.people[key], seat=seat, from_date=since
        )
    groups.add_seat(
        by=helen,
        group=group,
        category=SeatCategory.CARER,
        lived_experience_required=True,
    )
    groups.give_office(
        by=helen,
        group=group,
        person=cast.people["ruth"],
        kind=OfficeKind.SPONSOR,
        from_date=since,
    )
    code = CostCode.objects.create(code="TH-4120", name="Technology at home")
    GroupCostCode.objects.create(group=group, cost_code=code)
    return group


def start_project(cast: Cast, group: Group, today: dt.date) -> None:
    """Record the project: specified and chosen together, half way into a running service."""
    priya = cast.accounts["priya"]
    begun = today - dt.timedelta(days=280)
    project = projects.start_project(
        by=priya, group=group, started_date=begun,
        first_member_involved_date=begun + dt.timedelta(days=6), **words.PROJECT,
    )  # fmt: skip
    for stage, first, last, members, staff, what in (
        (Stage.CO_DESIGN, 0, 120, 7, 3, words.STAGES[0]),
        (Stage.CO_DECISION, 110, 190, 6, 4, words.STAGES[1]),
        (Stage.CO_DELIVERY, 200, None, 5, 4, words.STAGES[2]),
    ):
        projects.enter_stage(
            by=priya, project=project, stage=stage, what_happened=what,
            from_date=begun + dt.timedelta(days=first),
            to_date=None if last is None else begun + dt.timedelta(days=last),
            member_count=members, staff_count=staff,
        )  # fmt: skip


def plan(cast: Cast, group: Group, day: dt.date, items: list[words.Item]) -> Meeting:
    """Plan a two-hour hybrid meeting with its agenda and papers."""
    tom = cast.accounts["tom"]
    meeting = planning.plan_meeting(
        by=tom, group=group, date=day, start_time=dt.time(10), end_time=dt.time(12),
        doors_time=dt.time(9, 45), break_time=dt.time(11), break_minutes=15,
        mode=MeetingMode.HYBRID, reply_by=dates.add_working_days(day, -3), **words.PLACE,
    )  # fmt: skip
    for item in items:
        row = agenda.add_item(
            by=tom, meeting=meeting, title=item.title, purpose=item.purpose,
            minutes_planned=item.minutes, introduction=item.introduction, lead=item.lead,
        )  # fmt: skip
        if item.paper:
            agenda.add_paper(by=tom, item=row, **item.paper)
    return meeting


def plan_board(cast: Cast, day: dt.date) -> None:
    """Plan half a year of a client board's meetings, every third Thursday from the month after."""
    first = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=15)
    first += dt.timedelta(days=(3 - first.weekday()) % 7)
    series.plan_series(
        by=cast.accounts["helen"], group=Group.objects.get(name="Older People’s Board"),
        rule=rule_for(Frequency.WEEKDAY, first), on_holidays=HolidayRule.SKIP, count=6,
        date=first, start_time=dt.time(14), end_time=dt.time(16), mode=MeetingMode.HYBRID,
        **words.PLACE,
    )  # fmt: skip


def publish(cast: Cast, meeting: Meeting, moment: dt.datetime) -> None:
    """Publish a meeting and let what was due by then have gone out."""
    with at(moment):
        offers.publish_meeting(meeting=meeting, by=cast.accounts["tom"])
        gone_out_by(moment + dt.timedelta(days=1))


def gone_out_by(moment: dt.datetime) -> None:
    """Let every letter, call and e-mail due by a moment of the past have been sent on its day."""
    Delivery.objects.filter(state=DeliveryState.PLANNED, due_at__lte=moment).update(
        state=DeliveryState.HANDED_OVER, sent_at=F("due_at"), sent_by_name="Priya Nair"
    )


def issue(cast: Cast, meeting: Meeting) -> None:
    """Issue the papers of the next meeting some days after the invitations."""
    moment = meeting.starts_at - dt.timedelta(days=16)
    with at(moment):
        papers.issue_papers(by=cast.accounts["tom"], meeting=meeting)
        gone_out_by(moment + dt.timedelta(days=1))


def promise(cast: Cast, meeting: Meeting) -> None:
    """Write down what somebody will do after a meeting: one member, and one body in words."""
    tom = cast.accounts["tom"]
    item = meeting.items.order_by("position")[1]
    with at(meeting.ends_at + dt.timedelta(days=2, hours=2)):
        to_do.write_action(
            by=tom, item=item, words="Take the new leaflet to the library.",
            owner=cast.people["owen"], due_date=meeting.date + dt.timedelta(days=35),
        )  # fmt: skip
        to_do.write_action(
            by=tom, item=item, words="Say how many boxes can be bought.",
            owner_words="The commissioning team",
            due_date=meeting.date + dt.timedelta(days=26),
        )  # fmt: skip


def hold(cast: Cast, meeting: Meeting) -> None:
    """Record who came to a meeting of the past, which drafts their claims."""
    tom = cast.accounts["tom"]
    with at(meeting.ends_at + dt.timedelta(hours=2)):
        rows = [
            AttendanceRow(
                cast.people[key].pk,
                AttendanceStatus.PRESENT if minutes == 120 else AttendanceStatus.PARTLY,
                mode,
                minutes,
                "Leon Okafor" if key == "marian" else "",
            )
            for key, (mode, minutes) in _CAME.items()
        ]
        rows.append(AttendanceRow(cast.people["jean"].pk, AttendanceStatus.APOLOGIES))
        register.record_attendance_and_draft(meeting=meeting, by=tom, rows=rows)
        gone_out_by(meeting.ends_at + dt.timedelta(days=1))


def minute(cast: Cast, meeting: Meeting, texts: list[str]) -> None:
    """Write the minutes of a meeting and send the draft to everybody invited."""
    tom = cast.accounts["tom"]
    with at(meeting.ends_at + dt.timedelta(days=2)):
        minutes = writing.start_minutes(meeting=meeting, by=tom)
        for section, text in zip(
            minutes.sections.order_by("item__position"), texts, strict=True
        ):
            writing.save_section(
                by=tom, section=section, text=text, version=section.version
            )


def circulate(cast: Cast, meeting: Meeting, days_later: int) -> None:
    """Send the draft minutes out a few days after the meeting."""
    moment = meeting.ends_at + dt.timedelta(days=days_later)
    with at(moment):
        writing.circulate(minutes=meeting.minutes, by=cast.accounts["tom"], now=moment)
        gone_out_by(moment + dt.timedelta(days=1))


def decide(cast: Cast, meeting: Meeting) -> None:
    """Record the decision: options, six for, one concern kept by role, two without reply."""
    tom = cast.accounts["tom"]
    item = meeting.items.get(purpose=ItemPurpose.DECISION)
    with at(meeting.ends_at + dt.timedelta(days=2, hours=1)):
        decision = deciding.record_decision(
            by=tom,
            item=item,
            wording=words.DECISION,
            options=words.OPTIONS,
            chosen=0,
            held_by=HeldBy.GROUP,
            outcome=DecisionOutcome.WITH_CONCERNS,
            how="By consent: nobody had a serious objection.",
            review_date=meeting.date + dt.timedelta(days=182),
        )
        for key in ("bernadette", "owen", "yusuf", "lina", "siobhan", "tom"):
            deciding.record_view(
                by=tom,
                decision=decision,
                person=cast.people[key],
                stance=Stance.SUPPORT,
            )
        deciding.record_view(
            by=tom, decision=decision, person=cast.people["jean"], stance=Stance.ABSTAIN
        )
        deciding.record_view(
            by=tom,
            decision=decision,
            person=cast.people["marian"],
            stance=Stance.CONCERN,
            words=words.CONCERN,
            show_as=AttributionMode.ROLE,
        )


def correct(cast: Cast, meeting: Meeting) -> None:
    """Let one member have a correction accepted, and another have asked for one yesterday."""
    tom = cast.accounts["tom"]
    sections = list(meeting.minutes.sections.order_by("item__position"))
    asked_at = meeting.ends_at + dt.timedelta(days=8)
    with at(asked_at):
        correction = writing.ask_for_correction(
            section=sections[1], person=cast.people["yusuf"], by=cast.accounts["yusuf"],
            words="It was eight people who want to keep it, not seven.", now=asked_at,
        )  # fmt: skip
        section = sections[1]
        writing.answer_correction(
            correction=correction, by=tom, accepted=True, version=section.version,
            answer="Thank you. It now says eight.",
            new_text=section.text.replace("Seven want", "Eight want"),
        )  # fmt: skip
        gone_out_by(asked_at + dt.timedelta(days=1))
    writing.ask_for_correction(
        section=sections[2], person=cast.people["owen"], by=cast.accounts["owen"],
        words="Please add that calls should not come before 10am.",
    )  # fmt: skip


def get_ready(cast: Cast, meeting: Meeting) -> None:
    """Let replies come in for the next meeting, and part of what people need be arranged."""
    tom, priya = cast.accounts["tom"], cast.accounts["priya"]

    def reply(key: str, by: Actor, answer: str, **more: object) -> None:
        invitation = meeting.invitations.get(person=cast.people[key])
        replies.record_reply(by=by, invitation=invitation, reply=answer, **more)  # type: ignore[arg-type]  # as named

    reply("owen", cast.accounts["owen"], Reply.COMING, join_mode=JoinMode.VIDEO)
    reply(
        "bernadette", cast.accounts["bernadette"], Reply.COMING, join_mode=JoinMode.ROOM
    )
    reply("yusuf", cast.accounts["yusuf"], Reply.NOT_COMING)
    reply("jean", priya, Reply.COMING, join_mode=JoinMode.PHONE, route=ReplyRoute.PHONE)
    reply(
        "lina", tom, Reply.COMING, join_mode=JoinMode.ROOM, route=ReplyRoute.IN_PERSON
    )
    for arrangement in meeting.arrangements.filter(
        person__in=[cast.people["marian"], cast.people["owen"]]
    ):
        if "taxi" not in arrangement.wording.lower():
            access.settle(by=tom, arrangement=arrangement, to=ArrangementState.ARRANGED)


def long_ago(day: dt.date) -> dt.datetime:
    return on(day - dt.timedelta(days=20), 9)
