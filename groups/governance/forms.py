from typing import Any

from django.core.exceptions import ValidationError

from coprod.core import formpack
from groups.governance.enums import (
    AttributionMode,
    DecisionRule,
    GroupKind,
    OfficeKind,
    SeatCategory,
)
from groups.governance.models import Group
from groups.people.models import Person

_QUORUM = "quorum_"


class GroupForm(formpack.Form):
    """What a group is for, what it may change, who makes a decision and how names are shown."""

    button = "Save this group"
    version = formpack.HiddenField(required=False)
    name = formpack.TextField(
        label="What is the group called?",
        max_length=120,
        missing="Enter what it is called",
    )
    kind = formpack.SelectField(
        label="What kind of group is it?", choices=GroupKind.choices
    )
    parent = formpack.ModelSelectField(
        label="Which board does it report to?",
        queryset=Group.objects.none(),
        required=False,
    )
    purpose = formpack.LongTextField(
        label="Why is the group here?",
        hint="One or two plain sentences.",
        max_length=1000,
        rows=3,
        missing="Say why the group is here",
    )
    meets = formpack.TextField(
        label="How often does it meet, and where?", max_length=200, required=False
    )
    remit_can = formpack.LongTextField(
        label="What can the group change?", max_length=2000, rows=3, required=False
    )
    remit_influence = formpack.LongTextField(
        label="What can it influence?", max_length=2000, rows=3, required=False
    )
    remit_cannot = formpack.LongTextField(
        label="What can it not change?", max_length=2000, rows=3, required=False
    )
    remit_cannot_why = formpack.LongTextField(
        label="Why not?",
        hint="People should hear the reason before they start.",
        max_length=2000,
        rows=3,
        required=False,
    )
    decision_rule = formpack.RadioField(
        label="How does the group decide?", choices=DecisionRule.choices, small=True
    )
    attribution = formpack.RadioField(
        label="How are people shown in the minutes?",
        choices=AttributionMode.choices,
        small=True,
    )
    quorum_total = formpack.NumberField(
        label="How many people must be there to decide?",
        noun="The number of people",
        smallest=1,
        largest=100,
        width=3,
    )
    quorum_member = formpack.NumberField(
        label="How many of them with lived experience?",
        noun="The number with lived experience",
        smallest=0,
        largest=100,
        width=3,
        required=False,
    )
    quorum_partner = formpack.NumberField(
        label="How many of them from partners?",
        noun="The number from partners",
        smallest=0,
        largest=100,
        width=3,
        required=False,
    )
    papers_lead_days = formpack.NumberField(
        label="How many working days before a meeting do papers go out?",
        noun="The number of days",
        smallest=0,
        largest=60,
        width=3,
    )

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_rows("parent", parents)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("remit_cannot") or "").strip() and not data.get(
            "remit_cannot_why"
        ):
            self.add_error("remit_cannot_why", "Say why the group cannot change this")
        total = data.get("quorum_total") or 0
        if (
            total
            and (data.get("quorum_member") or 0) + (data.get("quorum_partner") or 0)
            > total
        ):
            self.add_error(
                "quorum_total",
                "This is fewer than the people you ask for by kind. Enter more",
            )
        return data

    def values(self) -> dict[str, Any]:
        """Return the fields of the group, without the quorums and the version."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name == "quorum_total"
            or (not name.startswith(_QUORUM) and name != "version")
        }

    def quorums(self) -> dict[str, int]:
        """Return the fewest people by seat category, where one is asked for."""
        asked = {
            SeatCategory.MEMBER: self.cleaned_data["quorum_member"],
            SeatCategory.PARTNER: self.cleaned_data["quorum_partner"],
        }
        return {category: number for category, number in asked.items() if number}


class SeatForm(formpack.Form):
    button = "Add this seat"
    category = formpack.RadioField(
        label="Who is the seat for?", choices=SeatCategory.choices, small=True
    )
    title = formpack.TextField(
        label="Does it have a name?",
        hint="For example, co-chair with lived experience.",
        max_length=80,
        required=False,
    )
    lived_experience_required = formpack.TickField(
        label="Only somebody with lived experience can have this seat", required=False
    )
    office = formpack.SelectField(
        label="Does an office come with it?",
        choices=[("", "No office"), *OfficeKind.choices],
        required=False,
    )


class TakeSeatForm(formpack.Form):
    button = "Give them this seat"
    person = formpack.TextField(
        label="Who is taking the seat?",
        hint="Their name, or their number like P-7KQ2-M4XR.",
        max_length=120,
        missing="Enter a name or number",
    )
    from_date = formpack.DateField(label="From which day?", noun="The day")

    def clean_person(self) -> Person:
        typed = self.cleaned_data["person"]
        found = list(
            Person.objects.on_the_network().search(typed).order_by("known_as", "pk")[:6]
        )
        exact = [p for p in found if p.known_as.lower() == typed.lower()]
        found = exact or found
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError("We know nobody by that name or number")
        names = ", ".join(
            f"{person.known_as} {person.reference}" for person in found[:5]
        )
        raise ValidationError(f"More than one person fits. Enter one number: {names}")


class TermForm(formpack.Form):
    button = "Save"
    to_date = formpack.DateField(
        label="On which day does the term end?",
        hint="Leave it empty when it has no end. They are told eight weeks before.",
        noun="The day the term ends",
        required=False,
    )


class EndMembershipForm(formpack.Form):
    button = "Say they have left"
    on_date = formpack.DateField(label="From which day?", noun="The day")
    reason = formpack.LongTextField(
        label="Why?",
        hint="In words the person could read.",
        max_length=200,
        rows=3,
        missing="Say why, in words the person could read",
    )
