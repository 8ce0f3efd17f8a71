"""What people are told about minutes."""

from django.urls import reverse

from coprod.core import dates
from groups.notices import queries as notices
from groups.notices.messages import Message
from groups.notices.texts import text_message
from groups.people.enums import Channel, Purpose
from groups.people.models import Person
from meetings import documents
from meetings.enums import CorrectionState
from meetings.minutes_queries import Report
from meetings.models import Correction, Meeting


def draft_subject(meeting: Meeting) -> str:
    """Return the subject of the message that brings the draft."""
    return f"Draft minutes of {dates.long_date(meeting.starts_at)}"


def draft(report: Report) -> list[Message]:
    """Return one message for each invited person; by post it holds the minutes themselves."""
    meeting, until = report.meeting, report.minutes.corrections_until
    invited = meeting.invitations.select_related("person").prefetch_related(
        "person__contact_points", "person__preferences"
    )
    in_print = documents.minutes_as_words(report)
    body = (
        f"Here are the draft minutes of the {meeting.group.name} meeting.\n\n"
        "Please tell us if something is wrong. You can do that until "
        f"{dates.long_date(until) if until else 'the next meeting'}."
    )
    return [
        Message(
            person=row.person,
            subject=draft_subject(meeting),
            body=f"{body}\n\n{in_print}" if _by_post(row.person) else body,
            link_path=_minutes_path(meeting),
            text=text_message(
                "the draft minutes of your last meeting are ready",
                _minutes_path(meeting),
            ),
            can_wait=True,
        )
        for row in invited
    ]


def _by_post(person: Person) -> bool:
    return notices.reachable_channel(person, Purpose.MEETINGS) == Channel.LETTER


def answer(correction: Correction) -> Message:
    """Return what the person who asked for a correction is told."""
    meeting = correction.minutes.meeting
    done = correction.state == CorrectionState.ACCEPTED
    first = "We put it right." if done else "We left the minutes as they were."
    return Message(
        person=correction.asked_for,
        subject="Your correction to the minutes",
        body=(
            "You asked us to put right the minutes of "
            f"{dates.long_date(meeting.starts_at)}.\n\n{first} {correction.answer}"
        ),
        link_path=_minutes_path(meeting),
        text=text_message(
            "we have answered what you asked about the minutes", _minutes_path(meeting)
        ),
        can_wait=True,
    )


def _minutes_path(meeting: Meeting) -> str:
    return reverse("meetings:minutes-detail", args=[meeting.reference])
