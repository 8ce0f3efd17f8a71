from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.http import QueryDict

from coprod.core import dates, formpack, uploads
from groups.governance.models import Group
from meetings.enums import ItemPurpose, MeetingMode
from meetings.models import Meeting

_is_address = URLValidator(
    schemes=["https", "http"], message="Copy the whole link. It starts with https://"
)
MOST_BREAK_MINUTES = 120


class MeetingForm(formpack.Form):
    """When, where and how a group meets. Whether the times fit together, the action says."""

    button = "Save this meeting"
    version = formpack.HiddenField(required=False)
    group = formpack.ModelSelectField(
        label="Which group is meeting?", queryset=Group.objects.none()
    )
    title = formpack.TextField(
        label="Does the meeting have a name?", max_length=120, required=False
    )
    date = formpack.DateField(label="What day is it?", noun="The day of the meeting")
    past_ok = formpack.TickField(
        label="Yes, this date has passed. Keep it.", required=False
    )
    start_time = formpack.TimeField(
        label="When does it start?", hint="Like 10am or 2.30pm.", noun="The start"
    )
    end_time = formpack.TimeField(
        label="When does it end?", hint="Like 12pm or 4pm.", noun="The end"
    )
    doors_time = formpack.TimeField(
        label="When do the doors open?", noun="The time", required=False
    )
    mode = formpack.RadioField(
        label="How do people join?", choices=MeetingMode.choices, small=True
    )
    venue = formpack.TextField(
        label="Building and room",
        hint="Not needed when everybody joins online.",
        max_length=120,
        required=False,
    )
    venue_address = formpack.TextField(
        label="Address with postcode", max_length=200, required=False
    )
    venue_access = formpack.TextField(
        label="Getting in",
        hint="Steps, lifts, toilets, parking and buses.",
        max_length=300,
        required=False,
    )
    join_link = formpack.TextField(
        label="Link to join by video", max_length=300, required=False
    )
    join_phone = formpack.TextField(
        label="Number to ring, and its code", max_length=120, required=False
    )
    break_time = formpack.TimeField(
        label="When does the break start?",
        hint="People ask for one every 45 minutes or so.",
        noun="The break",
        required=False,
    )
    break_minutes = formpack.NumberField(
        label="How long is the break?",
        suffix="minutes",
        noun="The break",
        largest=MOST_BREAK_MINUTES,
        required=False,
    )
    reply_by = formpack.DateField(
        label="By which day do you need answers?",
        hint="Leave it empty for 2 working days before.",
        noun="The day for answers",
        required=False,
    )

    def __init__(self, *args: Any, groups: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if groups is None:
            del self.fields["group"]
        else:
            self.give_rows("group", groups)
        # Asked only of somebody who has just given a day that is over.
        self._asks_about_past = self.is_bound and bool(self._past_date())
        if not self._asks_about_past:
            del self.fields["past_ok"]

    def _past_date(self) -> bool:
        try:
            date = self.fields["date"].clean(
                self.fields["date"].widget.value_from_datadict(
                    self.data, self.files, self.add_prefix("date")
                )
            )
        except ValidationError:
            return False
        return bool(date and date < dates.today())

    @property
    def helper(self) -> FormHelper:
        helper = formpack.form_helper()
        first = [name for name in ("version", "group", "title") if name in self.fields]
        when = ["date", "past_ok", "start_time", "end_time", "doors_time"]
        helper.layout = Layout(
            *first,
            Fieldset("When", *[name for name in when if name in self.fields]),
            Fieldset("Where", "mode", "venue", "venue_address", "venue_access"),
            Fieldset("From home", "join_link", "join_phone"),
            Fieldset("Break and answers", "break_time", "break_minutes", "reply_by"),
        )
        return helper

    def clean_join_link(self) -> str:
        link: str = self.cleaned_data["join_link"]
        if link:
            _is_address(link)
        return link

    def clean_break_minutes(self) -> int:
        return self.cleaned_data["break_minutes"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self._asks_about_past and not data.get("past_ok"):
            self.add_error(
                "date",
                "This date has passed. Change it, or tick the box below to keep it",
            )
        return data

    def details(self) -> dict[str, Any]:
        """Return what actions.planning takes as the details of a meeting."""
        extra = {"version", "past_ok", "group"}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in extra
        }

    def version_number(self) -> int:
        """Return the version the person started from; 0 when the page had none."""
        text = self.cleaned_data["version"]
        return int(text) if text.isdecimal() else 0

    def start_again_from(self, version: int) -> None:
        """Keep what was typed, and take this version as the one it was typed over."""
        typed = QueryDict(mutable=True)
        typed.update(self.data)
        typed["version"] = str(version)
        self.data = typed


def details_of(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as the form shows it."""
    names = [
        name for name in MeetingForm.base_fields if name not in ("past_ok", "group")
    ]
    return {name: getattr(meeting, name) for name in names} | {
        "break_minutes": meeting.break_minutes or None
    }


class CancelForm(formpack.Form):
    button = "Cancel this meeting"
    reason = formpack.LongTextField(
        label="Why is it cancelled?",
        hint="Everybody invited will read this.",
        max_length=300,
        rows=3,
        missing="Say why it is cancelled. People will read it",
    )


class ItemForm(formpack.Form):
    button = "Save this item"
    title = formpack.TextField(
        label="What will people talk about?",
        hint="A question is easier to get ready for than a heading.",
        missing="Say what people will talk about",
    )
    purpose = formpack.RadioField(
        label="What is asked of people?", choices=ItemPurpose.choices, small=True
    )
    minutes_planned = formpack.NumberField(
        label="How long will it take?",
        suffix="minutes",
        noun="The time",
        smallest=1,
        largest=480,
    )
    introduction = formpack.LongTextField(
        label="What should people know first?", max_length=2000, rows=4, required=False
    )
    lead = formpack.TextField(label="Who leads it?", max_length=120, required=False)


class PaperForm(formpack.Form):
    """The words of a paper, a file, or both. A PDF or Word file is looked at for what it is."""

    button = "Save this paper"
    title = formpack.TextField(
        label="What is the paper called?", missing="Enter what it is called"
    )
    author = formpack.TextField(label="Who wrote it?", required=False)
    in_short = formpack.LongTextField(
        label="What does it say, in short?",
        hint="One or two sentences. They stand beside the agenda.",
        max_length=600,
        rows=3,
        required=False,
    )
    body = formpack.LongTextField(
        label="The paper",
        hint="Put a # before a heading, and a * before each point of a list.",
        max_length=50_000,
        rows=14,
        required=False,
    )
    file = formpack.FileField(
        label="A file to go with it",
        hint="A PDF or a Word document, smaller than 20 MB. Add one now, and more later.",
        accept=".pdf,.docx",
        required=False,
    )
    file_label = formpack.SelectField(
        label="Which kind of copy is the file?",
        choices=[
            ("Standard", "Standard"),
            ("Easy read", "Easy read"),
            ("Large print", "Large print"),
            ("Other language", "Other language"),
        ],
        required=False,
    )
    file_bytes: bytes = b""

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload is not None:
            self.file_bytes = uploads.check(upload, uploads.PAPER)
        return upload

    def words(self) -> dict[str, str]:
        """Return the title, author and text, without the file."""
        return {
            name: self.cleaned_data[name]
            for name in ("title", "author", "in_short", "body")
        }
