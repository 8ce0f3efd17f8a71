"""Who must have been told of what about meetings, for the count of every day (notices.comparing)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from coprod.core import dates
from coprod.core.models import AuditEvent
from groups.governance.models import Membership
from groups.notices import reach
from groups.notices.comparing import Expected
from groups.notices.enums import DeliveryState, Stage
from groups.notices.models import Delivery
from groups.people.enums import Purpose
from meetings import occasions
from meetings.action_messages import ACTION_DUE, STAGES
from meetings.actions import reminding
from meetings.enums import MeetingState, MinutesState, Reply
from meetings.models import Action, Invitation, Meeting, Minutes


def expected(day: dt.date) -> Iterable[Expected]:
    """Return who must have been told of something about a meeting by the end of a day.

    Who is asked to a meeting to come has an invitation; the reminders of the day; the papers that
    are issued; who said yes to a cancelled meeting, word of that; and the minutes sent out on the day.
    """
    end = dates.wall_to_instant(day + dt.timedelta(days=1), dt.time(0))
    invitations = _invitations(end)
    ledger = _ledger({row.meeting.reference for row in invitations})
    serving = _serving(invitations)
    for row in invitations:
        told = ledger[row.meeting.reference]
        if row.meeting.state == MeetingState.CANCELLED:
            yield from _cancellation(row)
            continue
        yield from _invitation(row, told)
        if row.reply == Reply.NOT_COMING:
            continue
        yield from _papers(row, told)
        if (row.meeting.group_id, row.person_id) in serving:
            yield from _reminders(row, told, day)
    yield from _minutes(day, end)


def _invitations(end: dt.datetime) -> list[Invitation]:
    states = [MeetingState.PUBLISHED, MeetingState.CANCELLED]
    rows = Invitation.objects.filter(
        meeting__state__in=states,
        meeting__published_at__lt=end,
        meeting__starts_at__gt=end,
    )
    rows = rows.select_related("meeting", "person").prefetch_related(
        *reach.around("person__")
    )
    return list(rows.order_by("pk"))


@dataclass
class _Told:
    """What the ledger holds about one meeting: versions by occasion and person."""

    rows: dict[tuple[str, int], list[Delivery]] = field(
        default_factory=lambda: defaultdict(list)
    )
    version: int = 1
    issue: int = 0


def _ledger(references: set[str]) -> dict[str, _Told]:
    found: dict[str, _Told] = defaultdict(_Told)
    told_of = [occasions.INVITATION, occasions.CHANGED, occasions.PAPERS]
    rows = Delivery.objects.filter(
        notice__about__in=sorted(references), notice__occasion__in=told_of
    )
    rows = rows.select_related("notice").defer("body", "text_body", "calendar")
    for row in rows.order_by("notice__version", "pk"):
        told, notice = found[row.notice.about], row.notice
        told.rows[notice.occasion, row.person_id].append(row)
        if row.state == DeliveryState.WITHDRAWN:
            continue
        if notice.occasion == occasions.PAPERS:
            told.issue = max(told.issue, notice.version)
        else:
            told.version = max(told.version, notice.version)
    return found


def _serving(invitations: Sequence[Invitation]) -> set[tuple[int, int]]:
    groups = {row.meeting.group_id for row in invitations}
    rows = Membership.objects.serving().filter(group_id__in=groups)
    return set(rows.values_list("group_id", "person_id"))


def _expect(
    row: Invitation, occasion: str, version: int, stage: str = Stage.FIRST
) -> Expected:
    reference = row.meeting.reference
    return Expected(occasion, reference, version, str(stage), row.person_id)


def _cancellation(row: Invitation) -> Iterator[Expected]:
    if row.reply == Reply.COMING:
        yield _expect(row, occasions.CANCELLED, row.meeting.version)


def _invitation(row: Invitation, told: _Told) -> Iterator[Expected]:
    if not told.rows[occasions.CHANGED, row.person_id]:
        held = told.rows[occasions.INVITATION, row.person_id]
        version = held[-1].notice.version if held else told.version
        yield _expect(row, occasions.INVITATION, version)


def _papers(row: Invitation, told: _Told) -> Iterator[Expected]:
    if told.issue and not told.rows[occasions.PAPERS, row.person_id]:
        yield _expect(row, occasions.PAPERS, told.issue)


def _reminders(row: Invitation, told: _Told, day: dt.date) -> Iterator[Expected]:
    """Yield the reminders that fall due on this day and were still to come when she was told."""
    heard = [
        *told.rows[occasions.INVITATION, row.person_id],
        *told.rows[occasions.CHANGED, row.person_id],
    ]
    last = [each for each in heard if each.notice.version == told.version]
    if not last:
        return
    for stage, base in reminding.reminders_due(row.meeting):
        due = reach.due_for(row.person, Purpose.REMINDERS, base)
        if dates.local(base).date() == day and due > last[-1].due_at:
            yield _expect(row, occasions.REMINDER, told.version, stage)


def _minutes(day: dt.date, end: dt.datetime) -> Iterator[Expected]:
    start = dates.wall_to_instant(day, dt.time(0))
    sent_out = Minutes.objects.filter(
        circulated_at__gte=start, circulated_at__lt=end
    ).exclude(state=MinutesState.DRAFT)
    rows = Invitation.objects.filter(
        meeting__in=Meeting.objects.filter(minutes__in=sent_out)
    )
    for row in rows.select_related("meeting").order_by("pk"):
        yield _expect(row, occasions.MINUTES_DRAFT, 1)


def expected_of_actions(day: dt.date) -> Iterator[Expected]:
    """Yield each reminder of what somebody said she would do that fell due on a day. One query.

    What was moved after the day is not asked about: how it stood before is no longer known.
    """
    end = dates.wall_to_instant(day + dt.timedelta(days=1), dt.time(0))
    moved_since = AuditEvent.objects.filter(
        object_kind="action", verb="moved action", at__gte=end
    )
    due_dates = [day + dt.timedelta(days=days) for days in STAGES.days]
    rows = Action.objects.still_to_do().filter(
        owner__isnull=False, due_date__in=due_dates
    )
    rows = rows.exclude(reference__in=moved_since.values("object_ref"))
    for row in rows.order_by("pk"):
        for stage, base, _ in STAGES.moments(row.due_date):
            if dates.local(base).date() == day and base > row.written_at:
                yield Expected(
                    ACTION_DUE, row.reference, row.round, stage, row.owner_id or 0
                )
