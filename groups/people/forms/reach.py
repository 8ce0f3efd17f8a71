"""How and when somebody wants to hear from us."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from coprod.core import dates, formpack
from groups.people.enums import BreakLength, Channel, ContactKind, PrintSize, Purpose
from groups.people.forms import asked
from groups.people.forms.language import OWN_LABEL, LanguageField
from groups.people.queries import CHANNEL_WORDS, PersonPage, Wish
from groups.people.values import NewWish

# What may come in a way of its own.
OWN_WAYS = (Purpose.MEETINGS, Purpose.REMINDERS, Purpose.MONEY, Purpose.NEWS)
NOT_WANTED = "no"
_KINDS: dict[str, tuple[str, ...]] = {
    Channel.EMAIL: (ContactKind.EMAIL,),
    Channel.TEXT: (ContactKind.TEXT, ContactKind.MOBILE),
    Channel.LETTER: (ContactKind.POST,),
    Channel.PHONE: (ContactKind.LANDLINE, ContactKind.MOBILE),
}
_FACTS = (
    "call_after",
    "call_before",
    "voicemail_ok",
    "quiet_from",
    "quiet_until",
    "wants_digest",
)
_OWN_LABELS = {
    "channel": "How do you want to hear from us?",
    "print_size": "Size of print for your letters",
    "language": OWN_LABEL,
    "call_after": "Ring me after",
    "call_before": "Ring me before",
    "voicemail_ok": "You may leave me a voicemail",
    "quiet_from": "No e-mail or text from",
    "wants_digest": "Put what can wait into one e-mail a week",
}


class ReachForm(formpack.Form):
    """One way for everything, and one for each kind of thing where she wants that."""

    button = "Save"

    channel = formpack.RadioField(
        label="How do they want to hear from us?", required=False
    )
    print_size = formpack.RadioField(
        label="Size of print for their letters",
        choices=[(str(size.value), size.label) for size in PrintSize],
        required=False,
        small=True,
    )
    language = LanguageField()
    call_after = formpack.TimeField(
        label="Ring after", hint="For example, 2pm", required=False, noun="Ring after"
    )
    call_before = formpack.TimeField(
        label="Ring before", hint="For example, 6pm", required=False, noun="Ring before"
    )
    voicemail_ok = formpack.TickField(label="We may leave a voicemail", required=False)
    quiet_from = formpack.TimeField(
        label="No e-mail or text from",
        hint="For example, 9pm. Leave both empty if any time will do",
        required=False,
        noun="The start of the quiet time",
    )
    quiet_until = formpack.TimeField(
        label="Until",
        hint="For example, 8am",
        required=False,
        noun="The end of the quiet time",
    )
    wants_digest = formpack.TickField(
        label="Put what can wait into one e-mail a week", required=False
    )
    version = formpack.HiddenField(required=False)
    asked = asked.AskedField()

    def __init__(
        self,
        *args: Any,
        page: PersonPage,
        offered: Sequence[str],
        is_own: bool,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = _initial(page)
        super().__init__(*args, **kwargs)
        self.page, self.offered, self.is_own = page, offered, is_own
        if is_own:
            for name, label in _OWN_LABELS.items():
                self.fields[name].label = label
        # What she once chose and cannot be had now still stands there as hers.
        ways = [channel for channel in Channel if channel in self._shown_ways()]
        self.give_choices(
            "channel", [(way, _capital(CHANNEL_WORDS[way])) for way in ways]
        )
        look = self.fields["channel"].look  # type: ignore[attr-defined]  # a field of ours
        hints = {str(way): self._where(way) for way in ways}
        self.fields["channel"].look = dataclasses.replace(look, hints=hints)  # type: ignore[attr-defined]  # as above
        for purpose in OWN_WAYS:
            self._add_own_way(purpose, ways)
        asked.remember(self)

    def _shown_ways(self) -> set[str]:
        chosen = {wish.channel for wish in self.page.wishes.values() if wish.channel}
        return {*self.offered, *chosen}

    def _where(self, channel: str) -> str:
        points = [p for p in self.page.points if p.kind in _KINDS[channel]]
        if channel not in self.offered:
            return "We cannot send these now, so we use another way until we can."
        if not points:
            return "We have nothing written down for this yet."
        return ", ".join(points[0].lines)

    def _add_own_way(self, purpose: Purpose, ways: Sequence[str]) -> None:
        follows = "meetings" if purpose == Purpose.REMINDERS else "everything"
        self.fields[way_of(purpose)] = formpack.SelectField(
            label=f"{purpose.label}: how they come",
            choices=[
                ("", f"The same way as {follows}"),
                *((way, _capital(CHANNEL_WORDS[Channel(way)])) for way in ways),
                (
                    NOT_WANTED,
                    "Do not send me these" if self.is_own else "Do not send these",
                ),
            ],
            required=False,
        )
        self.fields[print_of(purpose)] = formpack.SelectField(
            label=f"{purpose.label}: size of print",
            choices=[
                ("", f"The same print as {follows}"),
                *((str(size.value), size.label) for size in PrintSize),
            ],
            required=False,
        )

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("channel", "print_size", "language")]

    @property
    def time_fields(self) -> list[Any]:
        return [self[name] for name in _FACTS]

    @property
    def own_way_fields(self) -> list[Any]:
        return [self[name(each)] for each in OWN_WAYS for name in (way_of, print_of)]

    @property
    def is_open(self) -> bool:
        """Tell whether the part about each kind of thing starts open."""
        wrong = any(field.errors for field in self.own_way_fields)
        return wrong or bool(set(self.page.wishes) & set(OWN_WAYS))

    def clean_version(self) -> int:
        text = self.cleaned_data["version"]
        if not text.isdecimal():
            raise ValidationError(
                "This page is too old. Open it again and try once more."
            )
        return int(text)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        after, before = cleaned.get("call_after"), cleaned.get("call_before")
        if after and before and after >= before:
            self.add_error("call_before", "Ring before must be later than ring after")
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if begins is not None and begins == ends:
            self.add_error("quiet_until", "The quiet time must end at another time")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return what was answered of what stands on the person's row."""
        said = asked.answered(self)
        found = {name: said[name] for name in _FACTS if name in said}
        if said.get("print_size"):
            found["print_size"] = int(said["print_size"])
        if said.get("language"):
            found["language"] = said["language"]
        return found

    def wishes(self) -> dict[str, NewWish | None]:
        """Return what was answered of each kind of thing; None where it follows another."""
        said = asked.answered(self)
        found: dict[str, NewWish | None] = {}
        if said.get("channel"):
            old = self.page.wishes.get(Purpose.EVERYTHING, Wish())
            found[Purpose.EVERYTHING] = NewWish(
                said["channel"], old.print_size, old.is_wanted
            )
        for purpose in OWN_WAYS:
            if way_of(purpose) in said or print_of(purpose) in said:
                wish = self._wish(purpose, said)
                found[purpose] = None if wish == NewWish() else wish
        return found

    def _wish(self, purpose: Purpose, said: dict[str, Any]) -> NewWish:
        old = self.page.wishes.get(purpose, Wish())
        way = said.get(way_of(purpose), _way(old))
        size = said.get(print_of(purpose), old.print_size)
        return NewWish(
            channel="" if way == NOT_WANTED else way,
            print_size=int(size) if size else None,
            is_wanted=way != NOT_WANTED,
        )

    def again_from(self, page: PersonPage) -> "ReachForm":
        """Return the form with what was typed, ready to be saved over a newer version."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(page.person.version)
        again = ReachForm(data, page=page, offered=self.offered, is_own=self.is_own)
        again.is_valid()
        return again


def way_of(purpose: str) -> str:
    return f"{purpose}_way"


def print_of(purpose: str) -> str:
    return f"{purpose}_print"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _way(wish: Wish) -> str:
    return wish.channel if wish.is_wanted else NOT_WANTED


def _initial(page: PersonPage) -> dict[str, Any]:
    person = page.person
    found: dict[str, Any] = {name: getattr(person, name) for name in _FACTS}
    found |= {
        "channel": page.channel,
        "print_size": str(person.print_size),
        "language": person.language,
        "version": person.version,
    }
    for purpose in OWN_WAYS:
        wish = page.wishes.get(purpose, Wish())
        found[way_of(purpose)] = _way(wish)
        found[print_of(purpose)] = str(wish.print_size or "")
    return found


class BreakForm(formpack.Form):
    """How long a break lasts, and what the team was told about it."""

    length = formpack.RadioField(
        label="For how long?", choices=BreakLength.choices, required=False
    )
    reason = formpack.TextField(label="Why?", required=False, noun="The reason")

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"length": BreakLength.THREE})
        super().__init__(*args, **kwargs)
        if is_own:
            del self.fields["reason"]
            self.give_choices(
                "length",
                [
                    (value, "Until I tell you" if value == BreakLength.OPEN else label)
                    for value, label in BreakLength.choices
                ],
            )

    def until(self) -> dt.date | None:
        """Return the last day of the break, if it has one. Nothing chosen is three months."""
        length = self.cleaned_data["length"] or BreakLength.THREE
        if length == BreakLength.OPEN:
            return None
        return dates.add_months(dates.today(), int(length))
