from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from coprod.core import formpack
from groups.people.enums import (
    Capacity,
    Channel,
    ContactKind,
    GivenHow,
    Language,
    PrintSize,
)
from groups.people.forms import asked, needs
from groups.people.forms.language import OWN_LABEL, LanguageField
from groups.people.models import ConsentWording, Topic
from groups.people.queries import PersonPage
from groups.people.values import NewConsent, NewContact, NewNeed

_CONSENT = [
    ("yes", "Yes. I read these words out and they agreed"),
    ("later", "Not yet. I will ask another time"),
]
_LONGEST_NEED = 300
# The one kind of contact point each box of the form holds.
_BOXES = {
    "address": ContactKind.POST,
    "landline": ContactKind.LANDLINE,
    "mobile": ContactKind.MOBILE,
    "email": ContactKind.EMAIL,
}


# What is kept as it was typed.
_SIMPLE = (
    "known_as",
    "capacity",
    "heard_from",
    "job_title",
    "organisation",
    "call_after",
    "call_before",
    "voicemail_ok",
    "own_words",
)
# What only the team writes down, and the same questions asked of the person herself.
_TEAM_ONLY = ("capacity", "heard_from", "job_title", "organisation")
_OWN_LABELS = {
    "known_as": "Name you like to be known by",
    "email": "E-mail we write to",
    "channel": "How you want to hear from us",
    "needs": "What you need to take part",
    "other_needs": "Anything else you need",
    "own_words": "What helps, in your own words",
    "call_after": "Ring me after",
    "call_before": "Ring me before",
    "voicemail_ok": "You may leave me a voicemail",
    "language": OWN_LABEL,
    "topics": "What interests you",
    "other_topic": "Something else that interests you",
}


class PersonForm(formpack.Form):
    """Everything a first call may bring up. Only a name is needed; the rest can wait."""

    button = "Save"

    known_as = formpack.TextField(
        label="Name they like to be known by",
        missing="Write the name they like to be known by",
        noun="The name",
        max_length=120,
        label_size="m",
    )
    capacity = formpack.RadioField(
        label="They know us as", choices=Capacity.choices, small=True
    )
    heard_from = formpack.TextField(
        label="How they heard about us", noun="This answer", required=False
    )
    job_title = formpack.TextField(
        label="Job",
        hint="For staff, partners and councillors",
        required=False,
        noun="The job",
        max_length=120,
    )
    organisation = formpack.TextField(
        label="Organisation", required=False, noun="The organisation", max_length=120
    )

    address = formpack.LongTextField(
        label="Address, without the postcode",
        required=False,
        rows=3,
        max_length=500,
        noun="The address",
    )
    postcode = formpack.PostcodeField(label="Postcode", required=False)
    landline = formpack.PhoneField(
        label="Home phone", required=False, noun="The home phone"
    )
    mobile = formpack.PhoneField(
        label="Mobile phone", required=False, noun="The mobile phone"
    )
    email = formpack.EmailField(
        label="E-mail",
        required=False,
        autocomplete="off",
        noun="The e-mail address",
        hint="Two people may share one address.",
    )
    channel = formpack.RadioField(
        label="How they want to hear from us",
        choices=[
            (Channel.LETTER, "By post"),
            (Channel.PHONE, "By phone"),
            (Channel.EMAIL, "By e-mail"),
        ],
        required=False,
        small=True,
    )
    call_after = formpack.TimeField(
        label="Ring after", hint="For example, 2pm", required=False, noun="Ring after"
    )
    call_before = formpack.TimeField(
        label="Ring before", hint="For example, 6pm", required=False, noun="Ring before"
    )
    voicemail_ok = formpack.TickField(label="We may leave a voicemail", required=False)

    print_size = formpack.RadioField(
        label="Size of print for letters and papers",
        choices=[(str(size.value), size.label) for size in PrintSize],
        small=True,
    )
    language = LanguageField()
    needs = formpack.CheckboxesField(
        label="What they need to take part",
        choices=needs.CHOICES,
        required=False,
        small=True,
    )
    other_needs = formpack.LongTextField(
        label="Anything else they need",
        hint="Write each need on a new line.",
        required=False,
        rows=3,
        max_length=3000,
        noun="This answer",
    )
    own_words = formpack.LongTextField(
        label="What helps, in their own words",
        required=False,
        rows=3,
        max_length=5000,
        noun="This answer",
    )

    topics = formpack.CheckboxesField(label="Interested in", required=False, small=True)
    other_topic = formpack.TextField(
        label="Something else they are interested in",
        required=False,
        max_length=80,
        noun="This answer",
    )

    consent = formpack.RadioField(
        label="Did they agree to be on the network?", choices=_CONSENT, required=False
    )
    consent_how = formpack.RadioField(
        label="How they told you",
        choices=[
            (how.value, how.label)
            for how in (GivenHow.PHONE, GivenHow.IN_PERSON, GivenHow.PAPER)
        ],
        initial=GivenHow.PHONE,
        small=True,
        required=False,
    )
    version = formpack.HiddenField(required=False)
    asked = asked.AskedField()

    def __init__(
        self,
        *args: Any,
        topics: Sequence[Topic],
        wording: ConsentWording | None = None,
        is_own: bool = False,
        is_team: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.wording = wording
        self.is_own = is_own
        self.is_team = is_team
        if is_own:
            self._speak_to_her()
        if not is_team:
            for name in _TEAM_ONLY:
                del self.fields[name]
        self.known_topics = topics
        self.give_choices("topics", [(topic.name, topic.name) for topic in topics])
        if wording is None:
            del self.fields["consent"], self.fields["consent_how"]
        asked.remember(self)

    def _speak_to_her(self) -> None:
        """Ask the person herself, in place of writing down what she says."""
        for name, label in _OWN_LABELS.items():
            self.fields[name].label = label

    @property
    def titles(self) -> dict[str, str]:
        """The headings of the parts of the form."""
        if self.is_own:
            return {
                "reach": "How we reach you",
                "needs": "What you need",
                "topics": "What interests you",
            }
        return {
            "reach": "How to reach them",
            "needs": "What they need",
            "topics": "What interests them",
        }

    @property
    def about_fields(self) -> list[Any]:
        return self._boxes(
            "known_as", "capacity", "heard_from", "job_title", "organisation"
        )

    @property
    def reach_fields(self) -> list[Any]:
        return self._boxes(
            "address",
            "postcode",
            "landline",
            "mobile",
            "email",
            "channel",
            "call_after",
            "call_before",
            "voicemail_ok",
        )

    @property
    def needs_fields(self) -> list[Any]:
        return self._boxes(
            "print_size", "language", "needs", "other_needs", "own_words"
        )

    @property
    def topic_fields(self) -> list[Any]:
        return self._boxes("topics", "other_topic")

    def _boxes(self, *names: str) -> list[Any]:
        return [self[name] for name in names if name in self.fields]

    @classmethod
    def blank(cls) -> dict[str, Any]:
        """Return what a new person's form starts with."""
        return {
            "capacity": Capacity.LIVED,
            "print_size": str(PrintSize.STANDARD.value),
            "language": Language.ENGLISH,
        }

    @classmethod
    def of(cls, page: PersonPage) -> dict[str, Any]:
        """Return what the form starts with for somebody we know."""
        person = page.person
        first = {point.kind: point for point in reversed(page.points)}
        post = first.get(ContactKind.POST)
        known, other = needs.ticked(need.detail for need in page.needs)
        return (
            {
                name: getattr(person, name)
                for name in (
                    "known_as",
                    "capacity",
                    "heard_from",
                    "job_title",
                    "organisation",
                    "call_after",
                    "call_before",
                    "voicemail_ok",
                    "language",
                    "version",
                )
            }
            | {
                "print_size": str(person.print_size),
                "postcode": post.postcode if post else "",
                "channel": page.channel,
                "needs": known,
                "other_needs": "\n".join(other),
                "own_words": page.own_words,
                "topics": page.topics,
            }
            | {
                box: first[kind].value if kind in first else ""
                for box, kind in _BOXES.items()
            }
        )

    def again_from(self, version: int) -> "PersonForm":
        """Return the form with what was typed, ready to be saved over a newer version."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        again = PersonForm(
            data,
            topics=self.known_topics,
            wording=self.wording,
            is_own=self.is_own,
            is_team=self.is_team,
            initial=self.initial,
        )
        again.is_valid()
        return again

    def clean_version(self) -> int | None:
        text = self.cleaned_data["version"]
        if text and not text.isdecimal():
            raise ValidationError(
                "This page is too old. Open it again and try once more."
            )
        return int(text) if text else None

    def clean_other_needs(self) -> str:
        text: str = self.cleaned_data["other_needs"]
        if any(len(line) > _LONGEST_NEED for line in text.splitlines()):
            raise ValidationError(
                f"Each need can have {_LONGEST_NEED} letters at most."
            )
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("postcode")
            and not cleaned.get("address")
            and "address" in cleaned
        ):
            self.add_error("address", "Write the address that goes with the postcode")
        after, before = cleaned.get("call_after"), cleaned.get("call_before")
        if after and before and after >= before:
            self.add_error("call_before", "Ring before must be later than ring after")
        return cleaned

    def values(self, *, page: PersonPage | None = None) -> dict[str, Any]:
        """Return what add_person and update_person take. `page` is how she was before.

        What did not stand on the page is left out, or stays as it was.
        """
        data = asked.answered(self)
        found = {name: data[name] for name in _SIMPLE if name in data}
        if "print_size" in data:
            found["print_size"] = int(data["print_size"])
        if data.get("language"):
            found["language"] = data["language"]
        other = [data["other_topic"]] if data.get("other_topic") else []
        return found | {
            "contact_points": _contact_points(data, page),
            "channel": data.get("channel") or None,
            "topics": [*data.get("topics", page.topics if page else []), *other],
            "needs": _needs(data, page),
            "consent": self._consent(),
        }

    def _consent(self) -> NewConsent | None:
        if self.wording is None or self.cleaned_data.get("consent") != "yes":
            return None
        how = self.cleaned_data["consent_how"] or GivenHow.PHONE
        return NewConsent(self.wording.pk, how)


def _contact_points(
    data: Mapping[str, Any], page: PersonPage | None
) -> list[NewContact]:
    had = page.points if page else []
    postcodes = [point.postcode for point in had if point.kind == ContactKind.POST]
    postcode = data.get("postcode", next(iter(postcodes), ""))
    typed = [
        NewContact(kind, data[box], postcode if box == "address" else "")
        for box, kind in _BOXES.items()
        if data.get(box)
    ]
    # A second number of the same kind has no box; it stays as it is, like what was not shown.
    seen = {kind for box, kind in _BOXES.items() if box not in data}
    others = []
    for point in had:
        if point.kind in seen or point.kind not in _BOXES.values():
            others.append(
                NewContact(point.kind, point.value, point.postcode, point.note)
            )
        seen.add(ContactKind(point.kind))
    return typed + others


def _needs(data: Mapping[str, Any], page: PersonPage | None) -> list[NewNeed]:
    had = page.needs if page else []
    known, other = needs.ticked(need.detail for need in had)
    return needs.asked_for(
        data.get("needs", known), data.get("other_needs", "\n".join(other)), had
    )
