from typing import Any

from coprod.core import formpack
from groups.governance.models import Group
from groups.projects.enums import Stage


class ProjectForm(formpack.Form):
    button = "Save this project"
    name = formpack.TextField(label="What is it called?", max_length=120)
    aim = formpack.LongTextField(
        label="What do you want to change?",
        hint="In plain words.",
        max_length=1000,
        rows=3,
    )
    group = formpack.ModelSelectField(
        label="Which group carries it?", queryset=Group.objects.none()
    )
    started_date = formpack.DateField(
        label="When did it start?", noun="The day it started"
    )
    first_member_involved_date = formpack.DateField(
        label="When was the first member involved?",
        noun="The day the first member was involved",
        required=False,
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_rows("group", groups)


class StageForm(formpack.Form):
    button = "Save this stage"
    stage = formpack.RadioField(label="Which stage?", choices=Stage.choices, small=True)
    from_date = formpack.DateField(label="From which day?", noun="The first day")
    to_date = formpack.DateField(
        label="Until which day?",
        hint="Leave this empty while it goes on.",
        noun="The last day",
        required=False,
    )
    what_happened = formpack.LongTextField(
        label="What happened, or will happen?", max_length=3000, rows=4
    )
    member_count = formpack.NumberField(
        label="How many members took part?",
        noun="The number of members",
        smallest=0,
        width=3,
    )
    staff_count = formpack.NumberField(
        label="How many staff took part?",
        noun="The number of staff",
        smallest=0,
        width=3,
    )
