"""Fields with answers to choose from."""

from typing import Any, ClassVar

from django import forms

from coprod.core.formpack.fields import Described

_UNKNOWN = "Choose one of the answers on the page"


class RadioField(Described, forms.ChoiceField):
    widget = forms.RadioSelect
    missing_starts = "Choose an answer to"
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _UNKNOWN}


class SelectField(Described, forms.ChoiceField):
    missing_starts = "Choose from the list for"
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _UNKNOWN}

    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        given = [] if callable(choices) else list(choices)
        if given and all(value not in ("", None) for value, _label in given):
            choices = [("", "Choose one"), *given]
        super().__init__(choices=choices, **kwargs)


class CheckboxesField(Described, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    missing_starts = "Choose at least one answer to"
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": _UNKNOWN,
        "invalid_list": _UNKNOWN,
    }


class TickField(Described, forms.BooleanField):
    missing_starts = "Tick the box:"


class ModelRadioField(Described, forms.ModelChoiceField):
    widget = forms.RadioSelect
    missing_starts = "Choose an answer to"
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _UNKNOWN}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", None)
        super().__init__(**kwargs)


class ModelSelectField(Described, forms.ModelChoiceField):
    missing_starts = "Choose from the list for"
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _UNKNOWN}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "Choose one")
        super().__init__(**kwargs)


class ModelCheckboxesField(Described, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    missing_starts = "Choose at least one answer to"
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": _UNKNOWN,
        "invalid_list": _UNKNOWN,
        "invalid_pk_value": _UNKNOWN,
    }
