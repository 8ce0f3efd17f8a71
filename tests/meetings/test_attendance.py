import datetime as dt

import pytest
import time_machine

from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from meetings.actions import attendance
from meetings.actions.attendance import AttendanceRow
from meetings.enums import AttendanceStatus, JoinMode, MeetingMode, MeetingState, Reply
from meetings.forms.attendance import attendance_forms
from meetings.models import Attendance
from meetings.queries import invitations_of
from tests.factories import (
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
PRESENT = AttendanceStatus.PRESENT


@pytest.fixture(autouse=True)
def _after_the_meeting():
    with time_machine.travel(dt.datetime(2026, 12, 8, 13, tzinfo=dt.UTC), tick=False):
        yield


def held(**meeting):
    made = MeetingFactory(**meeting)
    InvitationFactory(meeting=made, person=PersonFactory(known_as="Marian Okafor"))
    return made


def test_the_register_keeps_who_came_how_and_for_how_long():
    meeting, worker = held(), staff_actor()
    marian = meeting.invitations.get().person

    attendance.record_attendance(
        meeting=meeting,
        by=worker,
        rows=[AttendanceRow(marian.pk, PRESENT, JoinMode.ROOM, 120, "Leon Okafor")],
    )

    row = Attendance.objects.get()
    assert (row.status, row.join_mode, row.minutes) == (PRESENT, JoinMode.ROOM, 120)
    assert (row.supported_by, row.recorded_by) == ("Leon Okafor", worker.user)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.RECORDED


@pytest.mark.parametrize(
    "status", [AttendanceStatus.APOLOGIES, AttendanceStatus.ABSENT]
)
def test_somebody_who_did_not_come_has_no_minutes(status):
    meeting = held()
    marian = meeting.invitations.get().person

    rows = [AttendanceRow(marian.pk, status, JoinMode.ROOM, 120, "Leon")]
    attendance.record_attendance(meeting=meeting, by=staff_actor(), rows=rows)

    row = Attendance.objects.get()
    assert (row.minutes, row.join_mode, row.supported_by) == (0, "", "")


def test_a_register_changed_keeps_the_old_line_in_the_trail():
    meeting, worker = held(), staff_actor()
    marian = meeting.invitations.get().person
    for minutes in (120, 120, 90):
        attendance.record_attendance(
            meeting=meeting,
            by=worker,
            rows=[AttendanceRow(marian.pk, PRESENT, JoinMode.ROOM, minutes)],
        )

    assert Attendance.objects.get().minutes == 90
    changed = AuditEvent.objects.get(verb="changed attendance")
    assert (changed.changes, changed.about_person_id) == (
        {"minutes": [120, 90]},
        marian.pk,
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"minutes": 181}, "between 0 and 3 hours"),
        ({"minutes": -1}, "between 0 and 3 hours"),
        ({"minutes": 0}, "how long each person who came was there"),
        ({"status": "late"}, "Choose if each person came"),
        ({"join_mode": "boat"}, "Choose how each person joined"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused(row, words):
    meeting = held()
    marian = meeting.invitations.get().person
    line = AttendanceRow(
        **{
            "person_id": marian.pk,
            "status": PRESENT,
            "join_mode": "room",
            "minutes": 120,
        }
        | row
    )

    with pytest.raises(RuleBroken, match=words):
        attendance.record_attendance(meeting=meeting, by=staff_actor(), rows=[line])

    assert not Attendance.objects.exists()


def test_an_hour_over_the_planned_length_is_taken():
    meeting = held()
    marian = meeting.invitations.get().person

    attendance.record_attendance(
        meeting=meeting,
        by=staff_actor(),
        rows=[AttendanceRow(marian.pk, PRESENT, "room", 180)],
    )

    assert Attendance.objects.get().minutes == 180


def test_somebody_who_was_not_invited_cannot_be_in_the_register():
    meeting, stranger = held(), PersonFactory()

    with pytest.raises(RuleBroken, match="not invited"):
        attendance.record_attendance(
            meeting=meeting,
            by=staff_actor(),
            rows=[AttendanceRow(stranger.pk, PRESENT, "room", 60)],
        )


@pytest.mark.parametrize(
    ("meeting", "words"),
    [
        ({"date": dt.date(2026, 12, 9)}, "has not begun"),
        ({"state": MeetingState.CANCELLED}, "cancelled"),
        ({"state": MeetingState.PLANNED}, "Publish this meeting first"),
    ],
)
def test_there_is_no_register_before_or_without_a_meeting(meeting, words):
    with pytest.raises(ActionDenied, match=words):
        attendance.record_attendance(meeting=held(**meeting), by=staff_actor(), rows=[])


def test_a_member_cannot_write_the_register():
    meeting = held()

    with pytest.raises(ActionDenied):
        attendance.record_attendance(
            meeting=meeting,
            by=actor_for_person(meeting.invitations.get().person),
            rows=[],
        )


def test_the_form_starts_without_saying_that_anybody_came():
    meeting = held()
    meeting.invitations.update(reply=Reply.COMING, join_mode=JoinMode.VIDEO)
    InvitationFactory(
        meeting=meeting, person=PersonFactory(known_as="Owen"), reply=Reply.NOT_COMING
    )

    marian, owen = attendance_forms(meeting, invitations_of(meeting), [])

    assert (marian.initial["status"], marian.initial["minutes"]) == ("", 120)
    assert marian.initial["join_mode"] == JoinMode.VIDEO
    assert owen.initial["status"] == AttendanceStatus.APOLOGIES


def test_the_form_starts_from_what_was_recorded():
    meeting = held()
    marian = meeting.invitations.get().person
    row = AttendanceFactory(meeting=meeting, person=marian, minutes=75)

    (form,) = attendance_forms(meeting, invitations_of(meeting), [row])

    assert (form.initial["status"], form.initial["minutes"]) == (PRESENT, 75)


@pytest.mark.parametrize(
    ("typed", "minutes", "errors"),
    [
        ({"status": "present", "join_mode": "room", "minutes": "2 hours"}, 120, {}),
        ({"status": "partly", "join_mode": "video", "minutes": "75"}, 75, {}),
        ({"status": "absent", "minutes": "2 hours"}, 0, {}),
        (
            {"status": "present", "join_mode": "room", "minutes": "5 hours"},
            None,
            {
                "minutes": "The meeting was planned for 2 hours. "
                "The time for Marian Okafor must be 3 hours or less"
            },
        ),
        (
            {"status": "present", "minutes": ""},
            None,
            {
                "join_mode": "Choose how Marian Okafor joined",
                "minutes": "Say how long Marian Okafor was there",
            },
        ),
    ],
)
def test_the_form_takes_time_in_words_and_says_what_is_wrong(typed, minutes, errors):
    meeting = held(mode=MeetingMode.HYBRID)
    ref = meeting.invitations.get().person.reference
    data = {f"{ref}-{name}": value for name, value in typed.items()}

    (form,) = attendance_forms(meeting, invitations_of(meeting), [], data)

    assert form.is_valid() is (minutes is not None)
    assert {name: next(iter(said)) for name, said in form.errors.items()} == errors
    if minutes is not None:
        assert form.cleaned_data["minutes"] == minutes
