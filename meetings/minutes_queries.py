"""Minutes as they are read: one report that the page, the PDF and the letter are made from.

How names are shown is decided here and nowhere else (practice.md 1.7), so that no copy of the
minutes can say more than the group chose.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.prepared import Prepared
from groups.governance import queries as governance
from groups.governance.enums import AttributionMode
from groups.governance.models import Group
from groups.people.enums import Capacity
from groups.people.models import Person
from meetings import permissions, queries
from meetings.action_queries import ActionLine, actions_of
from meetings.decision_queries import ROLES, DecisionCard, decision_card, shown_as
from meetings.enums import (
    THERE,
    AttendanceStatus,
    CorrectionState,
    ItemPurpose,
    JoinMode,
    MeetingState,
)
from meetings.models import (
    AgendaItem,
    Attendance,
    Correction,
    DecisionOption,
    DecisionView,
    Meeting,
    Minutes,
    MinutesSection,
)

LIVED = (Capacity.LIVED, Capacity.CARER)
_JOINED = {
    JoinMode.ROOM: "in the room",
    JoinMode.VIDEO: "by video",
    JoinMode.PHONE: "by phone",
    JoinMode.WRITTEN: "in writing",
}
_PURPOSE_COLOURS = {
    ItemPurpose.INFORMATION: "grey",
    ItemPurpose.DISCUSSION: "purple",
    ItemPurpose.DECISION: "",
}
_NAMES_SHOWN = {
    AttributionMode.NAMED: "By name.",
    AttributionMode.ROLE: "By role. No names are written down.",
    AttributionMode.NONE: "Nobody’s name or role is written down.",
}


@dataclass(frozen=True)
class WhoCame:
    """Who was there, as far as the group lets it be said."""

    came: str
    who: str
    apologies: str
    quorum: str
    names_shown: str


@dataclass(frozen=True)
class Part:
    """One agenda item with its note and its decision."""

    item: AgendaItem
    section: MinutesSection
    card: DecisionCard | None
    actions: tuple[ActionLine, ...] = ()

    @property
    def colour(self) -> str:
        return _PURPOSE_COLOURS[ItemPurpose(self.item.purpose)]

    @property
    def is_for_decision(self) -> bool:
        return self.item.purpose == ItemPurpose.DECISION

    @property
    def about(self) -> str:
        return f"for item {self.item.position}"

    @property
    def decision_link(self) -> str:
        return "Change the decision" if self.card else "Record the decision"


@dataclass(frozen=True)
class CorrectionLine:
    correction: Correction
    title: str
    story: str
    reason: str
    is_answered: bool

    @property
    def step(self) -> str:
        return "done" if self.is_answered else ""


@dataclass(frozen=True)
class Report:
    minutes: Minutes
    meeting: Meeting
    group: Group
    who: WhoCame
    parts: tuple[Part, ...]
    corrections: tuple[CorrectionLine, ...]

    @property
    def open_corrections(self) -> int:
        return sum(not line.is_answered for line in self.corrections)


# The team reads all minutes, so what it reads has one shape; for others `visible_to` decides.
_MINUTES = Prepared(
    lambda reference: Minutes.objects.filter(
        meeting__reference=reference
    ).select_related("meeting__group", "approved_meeting")
)
_SECTIONS = Prepared(
    lambda minutes_id: (
        MinutesSection.objects.filter(minutes_id=minutes_id)
        .select_related("item__decision")
        .order_by("item__position")
    )
)
_OPTIONS = Prepared(
    lambda meeting_id: DecisionOption.objects.filter(
        decision__item__meeting_id=meeting_id
    ).order_by("position", "pk")
)
_VIEWS = Prepared(
    lambda meeting_id: (
        DecisionView.objects.filter(decision__item__meeting_id=meeting_id)
        .select_related("person")
        .order_by("pk")
    )
)
_CORRECTIONS = Prepared(
    lambda minutes_id: (
        Correction.objects.filter(minutes_id=minutes_id)
        .select_related("section__item", "asked_for")
        .order_by("pk")
    )
)


def minutes_for(actor: Actor, reference: str) -> Minutes | None:
    """Return the minutes of a meeting, which the actor may read, with meeting and group, or None."""
    if actor.can(Permission.MANAGE_MEETINGS):
        rows = _MINUTES(reference)
        return rows[0] if rows else None
    visible = Minutes.objects.visible_to(actor).filter(meeting__reference=reference)
    visible = visible.select_related("meeting__group", "approved_meeting")
    found = visible.with_chair(actor).first()
    if found is not None:
        permissions.remember_chair(found.meeting, found)
    return found


def report_of(minutes: Minutes) -> Report:
    """Return everything the minutes say, in a fixed number of queries.

    `minutes` comes with its meeting and group selected.
    """
    meeting = minutes.meeting
    sections = _SECTIONS(minutes.pk)
    has_decisions = any(hasattr(section.item, "decision") for section in sections)
    options = _OPTIONS(meeting.pk) if has_decisions else []
    views = _VIEWS(meeting.pk) if has_decisions else []
    actions = actions_of(meeting.pk, minutes.attribution)
    return Report(
        minutes=minutes,
        meeting=meeting,
        group=meeting.group,
        who=who_came(meeting, minutes.attribution),
        parts=tuple(
            _part(section, options, views, actions, minutes.attribution)
            for section in sections
        ),
        corrections=tuple(_corrections(minutes)),
    )


def present_ids(meeting: Meeting) -> list[int]:
    """Return the people who were there, for all of it or a part."""
    rows = meeting.attendances.filter(status__in=THERE)
    return list(rows.values_list("person_id", flat=True))


def who_came(meeting: Meeting, mode: str) -> WhoCame:
    """Return numbers by how people joined, and names or roles as the mode allows."""
    rows = queries.who_came(meeting)
    there = [row for row in rows if row.status in THERE]
    sorry = [row for row in rows if row.status == AttendanceStatus.APOLOGIES]
    quorum = governance.quorum_of(meeting.group, [row.person_id for row in there])
    return WhoCame(
        came=_numbers(there),
        who=_people([row.person for row in there], mode),
        apologies=_people([row.person for row in sorry], mode) or _count(len(sorry)),
        quorum=quorum.words,
        names_shown=_NAMES_SHOWN[AttributionMode(mode)],
    )


def _count(number: int) -> str:
    return {0: "Nobody", 1: "1 person"}.get(number, f"{number} people")


def _numbers(there: list[Attendance]) -> str:
    if not there:
        return "Nobody"
    modes = Counter(row.join_mode for row in there)
    ways = [f"{modes[mode]} {words}" for mode, words in _JOINED.items() if modes[mode]]
    lived = sum(row.person.capacity in LIVED for row in there)
    ways_words = f": {', '.join(ways)}" if ways else ""
    have = "has" if lived == 1 else "have"
    return f"{_count(len(there))}{ways_words}. {lived} {have} lived experience."


def _people(people: list[Person], mode: str) -> str:
    if mode == AttributionMode.NAMED:
        return ", ".join(person.known_as for person in people)
    if mode == AttributionMode.NONE:
        return ""
    counts = Counter(person.capacity for person in people)
    return ", ".join(
        f"{counts[key]} {one if counts[key] == 1 else many}"
        for key, (_, one, many) in ROLES.items()
        if counts[key]
    )


def _part(
    section: MinutesSection,
    options: list[DecisionOption],
    views: list[DecisionView],
    actions: list[ActionLine],
    mode: str,
) -> Part:
    decision = getattr(section.item, "decision", None)
    card = None
    if decision is not None:
        card = decision_card(
            decision,
            [row for row in options if row.decision_id == decision.pk],
            [row for row in views if row.decision_id == decision.pk],
            mode,
        )
    return Part(
        item=section.item,
        section=section,
        card=card,
        actions=tuple(
            line for line in actions if line.action.item_id == section.item_id
        ),
    )


def _corrections(minutes: Minutes) -> Iterable[CorrectionLine]:
    for row in _CORRECTIONS(minutes.pk):
        who = shown_as(row.asked_for, minutes.attribution)
        answered = row.state != CorrectionState.ASKED
        story = f"{who} asked on {dates.long_date(row.asked_at)}."
        if row.answered_at is not None:
            story += f" {_ANSWERED[CorrectionState(row.state)]}"
            story += f" on {dates.long_date(row.answered_at)}."
        words = row.answer if row.state == CorrectionState.ACCEPTED else row.words
        yield CorrectionLine(
            correction=row,
            title=f"Item {row.section.item.position}: {words}",
            story=story,
            reason=row.answer if row.state == CorrectionState.NOT_ACCEPTED else "",
            is_answered=answered,
        )


_ANSWERED = {
    CorrectionState.ACCEPTED: "Staff put it right",
    CorrectionState.NOT_ACCEPTED: "Staff explained why it stays",
}


def fingerprint(report: Report) -> str:
    """Return the SHA-256 of all that the minutes say, in one fixed order.

    The same words always give the same value, however they are shown, and one changed letter
    gives another.
    """
    said: dict[str, object] = {
        "meeting": report.meeting.reference,
        "names": report.minutes.attribution,
        "who": [
            report.who.came,
            report.who.who,
            report.who.apologies,
            report.who.quorum,
        ],
        "parts": [
            [part.item.position, part.item.title, part.section.text, _said(part.card)]
            for part in report.parts
        ],
        "corrections": [
            [
                line.title,
                line.correction.words,
                line.correction.state,
                line.correction.answer,
            ]
            for line in report.corrections
        ],
    }
    actions = [
        [part.item.position, line.action.words, line.who, str(line.action.due_date)]
        for part in report.parts
        for line in part.actions
    ]
    # How far they have come is no part of the minutes. Minutes without any keep their mark.
    if actions:
        said["actions"] = actions
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _said(card: DecisionCard | None) -> list[object]:
    if card is None:
        return []
    decision = card.decision
    return [
        *(decision.reference, decision.wording, card.made, card.outcome, decision.how),
        decision.review_date.isoformat() if decision.review_date else "",
        list(card.other_options),
        [[tally.words, tally.count] for tally in card.tallies],
        [[quote.kicker, quote.words, quote.by] for quote in card.quotes],
    ]


def next_meeting_after(meeting: Meeting) -> Meeting | None:
    """Return when the group meets next, as far as people know: it will be asked to approve."""
    later = Meeting.objects.filter(
        group_id=meeting.group_id,
        starts_at__gt=meeting.starts_at,
        ends_at__gt=timezone.now(),
    ).exclude(state__in=[MeetingState.PLANNED, MeetingState.CANCELLED])
    return later.order_by("starts_at").first()


def meetings_that_can_approve(minutes: Minutes) -> list[Meeting]:
    """Return the group's later meetings that have begun, soonest first.

    One that was over before the draft went out cannot have seen it, so it is left out.
    """
    meeting = minutes.meeting
    later = meeting.group.meetings.filter(
        starts_at__gt=meeting.starts_at,
        starts_at__lte=timezone.now(),
        state__in=[MeetingState.PUBLISHED, MeetingState.RECORDED],
    )
    if minutes.circulated_at:
        later = later.filter(ends_at__gt=minutes.circulated_at)
    return list(later.order_by("starts_at"))


def people_with_a_part(meeting: Meeting) -> QuerySet[Person]:
    """Return who was asked to the meeting or was at it, by name."""
    asked = meeting.invitations.values("person_id")
    there = meeting.attendances.values("person_id")
    return Person.objects.filter(Q(pk__in=asked) | Q(pk__in=there)).order_by(
        "known_as", "pk"
    )
