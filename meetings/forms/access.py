from typing import Any

from coprod.core import formpack
from meetings.enums import ARRANGEMENT_TRANSITIONS, ArrangementState
from meetings.models import AccessArrangement

_WORDS = {
    ArrangementState.ARRANGED: "Yes, it is arranged",
    ArrangementState.NOT_POSSIBLE: "It is not possible",
    ArrangementState.TO_DO: "It needs doing again",
}


class SettleForm(formpack.Form):
    button = "Save"
    to = formpack.RadioField(
        label="Is it arranged?", choices=[], missing="Choose if it is arranged"
    )
    note = formpack.TextField(
        label="What should they know?",
        hint="They read this. For example, “Taxi at 9.15am, from your door.”",
        max_length=300,
        required=False,
    )

    def __init__(
        self, *args: Any, arrangement: AccessArrangement, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"note": arrangement.note}
        super().__init__(*args, **kwargs)
        moves = ARRANGEMENT_TRANSITIONS[arrangement.state]
        self.give_choices(
            "to", [(state, words) for state, words in _WORDS.items() if state in moves]
        )
