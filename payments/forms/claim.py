from collections.abc import Sequence
from typing import Any

from coprod.core import dates, formpack, uploads
from groups.people.enums import GivenHow
from meetings.models import Meeting
from payments.enums import LineKind, OfferAnswer

# How a member tells us something that we then enter for her.
TOLD_HOW = [
    (GivenHow.PHONE.value, "On the phone"),
    (GivenHow.IN_PERSON.value, "Face to face"),
    (GivenHow.PAPER.value, "On paper"),
]


def told_how_field(name: str) -> formpack.RadioField:
    return formpack.RadioField(
        label=f"How did {name} tell you?",
        choices=TOLD_HOW,
        missing=f"Choose how {name} told you",
        inline=True,
    )


def meeting_label(meeting: Meeting) -> str:
    return f"{meeting.group.name}, {dates.long_date(meeting.date)}"


class StartForm(formpack.Form):
    button = "Start the claim"
    meetings = formpack.CheckboxesField(
        label="Which meetings is it for?",
        hint="Choose one or more. We fill in your time from our record of who came.",
        missing="Choose at least one meeting",
    )

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices(
            "meetings",
            [(meeting.reference, meeting_label(meeting)) for meeting in meetings],
        )


class LineForm(formpack.Form):
    """What every line asks first: for which of the meetings of the claim."""

    meeting = formpack.RadioField(
        label="For which meeting?", missing="Choose which meeting it was for"
    )

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {meeting.reference: meeting for meeting in meetings}
        if len(self.meetings) == 1:
            del self.fields["meeting"]
        else:
            self.give_choices(
                "meeting",
                [(meeting.reference, meeting_label(meeting)) for meeting in meetings],
            )

    def chosen_meeting(self) -> Meeting:
        """Return the meeting chosen, or the only one there is."""
        reference = self.cleaned_data.get("meeting") or next(iter(self.meetings))
        return self.meetings[reference]


class MilesForm(LineForm):
    button = "Save these miles"
    journey_from = formpack.TextField(
        label="Where did the journey start?",
        hint="Write “Home”, not the address.",
        max_length=120,
        noun="The start",
        missing="Say where the journey started, like Home",
    )
    journey_to = formpack.TextField(
        label="Where did it go?",
        max_length=120,
        noun="The place",
        missing="Say where the journey went",
    )
    miles = formpack.MilesField(
        label="How many miles in all?",
        hint="If it was there and back, count both ways. For example, 14.6",
        noun="The miles",
        missing="Put how many miles it was, like 14.6",
    )
    there_and_back = formpack.TickField(label="It was there and back", required=False)


class CostForm(LineForm):
    button = "Save this cost"
    kind = formpack.RadioField(
        label="What was it for?", missing="Choose what it was for"
    )
    description = formpack.TextField(
        label="What was it?",
        hint="For example, library car park, or bus 12 there and back.",
        max_length=300,
        noun="What it was",
        missing="Say what it was, like library car park",
    )
    amount = formpack.MoneyField(
        label="How much did it cost?",
        hint="For example, 3.20",
        noun="The cost",
        missing="Put how much it cost, like 3.20",
    )
    receipt = formpack.FileField(
        label="A photo of the receipt",
        hint=(
            "JPG, PNG, WebP or PDF, up to 10 MB. "
            "Only the people who check and pay the claim will see it."
        ),
        required=False,
        accept=".jpg,.jpeg,.png,.webp,.pdf",
    )
    no_receipt_reason = formpack.TextField(
        label="If there is no receipt, say why",
        hint="For example, the machine had no paper.",
        max_length=300,
        noun="The reason",
        required=False,
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices("kind", [(kind, LineKind(kind).label) for kind in kinds])

    def clean_receipt(self) -> tuple[Any, bytes] | None:
        upload = self.cleaned_data["receipt"]
        return (upload, uploads.check(upload, uploads.RECEIPT)) if upload else None


class ChoiceForm(formpack.Form):
    button = "Save my choice"
    answer = formpack.RadioField(
        label="What do you want to do?",
        choices=OfferAnswer.choices,
        missing="Choose what you want to do",
        hints={
            OfferAnswer.ALL.value: "We pay you for your time, and pay your costs back.",
            OfferAnswer.EXPENSES_ONLY.value: "You are not paid for your time. We pay your costs back.",
            OfferAnswer.ADVICE.value: (
                "We will get in touch. Your place and the offer stay yours."
            ),
        },
    )

    def __init__(self, *args: Any, helping: str = "", **kwargs: Any) -> None:
        """`helping` is the name of the member when staff write down what she said."""
        super().__init__(*args, **kwargs)
        if helping:
            self.button = "Save this choice"
            self.fields["answer"].label = f"What does {helping} want to do?"
            self.fields["told_how"] = told_how_field(helping)


class SendForm(formpack.Form):
    button = "Send this claim"
    version = formpack.HiddenField()

    def __init__(
        self,
        *args: Any,
        name: str = "",
        sender: str = "",
        staff: bool = False,
        late: bool = False,
        **kwargs: Any,
    ) -> None:
        """`name` is the member's when somebody else sends, `sender` who that is."""
        super().__init__(*args, **kwargs)
        if staff:
            self.fields["told_how"] = told_how_field(name)
        if late:
            self.fields["late_reason"] = formpack.TextField(
                label="Why is this claim late?",
                hint="A few words. The people who check it and decide on it will read this.",
                missing="Say why the claim is late",
                noun="The reason",
                max_length=300,
            )
        who = f"{name} has" if name else "I have"
        self.fields["declare"] = formpack.TickField(
            label=f"This claim is true, and {who} not claimed for it anywhere else",
            hint=f"We write: “{sender} sent this for {name}.”" if name else "",
            missing="Tick the box to say that the claim is true",
        )

    def clean_version(self) -> int:
        given: str = self.cleaned_data["version"]
        return int(given) if given.isdecimal() and len(given) < 9 else 0


class WithdrawForm(formpack.Form):
    button = "Take this claim back"
    reason = formpack.TextField(
        label="Do you want to say why?",
        max_length=300,
        required=False,
        noun="The reason",
    )
