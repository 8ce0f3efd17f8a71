from typing import Any

from coprod.core import dates, formpack
from groups.governance.enums import AttributionMode
from meetings.decision_queries import more_private
from meetings.enums import DecisionOutcome, HeldBy, Stance
from meetings.forms.minutes import VersionField
from meetings.models import Decision, DecisionView

OPTION_NAMES = ("option_1", "option_2", "option_3")
_NONE_OF_THEM = "0"


class DecisionForm(formpack.Form):
    """What was decided, what else was looked at, and how."""

    button = "Record this decision"
    wording = formpack.LongTextField(
        label="What was decided?",
        hint="One or two sentences that somebody who was not there understands.",
        max_length=2000,
        rows=3,
        missing="Write what was decided",
    )
    option_1 = formpack.TextField(
        label="First way you looked at", max_length=300, required=False
    )
    option_2 = formpack.TextField(label="Second way", max_length=300, required=False)
    option_3 = formpack.TextField(label="Third way", max_length=300, required=False)
    chosen = formpack.RadioField(
        label="Which way did the group choose?",
        choices=[
            ("1", "The first"),
            ("2", "The second"),
            ("3", "The third"),
            ("0", "None"),
        ],
        inline=True,
        small=True,
        missing="Choose which way, or none",
    )
    held_by = formpack.RadioField(
        label="Who had the power to decide?",
        choices=HeldBy.choices,
        missing="Choose who had the power to decide",
    )
    outcome = formpack.RadioField(
        label="What came of it?",
        choices=DecisionOutcome.choices,
        missing="Choose what came of it",
    )
    how = formpack.LongTextField(
        label="How was it decided?",
        hint="For example: nobody had a serious objection.",
        max_length=2000,
        rows=3,
        required=False,
    )
    review_date = formpack.DateField(
        label="When will you look at it again?",
        noun="The day you look at it again",
        earliest=dates.today,
        required=False,
    )
    version = VersionField()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen = values.get("chosen", _NONE_OF_THEM)
        if chosen != _NONE_OF_THEM and not values.get(f"option_{chosen}"):
            self.add_error("chosen", "Choose a way that you wrote down above")
        return values

    def decision(self) -> dict[str, Any]:
        """Return the values in the words of the action."""
        values = dict(self.cleaned_data)
        typed = [(name, values.pop(name)) for name in OPTION_NAMES]
        options = [(name, text) for name, text in typed if text]
        names = [name for name, _ in options]
        chosen = f"option_{values.pop('chosen')}"
        return values | {
            "options": [text for _, text in options],
            "chosen": names.index(chosen) if chosen in names else None,
        }

    @staticmethod
    def initial_of(decision: Decision | None) -> dict[str, Any]:
        """Return what a decision already says, for its boxes."""
        if decision is None:
            return {"version": 0, "held_by": HeldBy.GROUP}
        options = list(decision.options.order_by("position"))[: len(OPTION_NAMES)]
        chosen = [str(place) for place, row in enumerate(options, 1) if row.chosen]
        return {
            "wording": decision.wording,
            "held_by": decision.held_by,
            "outcome": decision.outcome,
            "how": decision.how,
            "review_date": decision.review_date,
            "version": decision.version,
            "chosen": chosen[0] if chosen else _NONE_OF_THEM,
            **{
                name: row.text for name, row in zip(OPTION_NAMES, options, strict=False)
            },
        }


_SHOWN = {
    AttributionMode.NAMED: "With my name",
    AttributionMode.ROLE: "By my role, like “a member”",
    AttributionMode.NONE: "Without a name or a role",
}


class ViewForm(formpack.Form):
    """What a person thought of a decision, in her own words."""

    button = "Save what I think"
    stance = formpack.RadioField(
        label="What do you think of it?",
        choices=[
            (Stance.SUPPORT, "I support it"),
            (Stance.CONCERN, "I have a concern, but it can go ahead"),
            (Stance.DISAGREE, "I disagree"),
            (Stance.ABSTAIN, "I would rather not say"),
        ],
        missing="Choose what you think",
    )
    words = formpack.LongTextField(
        label="In your own words",
        hint="Nobody changes what you write. It is shown with the minutes.",
        max_length=2000,
        required=False,
    )
    show_as = formpack.RadioField(
        label="How should your words be shown?",
        choices=[],
        small=True,
        missing="Choose how your words are shown",
    )
    shown_words = _SHOWN

    def __init__(
        self, *args: Any, view: DecisionView, group_mode: str, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", self._initial(view, group_mode))
        super().__init__(*args, **kwargs)
        # Never more open than the group chose.
        self.give_choices(
            "show_as",
            [
                (mode, self.shown_words[mode])
                for mode in AttributionMode
                if more_private(mode, group_mode) == mode
            ],
        )

    @staticmethod
    def _initial(view: DecisionView, group_mode: str) -> dict[str, Any]:
        said = view.stance != Stance.NO_REPLY
        return {
            "stance": view.stance if said else None,
            "words": view.words,
            "show_as": more_private(view.show_as, group_mode),
        }


class ViewForHerForm(ViewForm):
    """The same, written down by staff for somebody who told them."""

    button = "Save what was said"
    stance = formpack.RadioField(
        label="What does this person think of it?",
        choices=[
            (Stance.SUPPORT, "Supports it"),
            (Stance.CONCERN, "Has a concern, but it can go ahead"),
            (Stance.DISAGREE, "Disagrees"),
            (Stance.ABSTAIN, "Would rather not say"),
            (Stance.NO_REPLY, "Has not replied"),
        ],
        missing="Choose what this person thinks",
    )
    words = formpack.LongTextField(
        label="In this person’s own words",
        hint="Write what was said, as it was said. Read it back.",
        max_length=2000,
        required=False,
    )
    show_as = formpack.RadioField(
        label="How should the words be shown?",
        choices=[],
        small=True,
        missing="Choose how the words are shown",
    )
    shown_words = {
        AttributionMode.NAMED: "With the name",
        AttributionMode.ROLE: "By role, like “a member”",
        AttributionMode.NONE: "Without a name or a role",
    }
