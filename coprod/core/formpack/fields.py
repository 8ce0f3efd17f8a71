"""Fields for words, dates, times, money and files, each with its own clear sentences."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from localflavor.gb.forms import GBPostcodeField

from coprod.core import dates
from coprod.core.formpack import parsing
from coprod.core.formpack.rendering import Look
from coprod.core.formpack.widgets import DateBoxes

Limit = dt.date | Callable[[], dt.date] | None


class Described:
    """What every field of ours takes: its label, hint, sentence when empty, and look."""

    missing_starts = "Fill in"
    noun = ""

    def __init__(
        self,
        *,
        label: str,
        hint: str = "",
        missing: str = "",
        noun: str = "",
        label_size: str = "s",
        width: int | None = None,
        prefix: str = "",
        suffix: str = "",
        small: bool = False,
        inline: bool = False,
        count: bool = False,
        hints: dict[str, str] | None = None,
        autocomplete: str = "",
        inputmode: str = "",
        **kwargs: Any,
    ) -> None:
        self.look = Look(
            label_size, width, prefix, suffix, small, inline, count, hints or {}
        )
        self.missing = missing
        self.noun = noun or self.noun or f"“{label}”"
        self._typing = {"autocomplete": autocomplete, "inputmode": inputmode}
        super().__init__(label=label, help_text=hint, **kwargs)  # type: ignore[call-arg]  # a mixin before forms.Field

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: the browser would cut what is pasted without a word.
        attrs = super().widget_attrs(widget)  # type: ignore[misc]  # a mixin before forms.Field
        attrs.pop("maxlength", None)
        attrs.pop("minlength", None)
        return attrs | {name: value for name, value in self._typing.items() if value}

    def clean(self, *args: Any) -> Any:
        try:
            return super().clean(*args)  # type: ignore[misc]  # a mixin before forms.Field
        except ValidationError as refusal:
            # A refusal of several things at once has no code of its own.
            if getattr(refusal, "code", None) != "required":
                raise
            raise ValidationError(self.missing_sentence(), code="required") from None

    def missing_sentence(self) -> str:
        return self.missing or f"{self.missing_starts} “{self.label}”"  # type: ignore[attr-defined]  # forms.Field sets it


class TextField(Described, forms.CharField):
    def __init__(self, *, max_length: int | None = 200, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Kept from Django's own validator, whose sentence is not ours.
        self.max_length = max_length

    def to_python(self, value: Any) -> str:
        text = parsing.clean_text(str(value or ""), noun=self.noun)
        if self.max_length is not None and len(text) > self.max_length:
            raise ValidationError(
                f"{self.noun} can have {self.max_length:,} letters at most. "
                f"It has {len(text):,}.",
                code="max_length",
            )
        return text


class LongTextField(TextField):
    def __init__(
        self, *, max_length: int | None = 10_000, rows: int = 5, **kwargs: Any
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "cols": False})
        super().__init__(max_length=max_length, widget=widget, **kwargs)


class EmailField(TextField):
    widget = forms.EmailInput
    default_validators = forms.EmailField.default_validators

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "email")
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(
                "Write the e-mail address in full, like name@example.com",
                code="invalid",
            ) from None


class PhoneField(TextField):
    """A telephone number, kept as +44… so that two ways of writing it are one number."""

    widget = forms.TextInput(attrs={"type": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 20)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException:
            number = None
        # "Possible", not "valid": the numbers kept for drama and examples are not in use.
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(
                "Write the telephone number in full, like 01632 960 001", code="invalid"
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("+44"):
            number = phonenumbers.parse(value, "GB")
            return phonenumbers.format_number(
                number, phonenumbers.PhoneNumberFormat.NATIONAL
            )
        return value


class PostcodeField(Described, GBPostcodeField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Write the postcode in full, like NS4 2QT"
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 10)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return parsing.clean_text(str(value or ""), noun=self.noun)


class Typed(Described, forms.Field):
    """A value that people type in their own way and we read."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        text = parsing.clean_text(str(value or ""), noun=self.noun)
        return self.read(text) if text else None

    def read(self, text: str) -> Any:
        raise NotImplementedError


class TimeField(Typed):
    noun = "Time"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 10)
        super().__init__(**kwargs)

    def read(self, text: str) -> dt.time:
        return parsing.parse_clock(text, noun=self.noun)

    def prepare_value(self, value: Any) -> Any:
        return dates.clock(value) if isinstance(value, dt.time) else value


class Numeric(Typed):
    """A number between two limits, both allowed."""

    smallest: Any = 0
    largest: Any = None

    def __init__(
        self, *, smallest: Any = None, largest: Any = None, **kwargs: Any
    ) -> None:
        self.smallest = self.smallest if smallest is None else smallest
        self.largest = self.largest if largest is None else largest
        kwargs.setdefault("inputmode", "decimal")
        kwargs.setdefault("width", 5)
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value < self.smallest:
            raise ValidationError(
                f"{self.noun} must be {self.words(self.smallest)} or more"
            )
        if value is not None and self.largest is not None and value > self.largest:
            raise ValidationError(
                f"{self.noun} must be {self.words(self.largest)} or less"
            )

    def words(self, value: Any) -> str:
        return f"{value:,}"


class NumberField(Numeric):
    noun = "Number"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("inputmode", "numeric")
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        return parsing.parse_whole(text, noun=self.noun)


class MoneyField(Numeric):
    """An amount in Decimal pounds; money.to_pence turns it into what we keep."""

    noun = "Amount"
    smallest = Decimal("0.01")
    largest = Decimal("9999.99")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "£")
        super().__init__(**kwargs)

    def read(self, text: str) -> Decimal:
        return parsing.parse_pounds(text, noun=self.noun)

    def words(self, value: Decimal) -> str:
        return f"£{value:,.2f}"


class MilesField(Numeric):
    noun = "Miles"
    smallest = Decimal("0.1")
    # More than the length of the country and back: a slip of the finger, not a journey.
    largest = Decimal(1000)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("suffix", "miles")
        super().__init__(**kwargs)

    def read(self, text: str) -> Decimal:
        return parsing.parse_miles(text, noun=self.noun)


class MinutesField(Numeric):
    """A length of time in whole minutes, a day at most."""

    noun = "Time"
    smallest = 1
    largest = 24 * 60

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", 20)
        kwargs.setdefault("inputmode", "text")
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        return parsing.parse_minutes(text, noun=self.noun)

    def prepare_value(self, value: Any) -> Any:
        return dates.duration(value) if isinstance(value, int) else value

    def words(self, value: int) -> str:
        return dates.duration(value)


class DateField(Described, forms.Field):
    noun = "Date"
    widget = DateBoxes

    def __init__(
        self, *, earliest: Limit = None, latest: Limit = None, **kwargs: Any
    ) -> None:
        self.earliest, self.latest = earliest, latest
        kwargs.setdefault("hint", "For example, 27 3 2026")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.date):
            return value
        parts = [
            parsing.clean_text(str(part or ""), noun=self.noun) for part in value or []
        ]
        if not any(parts):
            return None
        return parsing.parse_date(*parts, noun=self.noun)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        if earliest and value < earliest:
            raise ValidationError(
                f"{self.noun} must be {dates.long_date(earliest)} or later"
            )
        if latest and value > latest:
            raise ValidationError(
                f"{self.noun} must be {dates.long_date(latest)} or earlier"
            )


class FileField(Described, forms.FileField):
    missing_starts = "Choose a file for"
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Choose the file again. It did not reach us.",
        "empty": "The file is empty. Choose another one.",
    }

    def __init__(self, *, accept: str = "", **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": accept} if accept else None)
        super().__init__(widget=widget, **kwargs)


class HiddenField(forms.CharField):
    """Something the page remembers, like the version a person started from."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": "This page is too old. Open it again and try once more."
    }
