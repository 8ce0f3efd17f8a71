from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from coprod.core import dates, formpack
from groups.people import queries
from groups.people.enums import (
    Channel,
    ContactKind,
    GivenHow,
    NeedCategory,
    PersonState,
    Relation,
    SupportScope,
)
from groups.people.forms import asked
from groups.people.models import Topic
from groups.people.values import NewContact, NewNeed

_HOW = [
    (GivenHow.PHONE.value, "By phone"),
    (GivenHow.IN_PERSON.value, "In person"),
    (GivenHow.PAPER.value, "On paper"),
]
_RINGS = {ContactKind.LANDLINE, ContactKind.MOBILE, ContactKind.TEXT}


class FindPeopleForm(formpack.Form):
    """The filters of the list. Nothing here is needed."""

    q = formpack.TextField(
        label="Name, number or phone", required=False, noun="The search"
    )
    state = formpack.SelectField(label="Where they are with us", required=False)
    channel = formpack.SelectField(label="How they hear from us", required=False)
    topic = formpack.SelectField(label="Interest", required=False)

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.give_choices(
            "state",
            [
                ("", "On the network"),
                *PersonState.choices,
                (queries.EVERYBODY, "Everybody"),
            ],
        )
        self.give_choices(
            "channel",
            [
                ("", "Any way"),
                (Channel.LETTER, "Post"),
                (Channel.PHONE, "Phone"),
                (Channel.EMAIL, "E-mail"),
                (Channel.TEXT, "Text"),
            ],
        )
        self.give_choices(
            "topic", [("", "Anything"), *((str(t.pk), t.name) for t in topics)]
        )

    def wanted(self) -> queries.PeopleFilter:
        """Return the filter; what was typed wrongly does not count."""
        self.is_valid()
        data = self.cleaned_data
        return queries.PeopleFilter(
            words=data.get("q", ""),
            state=data.get("state", ""),
            channel=data.get("channel", ""),
            topic=data.get("topic", ""),
        )


class NeedForm(formpack.Form):
    button = "Add this need"

    detail = formpack.TextField(
        label="What is needed?",
        hint="For example, a seat near the door",
        missing="Write what is needed",
        max_length=300,
        noun="The need",
    )
    category = formpack.RadioField(
        label="What is it about?",
        choices=NeedCategory.choices,
        missing="Choose what it is about",
        small=True,
    )
    must = formpack.TickField(label="It must never be forgotten", required=False)
    for_meetings = formpack.TickField(
        label="Whoever runs a meeting may know", required=False
    )

    def need(self) -> NewNeed:
        return NewNeed(**self.cleaned_data)


class OwnWordsForm(formpack.Form):
    own_words = formpack.LongTextField(
        label="What helps, in your own words",
        required=False,
        max_length=5000,
        noun="This answer",
    )
    agreed_to_share = formpack.TickField(
        label="The team may share what I need with whoever runs my meetings",
        required=False,
    )
    asked = asked.AskedField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked.remember(self)


class ContactForm(formpack.Form):
    button = "Add this"

    kind = formpack.RadioField(
        label="What is it?",
        choices=ContactKind.choices,
        missing="Choose what it is",
        small=True,
    )
    value = formpack.LongTextField(
        label="Address or number",
        rows=3,
        max_length=500,
        noun="The address or number",
        missing="Write the address or number",
    )
    postcode = formpack.PostcodeField(
        label="Postcode", hint="For an address by post", required=False
    )
    note = formpack.TextField(
        label="Anything to know",
        hint="For example, her neighbour’s number",
        required=False,
        noun="This note",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "value" not in cleaned or "kind" not in cleaned:
            return cleaned
        reader: Any = None
        if cleaned["kind"] in _RINGS:
            reader = formpack.PhoneField(label="Number", noun="The number")
        elif cleaned["kind"] == ContactKind.EMAIL:
            reader = formpack.EmailField(label="E-mail", noun="The e-mail address")
        if reader is not None:
            try:
                cleaned["value"] = reader.clean(cleaned["value"])
            except ValidationError as refusal:
                self.add_error("value", refusal)
        if cleaned["kind"] != ContactKind.POST:
            cleaned["postcode"] = ""
        return cleaned

    def point(self) -> NewContact:
        return NewContact(**self.cleaned_data)


class ReasonForm(formpack.Form):
    reason = formpack.TextField(label="Why?", required=False, noun="The reason")


class ConsentForm(formpack.Form):
    button = "Save their answer"

    agreed = formpack.RadioField(
        label="Did they agree?",
        choices=[
            ("yes", "Yes. I read these words out and they agreed"),
            ("no", "No, or not yet"),
        ],
        missing="Choose what they said",
    )
    given_how = formpack.RadioField(
        label="How they told you",
        choices=_HOW,
        initial=GivenHow.PHONE,
        small=True,
        missing="Choose how they told you",
    )


class SupporterForm(formpack.Form):
    """Who helps, with what, and that the member said so."""

    button = "Add this supporter"

    reference = formpack.TextField(
        label="Their number, if we know them",
        hint="For example, P-7KQ2-M4XR",
        required=False,
        max_length=20,
        width=10,
        noun="The number",
    )
    known_as = formpack.TextField(
        label="Their name, if they are new to us",
        required=False,
        max_length=120,
        noun="The name",
    )
    phone = formpack.PhoneField(label="Their phone", required=False, noun="The phone")
    email = formpack.EmailField(
        label="Their e-mail", required=False, autocomplete="off"
    )
    relation = formpack.RadioField(
        label="Who they are to the member",
        choices=Relation.choices,
        small=True,
        missing="Choose who they are to the member",
    )
    scopes = formpack.CheckboxesField(
        label="What the member lets them do",
        hint="Tick nothing if they only come along.",
        choices=[
            (SupportScope.SEE.value, "See meetings and papers"),
            (SupportScope.REPLY.value, "Reply to invitations"),
            (SupportScope.CLAIM.value, "Help with claims"),
            (SupportScope.DETAILS.value, "See and change details and needs"),
        ],
        required=False,
        small=True,
    )
    agreed_how = formpack.RadioField(
        label="How the member told you",
        choices=_HOW,
        small=True,
        missing="Choose how the member told you",
    )
    from_date = formpack.DateField(
        label="From which day?", initial=dates.today, noun="The first day"
    )
    to_date = formpack.DateField(
        label="Until which day?",
        hint="Leave empty if there is no last day",
        required=False,
        noun="The last day",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if not cleaned["reference"] and not cleaned["known_as"]:
            self.add_error(
                "known_as", "Write the name of the supporter, or their number"
            )
        if cleaned["to_date"] and cleaned["to_date"] < cleaned["from_date"]:
            self.add_error("to_date", "The last day must be after the first day")
        return cleaned

    def contact_points(self) -> list[NewContact]:
        data = self.cleaned_data
        found = []
        if data["phone"]:
            found.append(NewContact(ContactKind.MOBILE, data["phone"]))
        if data["email"]:
            found.append(NewContact(ContactKind.EMAIL, data["email"]))
        return found
