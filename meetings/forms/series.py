import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django.core.exceptions import ValidationError

from coprod.core import dates, formpack
from meetings.enums import Frequency, HolidayRule
from meetings.forms.meeting import MeetingForm
from meetings.recurrence import LISTED, MOST_AT_ONCE

# Further ahead nobody knows who will be in the group.
_MOST_AHEAD = dt.timedelta(days=2 * 366)


def _latest() -> dt.date:
    return dates.today() + _MOST_AHEAD


def _how_many(label: str) -> formpack.NumberField:
    return formpack.NumberField(
        label=label,
        noun="The number of meetings",
        smallest=1,
        largest=MOST_AT_ONCE,
        initial=LISTED,
    )


class SeriesForm(MeetingForm):
    """When, where and how a group meets again and again. The dates are shown before it is saved."""

    button = "See the dates"
    version = None  # type: ignore[assignment]  # how Django leaves a field of the parent out
    reply_by = None  # type: ignore[assignment]  # as above: each meeting has its own day
    title = formpack.TextField(
        label="Do the meetings have a name?", max_length=120, required=False
    )
    date = formpack.DateField(
        label="What day is the first meeting?",
        noun="The first meeting",
        earliest=dates.today,
        latest=_latest,
    )
    frequency = formpack.RadioField(
        label="How often do people meet?",
        choices=Frequency.choices,
        hints={Frequency.DATE.value: "Months without that date are left out."},
        small=True,
    )
    count = _how_many("How many meetings do you want to plan now?")
    on_holidays = formpack.RadioField(
        label="What if it falls on a bank holiday?",
        choices=HolidayRule.choices,
        initial=HolidayRule.SKIP,
        small=True,
    )

    @property
    def helper(self) -> FormHelper:
        helper = formpack.form_helper()
        helper.layout = Layout(
            "group",
            "title",
            Fieldset("Which days", "date", "frequency", "count", "on_holidays"),
            Fieldset("Times", "start_time", "end_time", "doors_time"),
            Fieldset("Where", "mode", "venue", "venue_address", "venue_access"),
            Fieldset("From home", "join_link", "join_phone"),
            Fieldset("Break", "break_time", "break_minutes"),
        )
        return helper

    def details(self) -> dict[str, Any]:
        """Return what actions.planning takes as the details of the first meeting."""
        of_the_series = {"frequency", "count", "on_holidays"}
        return {
            name: value
            for name, value in super().details().items()
            if name not in of_the_series
        }


class MoreDatesForm(formpack.Form):
    button = "See the dates"
    after = formpack.HiddenField()
    count = _how_many("How many more meetings?")

    def clean_after(self) -> dt.date:
        try:
            return dt.date.fromisoformat(self.cleaned_data["after"])
        except ValueError:
            too_old = self.fields["after"].error_messages["required"]
            raise ValidationError(too_old) from None


class OfOneVersion(formpack.Form):
    """A change of a series. The check page says which version it was that people looked at."""

    version = formpack.HiddenField(required=False)

    def version_number(self) -> int:
        """Return the version that was looked at; 0 when the page had none."""
        text = self.cleaned_data["version"]
        return int(text) if text.isdecimal() else 0

    def change(self) -> dict[str, Any]:
        """Return what the action takes, without the version."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version"
        }


class SeriesTimeForm(OfOneVersion):
    """Another time for the meetings of a series, from one day on."""

    button = "See what changes"
    from_date = formpack.DateField(
        label="From which day?",
        noun="The day",
        earliest=dates.today,
    )
    start_time = formpack.TimeField(
        label="When do the meetings start?",
        hint="Like 10am or 2.30pm.",
        noun="The start",
    )
    end_time = formpack.TimeField(
        label="When do they end?", hint="Like 12pm or 4pm.", noun="The end"
    )


class SeriesEndForm(OfOneVersion):
    button = "See what changes"
    last_day = formpack.DateField(
        label="What is the last day of this series?",
        noun="The last day",
        earliest=dates.today,
    )
