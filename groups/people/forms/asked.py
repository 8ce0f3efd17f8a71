"""Which questions stood on the page, so that saving never changes what it did not show.

An empty tick box is not sent at all, and so looks like a box that was never there. A form that has
this field says which boxes it showed.
"""

from typing import Any

from django import forms

from coprod.core import formpack

NAME = "asked"
_BOXES = (forms.CheckboxInput, forms.CheckboxSelectMultiple)


class AskedField(formpack.HiddenField):
    """The names of the tick boxes on the page."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def bound_data(self, data: Any, initial: Any) -> Any:
        # The page that comes back shows every box again, whatever was sent.
        return initial


def remember(form: forms.Form) -> None:
    """Write down in the form which tick boxes it shows. Called when its fields are settled."""
    boxes = [
        name for name, field in form.fields.items() if isinstance(field.widget, _BOXES)
    ]
    form.fields[NAME].initial = " ".join(boxes)


def answered(form: forms.Form) -> dict[str, Any]:
    """Return the answers to what stood on the page, of a form that is valid."""
    shown = set(str(form.cleaned_data.get(NAME, "")).split())
    return {
        name: value
        for name, value in form.cleaned_data.items()
        if name != NAME
        and (name in shown & set(form.fields) or form.add_prefix(name) in form.data)
    }
