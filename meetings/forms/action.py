from typing import Any

from django.db.models import QuerySet

from coprod.core import formpack
from groups.people.models import Person
from meetings.enums import ActionState
from meetings.forms.minutes import VersionField

_MOVES = {
    ActionState.DOING: "It is being done",
    ActionState.DONE: "It is done",
    ActionState.DROPPED: "It is not going ahead",
    ActionState.OPEN: "It is not done after all",
}


class ActionForm(formpack.Form):
    """What somebody will do, and by when."""

    button = "Save this action"
    words = formpack.TextField(
        label="What will be done?",
        hint="For example: send the leaflet to the library.",
        max_length=300,
        missing="Write what will be done",
    )
    owner = formpack.ModelSelectField(
        label="Who will do it?",
        hint="Somebody who was asked to the meeting.",
        queryset=Person.objects.none(),
        required=False,
    )
    owner_words = formpack.TextField(
        label="Or who else?",
        hint="A team or another body, like “the library”.",
        max_length=120,
        required=False,
    )
    due_date = formpack.DateField(
        label="By when?",
        noun="The day it is due",
        missing="Enter the day it is due",
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]  # a model field


class MoveForm(formpack.Form):
    """How far an action has come."""

    button = "Save"
    to = formpack.RadioField(
        label="How far has it come?", choices=[], missing="Choose how far it has come"
    )
    outcome = formpack.TextField(
        label="What came of it?",
        hint="Needed when it is not going ahead. People who read the minutes can see this.",
        max_length=300,
        required=False,
    )
    version = VersionField()

    def __init__(self, *args: Any, moves: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices("to", [(move, _MOVES[ActionState(move)]) for move in moves])
