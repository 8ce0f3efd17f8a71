from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.notices import actions as notices
from groups.people.enums import Purpose
from meetings.actions import attendance as register
from meetings.actions.attendance import AttendanceRow
from meetings.models import Attendance, Meeting
from payments import emails, queries
from payments.actions import claims, lines
from payments.enums import WITH_THE_MEMBER, LineKind
from payments.models import Claim, ClaimLine


def record_attendance_and_draft(
    *, meeting: Meeting, by: Actor, rows: Sequence[AttendanceRow]
) -> list[Claim]:
    """Record who came and draft a claim for everyone who was offered payment, in one transaction.

    Recording again corrects the register: a claim still with the member is priced again, or
    called off when she was not there. Staff come in paid time, have no offer and get no claim. Each
    new claim owes its member one message. Raises ActionDenied and RuleBroken of the register;
    RuleBroken when a correction would change a claim that has been sent in.
    """
    with transaction.atomic():
        before = {line.person_id: line for line in queries.time_lines_at(meeting)}
        recorded = register.record_attendance(meeting=meeting, by=by, rows=rows)
        offers = queries.offers_at(meeting)
        drafted: list[Claim] = []
        for attendance in recorded:
            line = before.get(attendance.person_id)
            if line is not None:
                _correct(line, attendance, by)
            elif attendance.minutes and attendance.person_id in offers:
                drafted.append(
                    claims.open_claim(
                        person=offers[attendance.person_id].person,
                        by=by,
                        meetings=[meeting],
                    )
                )
        for claim in drafted:
            _tell_drafted(claim, by)
    return drafted


def _correct(line: ClaimLine, attendance: Attendance, by: Actor) -> None:
    """Bring the line of a claim in step with the register, or refuse when it has been sent in."""
    if int(line.quantity) == attendance.minutes:
        return
    if line.claim.state not in WITH_THE_MEMBER:
        raise RuleBroken(
            f"{line.person.known_as} has already sent in claim {line.claim.reference} for "
            f"{dates.duration(int(line.quantity))}. Ask for the claim to be returned first."
        )
    if attendance.minutes:
        answer = queries.answer_to(queries.offer_for(line.person_id, line.meeting_id))
        lines.price_time_line(line=line, answer=answer, minutes=attendance.minutes)
        return
    reason = "We put our record of who came right."
    others = line.claim.lines.filter(kind=LineKind.INVOLVEMENT).exclude(pk=line.pk)
    if others.exists():
        line.claim.lines.filter(meeting_id=attendance.meeting_id).delete()
    else:
        claims.call_off(claim=line.claim, by=by, reason=reason)


def _tell_drafted(claim: Claim, by: Actor) -> None:
    message = emails.drafted(claim)
    notices.plan_notice(
        by=by,
        occasion="claim.drafted",
        about=claim.reference,
        purpose=Purpose.MONEY,
        title=message.subject,
        messages=[message],
        due_at=timezone.now(),
    )
