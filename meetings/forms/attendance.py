from typing import Any

from coprod.core import formpack
from coprod.core.dates import duration
from groups.people.models import Person
from meetings.enums import (
    THERE,
    WAYS_TO_JOIN,
    AttendanceStatus,
    JoinMode,
    Reply,
)
from meetings.models import Attendance, Invitation, Meeting


class AttendanceForm(formpack.Form):
    """One person's line in the register. The fields are those of actions.attendance.AttendanceRow."""

    # The labels are made whole with the name of the person, in _name_the_person.
    status = formpack.RadioField(
        label="Did they come?", choices=AttendanceStatus.choices, small=True
    )
    join_mode = formpack.SelectField(label="How did they join?")
    minutes = formpack.MinutesField(
        label="For how long?",
        hint="Like “2 hours” or “1 hour 30 minutes”.",
        smallest=0,
        width=10,
    )
    supported_by = formpack.TextField(
        label="Who supported them?", max_length=120, required=False
    )

    def __init__(
        self, *args: Any, meeting: Meeting, person: Person, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.meeting, self.person = meeting, person
        self._name_the_person(person.known_as)
        ways = [(way, JoinMode(way).label) for way in WAYS_TO_JOIN[meeting.mode]]
        self.give_choices("join_mode", [("", "Choose one"), *ways])

    def _name_the_person(self, who: str) -> None:
        """Every label and every sentence says whose line it is: the page has one of each a person."""
        self._word("status", f"Did {who} come?", missing=f"Choose if {who} came")
        self._word(
            "join_mode", f"How did {who} join?", missing=f"Choose how {who} joined"
        )
        self._word(
            "minutes",
            f"For how long was {who} there?",
            missing=f"Say how long {who} was there",
            noun=f"The time for {who}",
        )
        self._word(
            "supported_by",
            f"Who supported {who}?",
            noun=f"The name of who supported {who}",
        )

    def _word(
        self, name: str, label: str, *, missing: str = "", noun: str = ""
    ) -> None:
        field: Any = self.fields[name]
        field.label, field.missing = label, missing
        field.noun = noun or field.noun
        if "invalid_choice" in field.error_messages:
            field.error_messages["invalid_choice"] = (
                f"{missing}: one of the answers on the page"
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        who, most = self.person.known_as, self.meeting.most_minutes
        if data.get("status") not in THERE:
            # Without script the questions are always there; only for who came do they count.
            for name in ("join_mode", "minutes", "supported_by"):
                self.errors.pop(name, None)
            return data | {"join_mode": "", "minutes": 0, "supported_by": ""}
        minutes = data.get("minutes")
        if minutes == 0:
            self.add_error("minutes", f"Say how long {who} was there")
        elif minutes and minutes > most:
            planned = duration(self.meeting.planned_minutes)
            self.add_error(
                "minutes",
                f"The meeting was planned for {planned}. "
                f"The time for {who} must be {duration(most)} or less",
            )
        return data


def attendance_forms(
    meeting: Meeting,
    invitations: list[Invitation],
    attendances: list[Attendance],
    data: Any = None,
) -> list[AttendanceForm]:
    """Return one form for each invited person, filled with the register or with her reply.

    Nobody is put down as having come before somebody says so; only "not coming" is carried over.
    """
    kept = {row.person_id: row for row in attendances}
    return [
        AttendanceForm(
            data,
            prefix=row.person.reference,
            meeting=meeting,
            person=row.person,
            initial=_initial(meeting, row, kept.get(row.person_id)),
        )
        for row in invitations
    ]


def _initial(
    meeting: Meeting, invitation: Invitation, kept: Attendance | None
) -> dict[str, Any]:
    if kept is not None:
        return {
            "status": kept.status,
            "join_mode": kept.join_mode,
            "minutes": kept.minutes or meeting.planned_minutes,
            "supported_by": kept.supported_by,
        }
    declined = invitation.reply == Reply.NOT_COMING
    return {
        "status": AttendanceStatus.APOLOGIES if declined else "",
        "join_mode": invitation.join_mode,
        "minutes": meeting.planned_minutes,
        "supported_by": invitation.supporter_name,
    }
