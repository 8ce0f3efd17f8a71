"""The form every page starts from."""

from crispy_forms.helper import FormHelper
from django import forms


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

    def refuse(self, refusal: Exception) -> None:
        """Show a sentence the product said no with, at the field it belongs to."""
        field = getattr(refusal, "field", None)
        self.add_error(field if field in self.fields else None, str(refusal))
