"""The form every page starts from."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet

from coprod.core.words import tidy


def form_helper() -> FormHelper:
    """Return the one helper: layouts only, because the page writes the form tag and the key."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    return helper


class Form(forms.Form):
    """A form of our own: no browser bubbles, and the words on its button."""

    use_required_attribute = False
    button = "Save"

    @property
    def helper(self) -> FormHelper:
        return form_helper()

    def give_choices(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """Set what a field of choices may be answered with."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a choice field

    def give_rows(self, name: str, rows: QuerySet[Any]) -> None:
        """Set which rows a model field may be answered with."""
        self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a model field

    def _clean_fields(self) -> None:
        """Take direction overrides and control characters out of every text before it is kept."""
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave it out
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = tidy(value)

    def refuse(self, refusal: Exception) -> None:
        """Show a sentence the product said no with, at the field it belongs to."""
        field = getattr(refusal, "field", None)
        self.add_error(field if field in self.fields else None, str(refusal))
