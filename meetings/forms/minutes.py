from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from coprod.core import dates, formpack
from groups.people.models import Person
from meetings.models import Meeting, MinutesSection


class VersionField(formpack.HiddenField):
    """The version a writer began from, so that two writers lose nothing."""

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValidationError(self.error_messages["required"])
        return int(text)


def with_version(data: QueryDict, version: int) -> QueryDict:
    """Return what was typed, begun again from a newer version."""
    typed = data.copy()
    typed["version"] = str(version)
    return typed


class NoteForm(formpack.Form):
    """What is written under one agenda item."""

    button = "Save this note"
    text = formpack.LongTextField(
        label="What was said",
        hint="Short sentences. Put a person’s own words on a line that starts with >",
        max_length=20_000,
        rows=14,
        missing="Write what was said",
    )
    version = VersionField()


class ConfirmForm(formpack.Form):
    """A page with one button and nothing to fill in."""

    def __init__(self, *args: Any, button: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.button = button


class CorrectionForm(formpack.Form):
    """What a member wants put right, and where."""

    button = "Ask for this correction"
    section = formpack.RadioField(
        label="Where is it?", choices=[], small=True, missing="Choose where it is"
    )
    words = formpack.LongTextField(
        label="What should change?",
        hint="You can write it as you would say it.",
        max_length=2000,
        missing="Write what should change",
    )

    def __init__(
        self, *args: Any, sections: Iterable[MinutesSection], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices(
            "section", [(str(section.pk), str(section.item)) for section in sections]
        )


class CorrectionForHerForm(CorrectionForm):
    """The same, written down by staff for somebody who told them."""

    button = "Write down this correction"
    person = formpack.ModelSelectField(
        label="Who asked for it?",
        queryset=Person.objects.none(),
        missing="Choose who asked",
    )
    field_order = ("person", "section", "words")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_rows("person", people)


class AnswerForm(formpack.Form):
    """The answer to a correction, shown with the minutes."""

    button = "Send this answer"
    accepted = formpack.RadioField(
        label="What did you do?",
        choices=[("yes", "Put it right"), ("no", "Left it as it is")],
        missing="Choose what you did",
    )
    answer = formpack.LongTextField(
        label="What people will read",
        hint="Say what was changed, or why it stays. Everybody sees this with the minutes.",
        max_length=1000,
        rows=3,
        missing="Write what people will read",
    )
    new_text = formpack.LongTextField(
        label="The note as it should be",
        hint="Only used when you put it right.",
        max_length=20_000,
        rows=10,
        required=False,
    )
    version = VersionField()


class ApprovalForm(formpack.Form):
    """Which later meeting said yes to the minutes."""

    button = "Record the approval"
    at_meeting = formpack.RadioField(
        label="Which meeting approved them?", choices=[], missing="Choose the meeting"
    )

    def __init__(self, *args: Any, meetings: Iterable[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices(
            "at_meeting",
            [
                (meeting.reference, dates.long_date(meeting.starts_at))
                for meeting in meetings
            ],
        )
