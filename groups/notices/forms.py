from django import forms

from coprod.core import formpack
from groups.notices.enums import CallOutcome
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


class SentFilterForm(formpack.Form):
    channel = formpack.SelectField(
        label="How it went",
        choices=[("", "Every way"), *Channel.choices],
        required=False,
    )


class InviteForm(formpack.Form):
    button = "Invite to sign in"

    email = formpack.EmailField(
        label="E-mail address",
        hint="The code to sign in goes to this address. Two people may share one.",
        missing="Enter an e-mail address",
    )
