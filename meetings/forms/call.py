from typing import Any

from django import forms

from coprod.core import formpack
from groups.notices.enums import CallOutcome
from meetings.enums import JoinMode, Reply
from meetings.forms.reply import ReplyForm

_WHAT = "Choose what came of the call."


class CallAnswerForm(ReplyForm):
    """What a person answered on the telephone. The answer is the button that was pressed."""

    somebody = "Somebody to support them"
    reply = None  # type: ignore[assignment]  # takes the field of the form above away
    join_mode = formpack.RadioField(
        label="If they come: how will they join?",
        choices=[],
        small=True,
        missing="Choose how they will join",
    )
    company = formpack.CheckboxesField(
        label="Who is coming with them?", choices=[], small=True, required=False
    )
    note = formpack.LongTextField(
        label="In their own words, or what to remember",
        max_length=200,
        rows=2,
        required=False,
    )
    outcome = forms.ChoiceField(
        choices=[
            *[choice for choice in Reply.choices if choice[0] != Reply.NONE],
            *CallOutcome.choices,
        ],
        widget=forms.HiddenInput,
        error_messages={"required": _WHAT, "invalid_choice": _WHAT},
    )

    def way_words(self, way: JoinMode) -> str:
        return str(way.label)

    @property
    def is_answer(self) -> bool:
        """Tell whether the person said if she comes."""
        return self.cleaned_data["outcome"] in Reply.values

    def clean(self) -> dict[str, Any]:
        # The button is the answer; only who comes must say how she joins.
        self.cleaned_data["reply"] = self.cleaned_data.get("outcome", "")
        data = super().clean()
        if "outcome" in self.errors:
            # The buttons are no field on the page, so their sentence stands over the form.
            del self.errors["outcome"]
            self.add_error(None, _WHAT)
        return data
