import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from coprod.core import dates, formpack
from coprod.core.models import User
from groups.notices import history
from groups.notices.enums import CallOutcome, DeliveryState
from groups.people.enums import Channel


class CallForm(formpack.Form):
    """What was said on the telephone. What came of it is the button that was pressed."""

    words = formpack.LongTextField(
        label="In their own words, or what to remember",
        required=False,
        max_length=200,
        rows=2,
    )
    outcome = forms.ChoiceField(
        choices=CallOutcome.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose what came of the call.",
            "invalid_choice": "Choose what came of the call.",
        },
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        # The buttons are no field on the page, so their sentence stands over the form.
        if "outcome" in self.errors:
            del self.errors["outcome"]
            self.add_error(None, "Choose what came of the call.")
        return cleaned


class PostedForm(formpack.Form):
    """On which day letters were posted. Which letters is ticked in the list beside it."""

    day = formpack.RadioField(
        label="When did they go in the post?",
        small=True,
        missing="Choose when they went in the post",
    )

    def __init__(self, *args: Any, days: Sequence[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day"]
        field.choices = [(day.isoformat(), _day_words(day)) for day in days]  # type: ignore[attr-defined]  # a RadioField
        field.initial = days[0].isoformat()

    def clean_day(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["day"])


class PostedAnywayForm(PostedForm):
    """On which day letters were posted that had been called off."""

    prefix = "anyway"

    day = formpack.RadioField(
        label="If they are in the post already, when did they go?",
        small=True,
        missing="Choose when they went in the post",
    )


def _day_words(day: dt.date) -> str:
    words = dates.long_date(day)
    return f"Today, {words}" if day == dates.today() else words


class CameBackForm(formpack.Form):
    button = "Write it down"

    reason = formpack.TextField(
        label="Why did it come back?",
        hint="For example: moved house, mailbox full.",
        max_length=200,
        missing="Write why it came back",
    )
    stop_using = formpack.TickField(
        label="Send nothing more to this address", required=False
    )


class DealtWithForm(formpack.Form):
    button = "Take it off the list"

    note = formpack.TextField(
        label="What did you do about it?",
        hint="For example: I told her in person.",
        max_length=200,
        missing="Write what you did about it",
    )


class HistoryForm(formpack.Form):
    """What to look for among all that was ever sent."""

    words = formpack.TextField(
        label="Name or reference",
        hint="Of a person, a message or a meeting.",
        required=False,
    )
    occasion = formpack.SelectField(label="About", choices=[], required=False)
    channel = formpack.SelectField(
        label="How it went",
        choices=[("", "Every way"), *Channel.choices],
        required=False,
    )
    state = formpack.SelectField(
        label="Where it is",
        choices=[
            ("", "Sent or ended"),
            (history.EVERYTHING, "Everything, also what waits"),
            *DeliveryState.choices,
        ],
        required=False,
    )
    from_date = formpack.DateField(label="From", hint="", required=False)
    until_date = formpack.DateField(label="Until", hint="", required=False)

    def __init__(
        self, *args: Any, occasions: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices("occasion", [("", "Anything"), *occasions])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_date"), data.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", "Until must be the same day as from, or later")
        return data


class InviteForm(formpack.Form):
    button = "Invite to sign in"

    email = formpack.EmailField(
        label="E-mail address",
        hint="The code to sign in goes to this address. Two people may share one.",
        missing="Enter an e-mail address",
    )


class HandToForm(formpack.Form):
    """Which colleague sees to a message that did not arrive."""

    button = "Give it to them"

    colleague = formpack.ModelSelectField(
        queryset=User.objects.none(),
        label="Who sees to it?",
        missing="Choose who sees to it",
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]  # a ModelSelectField
