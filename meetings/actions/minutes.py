"""Writing minutes, sending them out, putting them right and having them approved."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from coprod.core import audit, dates, transitions
from coprod.core.actors import Actor
from coprod.core.errors import EditConflict, InvalidTransition, RuleBroken
from coprod.core.words import tidy
from groups.governance.enums import AttributionMode
from groups.notices import actions as notices
from groups.people.enums import Purpose
from groups.people.models import Person
from meetings import minutes_messages, minutes_queries, occasions, permissions
from meetings.enums import (
    CORRECTION_TRANSITIONS,
    MINUTES_TRANSITIONS,
    CorrectionState,
    MeetingState,
    MinutesState,
)
from meetings.models import Correction, Meeting, Minutes, MinutesSection, Revision

# Ten working days to ask for corrections (practice.md, defaults: draft minutes).
CORRECTION_WORKING_DAYS = 10


class NoteChangedFirst(EditConflict):
    """Somebody else saved this note first. What was typed is kept aside in `kept`."""

    def __init__(self, *, kept: Revision, theirs: MinutesSection) -> None:
        super().__init__(
            "Somebody else saved this note first. Both texts are kept.",
            yours=kept.text,
            theirs=theirs.text,
            version=theirs.version,
        )
        self.kept = kept


def start_minutes(*, meeting: Meeting, by: Actor) -> Minutes:
    """Open the minutes of a meeting, with an empty note for each item, and return them.

    The way names are shown is taken from the group now and stays (practice.md 1.7). Done twice, the
    second returns what the first made. Raises ActionDenied, or RuleBroken before it is written
    down who came.
    """
    permissions.check_can_write_minutes(by, meeting)
    if meeting.state != MeetingState.RECORDED:
        raise RuleBroken("First record who came. The minutes begin with that.")
    with transaction.atomic():
        minutes, is_new = Minutes.objects.get_or_create(
            meeting=meeting,
            defaults={"attribution": meeting.group.attribution, "started_by": by.user},
        )
        if is_new:
            MinutesSection.objects.bulk_create(
                MinutesSection(minutes=minutes, item=item)
                for item in meeting.items.order_by("position")
            )
            audit.record(by=by, verb="started minutes", on=meeting)
    return minutes


def save_section(
    *, by: Actor, section: MinutesSection, text: str, version: int
) -> MinutesSection:
    """Keep the note of one item, if it is still the version the writer began from.

    Raises ActionDenied once the minutes have gone out or are approved. Raises NoteChangedFirst when
    somebody else saved first; by then the loser's text is kept aside as a revision, so the
    caller must let the transaction commit.
    """
    permissions.check_can_change_notes(by, section.minutes)
    text = tidy(text).strip()
    kept = None
    with transaction.atomic():
        hold(section.minutes)
        if not _write(section, text=text, version=version, by=by):
            section.refresh_from_db()
            if section.text == text:
                return section
            kept = Revision.objects.create(
                section=section,
                version=version,
                text=text,
                kept_aside=True,
                saved_by=by.user,
            )
        audit.record(
            by=by,
            verb="kept note aside" if kept else "wrote note",
            on=section.minutes.meeting,
            changes={
                "item": ["", section.item.position],
                "version": [version, section.version],
            },
        )
    if kept:
        raise NoteChangedFirst(kept=kept, theirs=section)
    return section


def hold(minutes: Minutes) -> None:
    """Hold the minutes in their state until the end of the transaction.

    An update that changes nothing takes the row's lock, so that sending out or approving at the
    same moment waits, or has already been seen. Raises InvalidTransition in the second case.
    """
    if not Minutes.objects.filter(pk=minutes.pk, state=minutes.state).update(
        state=minutes.state
    ):
        raise InvalidTransition(
            "These minutes have just moved on. Look at the page again."
        )


def _write(section: MinutesSection, *, text: str, version: int, by: Actor) -> bool:
    now = timezone.now()
    written = MinutesSection.objects.filter(pk=section.pk, version=version).update(
        text=text, version=F("version") + 1, edited_at=now, edited_by=by.user
    )
    if not written:
        return False
    section.text, section.version = text, version + 1
    section.edited_at, section.edited_by = now, by.user
    Revision.objects.create(
        section=section, version=section.version, text=text, saved_by=by.user
    )
    return True


def circulate(
    *, minutes: Minutes, by: Actor, now: dt.datetime | None = None
) -> Minutes:
    """Send the draft to everybody invited, each in her own way, and open it for corrections.

    Corrections can be asked for until `last_day_for_corrections`. People who get letters get the words themselves. Raises RuleBroken when
    an item has no note, or when a note names somebody in a group that shows no names.
    """
    permissions.check_can_change_notes(by, minutes)
    now = now or timezone.now()
    with transaction.atomic():
        transitions.move(
            minutes,
            table=MINUTES_TRANSITIONS,
            to=MinutesState.CIRCULATED,
            values={
                "circulated_at": now,
                "circulated_by": by.user,
                "corrections_until": last_day_for_corrections(
                    minutes, today=dates.local(now).date()
                ),
            },
        )
        report = minutes_queries.report_of(minutes)
        _check_ready(report)
        audit.record(by=by, verb="sent out draft minutes", on=minutes.meeting)
        _tell_everybody(report, by=by, now=now)
    return minutes


def last_day_for_corrections(minutes: Minutes, *, today: dt.date) -> dt.date:
    """Return the last day to ask, when the draft goes out today.

    Ten working days, but never later than the day before the meeting that will be asked to
    approve: from then on the words are frozen.
    """
    last = dates.add_working_days(today, CORRECTION_WORKING_DAYS)
    meeting = minutes_queries.next_meeting_after(minutes.meeting)
    if meeting is None:
        return last
    day_before = dates.local(meeting.starts_at).date() - dt.timedelta(days=1)
    return max(today, min(last, day_before))


def _check_ready(report: minutes_queries.Report) -> None:
    empty = [str(part.item.position) for part in report.parts if not part.section.text]
    if empty:
        raise RuleBroken(f"Write a note first for item {' and '.join(empty)}.")
    if report.minutes.attribution == AttributionMode.NAMED:
        return
    for person in minutes_queries.people_with_a_part(report.meeting):
        # One word may be an ordinary word as well ("Will"), so only whole names are looked for.
        if " " in person.known_as:
            _check_not_named(report, person.known_as)


def _check_not_named(report: minutes_queries.Report, name: str) -> None:
    for part in report.parts:
        said = [part.section.text]
        if part.card:
            said += [part.card.decision.wording, part.card.decision.how]
        said += [line.action.words for line in part.actions]
        if any(name in text for text in said):
            raise RuleBroken(
                f"Item {part.item.position} names {name}. "
                "This group shows no names, so write it another way."
            )


def _tell_everybody(
    report: minutes_queries.Report, *, by: Actor, now: dt.datetime
) -> None:
    notices.plan_notice(
        by=by,
        occasion=occasions.MINUTES_DRAFT,
        about=report.meeting.reference,
        purpose=Purpose.MEETINGS,
        title=minutes_messages.draft_subject(report.meeting),
        messages=minutes_messages.draft(report),
        due_at=now,
        can_be_undone=True,
    )


def ask_for_correction(
    *,
    section: MinutesSection,
    person: Person,
    words: str,
    by: Actor,
    now: dt.datetime | None = None,
) -> Correction:
    """Keep a person's request to put one note right, in her own words, and return it.

    She was invited to the meeting or was there. When staff or a supporter write it for her the record
    names both. Raises ActionDenied, or RuleBroken for somebody who has no part in the meeting.
    """
    now = now or timezone.now()
    minutes = section.minutes
    permissions.check_can_ask_for_correction(
        by, minutes, person.pk, dates.local(now).date()
    )
    meeting = minutes.meeting
    if not (
        meeting.invitations.filter(person=person).exists()
        or meeting.attendances.filter(person=person).exists()
    ):
        raise RuleBroken(
            "Choose somebody who was asked to this meeting.", field="person"
        )
    with transaction.atomic():
        hold(minutes)
        correction = Correction.objects.create(
            minutes=minutes,
            section=section,
            asked_for=person,
            words=tidy(words).strip(),
            asked_at=now,
            asked_by=said_by(by, person),
        )
        audit.record(
            by=by,
            verb="asked for correction",
            on=meeting,
            about_person_id=person.pk,
            changes={"item": ["", section.item.position]},
        )
    return correction


def said_by(by: Actor, person: Person) -> str:
    """Return who said or wrote something: the person herself, or somebody for her."""
    if by.person_id == person.pk and not by.is_supporter:
        return person.known_as
    return f"{by.name}, for {person.known_as}"[:120]


def answer_correction(
    *,
    correction: Correction,
    by: Actor,
    accepted: bool,
    answer: str,
    new_text: str = "",
    version: int | None = None,
) -> Correction:
    """Answer a request: put the note right, or say why it stays. She is told in her own way.

    `answer` is shown with the minutes and always needed. `new_text` replaces the note when it is
    accepted. Raises ActionDenied, InvalidTransition when it was answered already, or
    EditConflict when the note has changed since `version`.
    """
    permissions.check_can_answer_corrections(by)
    section, minutes = correction.section, correction.minutes
    now = timezone.now()
    if minutes.state != MinutesState.CIRCULATED:
        raise RuleBroken("These minutes are approved, so their words cannot change.")
    with transaction.atomic():
        hold(minutes)
        transitions.move(
            correction,
            table=CORRECTION_TRANSITIONS,
            to=CorrectionState.ACCEPTED if accepted else CorrectionState.NOT_ACCEPTED,
            message="Somebody has already answered this.",
            values={
                "answer": tidy(answer).strip(),
                "answered_at": now,
                "answered_by": by.user,
            },
        )
        text = tidy(new_text).strip()
        if accepted and text and text != section.text:
            _correct(section, text=text, version=version or section.version, by=by)
        audit.record(
            by=by,
            verb="accepted correction" if accepted else "did not accept correction",
            on=minutes.meeting,
            about_person_id=correction.asked_for_id,
            changes={"item": ["", section.item.position]},
        )
        _tell_the_asker(correction, by=by, now=now)
    return correction


def _correct(section: MinutesSection, *, text: str, version: int, by: Actor) -> None:
    if not _write(section, text=text, version=version, by=by):
        section.refresh_from_db()
        raise EditConflict(
            "Somebody else has just changed this note. Look at it again below.",
            yours=text,
            theirs=section.text,
            version=section.version,
        )


def _tell_the_asker(correction: Correction, *, by: Actor, now: dt.datetime) -> None:
    notices.plan_notice(
        by=by,
        occasion="minutes.correction",
        about=correction.minutes.meeting.reference,
        version=correction.pk,
        purpose=Purpose.MEETINGS,
        title="Answer to a correction",
        messages=[minutes_messages.answer(correction)],
        due_at=now,
    )


def approve_minutes(*, minutes: Minutes, at_meeting: Meeting, by: Actor) -> Minutes:
    """Record that a later meeting of the group approved the minutes. From then on nothing changes.

    The SHA-256 of all they say is kept. Raises RuleBroken while a correction has no answer, or for a
    meeting of another group, an earlier one, one that has not begun, or one that was over before
    the draft went out.
    """
    permissions.check_can_write_minutes(by, minutes.meeting)
    if at_meeting not in minutes_queries.meetings_that_can_approve(minutes):
        raise RuleBroken(
            "Choose a later meeting of this group that has begun.", field="at_meeting"
        )
    with transaction.atomic():
        transitions.move(
            minutes,
            table=MINUTES_TRANSITIONS,
            to=MinutesState.APPROVED,
            values={
                "approved_at": timezone.now(),
                "approved_by": by.user,
                "approved_meeting": at_meeting,
            },
        )
        report = minutes_queries.report_of(minutes)
        if report.open_corrections:
            raise RuleBroken("Answer every correction first.")
        minutes.approved_sha256 = minutes_queries.fingerprint(report)
        minutes.save(update_fields=["approved_sha256"])
        audit.record(
            by=by,
            verb="recorded approval of minutes",
            on=minutes.meeting,
            changes={
                "at": ["", at_meeting.reference],
                "sha256": ["", minutes.approved_sha256],
            },
        )
    return minutes
