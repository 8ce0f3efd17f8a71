"""The register of a meeting: who came, how, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from coprod.core import audit, transitions
from coprod.core.actors import Actor
from coprod.core.dates import duration
from coprod.core.errors import RuleBroken
from meetings import permissions
from meetings.enums import (
    MEETING_TRANSITIONS,
    THERE,
    AttendanceStatus,
    JoinMode,
    MeetingState,
)
from meetings.models import Attendance, Meeting


@dataclass(frozen=True)
class AttendanceRow:
    """What the register says of one person. Minutes count only when she was there."""

    person_id: int
    status: str
    join_mode: str = ""
    minutes: int = 0
    supported_by: str = ""


def record_attendance(
    *, meeting: Meeting, by: Actor, rows: Sequence[AttendanceRow]
) -> list[Attendance]:
    """Write the register of a meeting that has begun, and return it in the order given.

    People not in `rows` keep what they had; a row given again takes the place of the first, with
    the old one in the trail. Only people invited can be in it. It drafts no claim: that is a
    payments action, which calls this one. Raises ActionDenied, and RuleBroken for minutes beyond
    the planned length and an hour.
    """
    permissions.check_can_record_attendance(by, meeting)
    invited = set(meeting.invitations.values_list("person_id", flat=True))
    for row in rows:
        _check(row, meeting, invited)
    with transaction.atomic():
        if meeting.state == MeetingState.PUBLISHED:
            transitions.move(
                meeting, table=MEETING_TRANSITIONS, to=MeetingState.RECORDED
            )
        before = {row.person_id: row for row in meeting.attendances.all()}
        kept = [_write(row, before.get(row.person_id), meeting, by) for row in rows]
        audit.record(
            by=by,
            verb="recorded attendance",
            on=meeting,
            changes={
                "people": [
                    len(before),
                    len(before.keys() | {r.person_id for r in rows}),
                ]
            },
        )
    return kept


def _check(row: AttendanceRow, meeting: Meeting, invited: set[int]) -> None:
    if row.person_id not in invited:
        raise RuleBroken("Somebody in this list was not invited. Invite them first.")
    if row.status not in AttendanceStatus.values:
        raise RuleBroken("Choose if each person came.")
    if row.join_mode and row.join_mode not in JoinMode.values:
        raise RuleBroken("Choose how each person joined.")
    most = meeting.most_minutes
    if not 0 <= row.minutes <= most:
        raise RuleBroken(
            f"This meeting was planned for {duration(meeting.planned_minutes)}. "
            f"Give a time between 0 and {duration(most)}.",
            field="minutes",
        )
    if row.status in THERE and row.minutes == 0:
        raise RuleBroken(
            "Say how long each person who came was there.", field="minutes"
        )


def _write(
    row: AttendanceRow, old: Attendance | None, meeting: Meeting, by: Actor
) -> Attendance:
    there = row.status in THERE
    values = {
        "status": row.status,
        "join_mode": row.join_mode if there else "",
        "minutes": row.minutes if there else 0,
        "supported_by": row.supported_by if there else "",
    }
    changes = {
        name: [getattr(old, name), value]
        for name, value in values.items()
        if old is not None and getattr(old, name) != value
    }
    if old is not None and not changes:
        return old
    kept, _ = Attendance.objects.update_or_create(
        meeting=meeting,
        person_id=row.person_id,
        defaults={**values, "recorded_at": timezone.now(), "recorded_by": by.user},
    )
    if changes:
        audit.record(
            by=by,
            verb="changed attendance",
            on=meeting,
            about_person_id=row.person_id,
            changes=changes,
        )
    return kept
