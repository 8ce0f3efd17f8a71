from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from coprod.core.transitions import move
from groups.notices import actions as notices
from groups.people.enums import GivenHow, Purpose
from groups.people.models import Person
from meetings.models import Meeting
from payments import emails, permissions, queries
from payments.actions import lines
from payments.actions.steps import record_step
from payments.enums import CLAIM_TRANSITIONS, ClaimState, OfferAnswer
from payments.models import Claim, ClaimLine, Payee


class AlreadyClaimed(RuleBroken):
    """The time is in another claim; `claim` is that one, so that the page can link to it."""

    def __init__(self, message: str, *, claim: Claim) -> None:
        super().__init__(message, field="meetings")
        self.claim = claim


def draft_claim(*, person: Person, by: Actor, meetings: Sequence[Meeting]) -> Claim:
    """Start a claim for meetings the person was at, one line of time for each.

    The minutes come from the register and the rate from the day of each meeting. Raises
    ActionDenied, RuleBroken when she was not there or no policy covers a day, and
    AlreadyClaimed when the time is in another claim.
    """
    permissions.check_can_help(by, person.pk)
    if not meetings:
        raise RuleBroken("Choose at least one meeting.", field="meetings")
    with transaction.atomic():
        claim = open_claim(person=person, by=by, meetings=meetings)
        lines.name_helper(claim=claim, by=by)
    return claim


def open_claim(*, person: Person, by: Actor, meetings: Sequence[Meeting]) -> Claim:
    """Write a draft claim for these meetings; asks no permission, its callers have.

    Raises RuleBroken and AlreadyClaimed as `draft_claim` does.
    """
    codes = {queries.cost_code_of(meeting.group_id) for meeting in meetings}
    if len(codes) > 1:
        raise RuleBroken("Please make one claim for each group.", field="meetings")
    minutes = {meeting.pk: _minutes_there(person, meeting) for meeting in meetings}
    with transaction.atomic():
        claim = Claim.objects.create(
            person=person,
            payee=Payee.objects.filter(person=person).first(),
            cost_code=codes.pop(),
            drafted_by=by.user,
        )
        for meeting in meetings:
            _add_time(claim, meeting, minutes[meeting.pk])
        record_step(claim=claim, by=by, what="drafted")
        audit.record(
            by=by,
            verb="drafted",
            on=claim,
            about_person_id=person.pk,
            changes={"meetings": [[], [meeting.reference for meeting in meetings]]},
        )
    return claim


def _minutes_there(person: Person, meeting: Meeting) -> int:
    """Return her minutes in the register, and refuse when she was not there or has claimed."""
    attendance = meeting.attendances.filter(person=person).first()
    if attendance is None or not attendance.minutes:
        raise RuleBroken(
            f"Our record does not show you at the meeting on "
            f"{dates.long_date(meeting.date)}. If you were there, ring us and we will put it right.",
            field="meetings",
        )
    line = queries.time_line_of(person.pk, meeting.pk)
    if line is not None:
        raise _already(meeting, line.claim)
    return attendance.minutes


def _already(meeting: Meeting, claim: Claim) -> AlreadyClaimed:
    return AlreadyClaimed(
        f"There is already a claim for the meeting on {dates.long_date(meeting.date)}: "
        f"{claim.reference}.",
        claim=claim,
    )


def _add_time(claim: Claim, meeting: Meeting, minutes: int) -> None:
    offer = queries.offer_for(claim.person_id, meeting.pk)
    answer = queries.answer_to(offer)
    try:
        with transaction.atomic():
            lines.add_time_line(
                claim=claim,
                meeting=meeting,
                minutes=minutes,
                offered=offer is not None,
                answer=answer,
            )
    except IntegrityError as lost:
        # Somebody else claimed the same time between our look and our write; the database holds.
        line = queries.time_line_of(claim.person_id, meeting.pk)
        if line is None:
            raise
        raise _already(meeting, line.claim) from lost


def submit_claim(
    *,
    claim: Claim,
    by: Actor,
    told_how: str,
    version: int | None = None,
    late_reason: str = "",
) -> Claim:
    """Send a claim in, declared true by the member or read back to her.

    `told_how` is ONLINE for the member and her supporter; staff say how she told them, and what
    they entered is read back to her in her own channel. `version` is that of the page she read.
    A claim that comes to nothing is closed as nothing to pay. Sets the day by which she should
    have the money: working days from today, from the policy. A claim that comes later than the
    policy asks for is taken with a `late_reason`, for the approver to decide. Raises ActionDenied,
    InvalidTransition, or RuleBroken when a choice, a receipt or that reason is still open.
    """
    with transaction.atomic():
        permissions.check_can_submit_claim(by, claim)
        if version is not None and version != claim.version:
            raise InvalidTransition(
                "This claim has changed since you looked at it. Read it again, then send it."
            )
        is_entered = by.person_id != claim.person_id
        if is_entered and told_how not in set(GivenHow.values) - {GivenHow.ONLINE}:
            raise RuleBroken("Say how they told you.", field="told_how")
        _check_can_be_sent(claim)
        lines.touch(claim=claim, by=by)
        lines.settle_miles(claim=claim)
        rows = queries.lines_of(claim)
        sums = queries.sums(rows)
        late_reason = _why_late(claim, rows, late_reason)
        move(
            claim,
            table=CLAIM_TRANSITIONS,
            to=ClaimState.SUBMITTED if sums.total else ClaimState.NOTHING,
            unchanged=("version",),
            values={
                "submitted_at": timezone.now(),
                "submitted_by": by.user,
                "declared_words": emails.DECLARATION,
                "told_how": told_how,
                "late_reason": late_reason,
                "pay_by_date": queries.promised_date(rows) if sums.total else None,
                "verified_at": None,
                "verified_by": None,
            },
        )
        record_step(claim=claim, by=by, what="sent in")
        audit.record(
            by=by,
            verb="sent in",
            on=claim,
            about_person_id=claim.person_id,
            changes={"pence": [0, sums.total], "told how": ["", told_how]},
            reason=late_reason,
        )
        _tell_sent(claim, by, is_entered=is_entered)
    return claim


def _why_late(claim: Claim, rows: list[ClaimLine], reason: str) -> str:
    """Return the reason of a late claim, and refuse one without; nothing for one in time."""
    if not queries.late_words(claim, rows):
        return ""
    reason = reason.strip()
    if not reason:
        raise RuleBroken("Say why the claim is late", field="late_reason")
    return reason


def _check_can_be_sent(claim: Claim) -> None:
    """Refuse while an offer has no answer, or the member wants advice first."""
    for meeting, answer in queries.choices_of(claim):
        day = dates.long_date(meeting.date)
        if answer == OfferAnswer.ADVICE:
            raise RuleBroken(
                f"You asked for advice first about {day}. Choose again when you are ready."
            )
        if not answer:
            raise RuleBroken(f"Choose what you want for your time on {day}.")


def _tell_sent(claim: Claim, by: Actor, *, is_entered: bool) -> None:
    """Owe the member her own copy of what was sent, so that a slip of the ear is found."""
    notices.withdraw(
        by=by,
        occasion=None,
        about=claim.reference,
        reason="The claim was sent in since.",
    )
    is_read_back = is_entered or by.is_supporter
    message = emails.read_back(claim, by) if is_read_back else emails.sent(claim)
    notices.plan_notice(
        by=by,
        occasion="claim.read_back" if is_read_back else "claim.sent",
        about=claim.reference,
        version=claim.version,
        purpose=Purpose.MONEY,
        title=message.subject,
        messages=[message],
        due_at=timezone.now(),
    )


def withdraw_claim(*, claim: Claim, by: Actor, reason: str = "") -> Claim:
    """Take a claim back before it has been checked; its time may then be claimed again.

    Raises ActionDenied once it has been checked, InvalidTransition when somebody was faster.
    """
    with transaction.atomic():
        permissions.check_can_withdraw_claim(by, claim)
        lines.name_helper(claim=claim, by=by)
        call_off(claim=claim, by=by, reason=reason)
    return claim


def call_off(*, claim: Claim, by: Actor, reason: str) -> None:
    """Mark a claim taken back and free its time; asks no permission, its callers have."""
    before = claim.state
    move(
        claim, table=CLAIM_TRANSITIONS, to=ClaimState.WITHDRAWN, unchanged=("version",)
    )
    claim.lines.update(counts=False)
    record_step(claim=claim, by=by, what="taken back", words=reason)
    notices.withdraw(
        by=by, occasion=None, about=claim.reference, reason="The claim was taken back."
    )
    audit.record(
        by=by,
        verb="took back",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [before, claim.state]},
        reason=reason,
    )
