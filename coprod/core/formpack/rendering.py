"""How every form in the product becomes GOV.UK components.

Django asks the renderer which templates and which BoundField class to use, so plain forms,
crispy layouts and the sign-in library's forms all come out the same.
"""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import boundfield
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

from coprod.core.formpack.drawing import DRAWN
from coprod.core.formpack.widgets import BOXES, DateBoxes


@dataclass(frozen=True)
class Look:
    """How a field is shown, beyond what Django keeps on a field."""

    label_size: str = "s"
    width: int | None = None
    prefix: str = ""
    suffix: str = ""
    small: bool = False
    inline: bool = False
    count: bool = False
    hints: dict[str, str] = field(default_factory=dict)


_PLAIN = Look()


def _govuk_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.CheckboxInput):
        return "govuk-checkboxes__input"
    if isinstance(widget, forms.RadioSelect):
        return "govuk-radios__input"
    if isinstance(widget, forms.Select):
        return "govuk-select"
    if isinstance(widget, forms.Textarea):
        return "govuk-textarea"
    if isinstance(widget, forms.FileInput):
        return "govuk-file-upload"
    return "govuk-input"


class BoundField(boundfield.BoundField):
    """A field of a form with its GOV.UK classes, options, date boxes and error link."""

    @property
    def look(self) -> Look:
        return getattr(self.field, "look", _PLAIN)

    @property
    def kind(self) -> str:
        widget = self.field.widget
        if isinstance(widget, DateBoxes):
            return "date"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        return "tick" if isinstance(widget, forms.CheckboxInput) else "input"

    @property
    def is_tick(self) -> bool:
        return self.kind == "tick"

    @property
    def is_date(self) -> bool:
        return self.kind == "date"

    @property
    def is_optional(self) -> bool:
        return not self.field.required and not self.is_tick and not self.field.disabled

    @property
    def counts(self) -> bool:
        """Tell whether the letters typed are counted as they are typed."""
        return self.look.count and getattr(self.field, "max_length", None) is not None

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if described is not None and self.counts:
            return f"{described} {self.auto_id}-info".strip()
        return described

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return attrs
        name = _govuk_class(widget)
        classes = [widget.attrs.get("class", ""), name]
        if self.look.width and name == "govuk-input":
            classes.append(f"govuk-input--width-{self.look.width}")
        if self.errors and name in {"govuk-input", "govuk-select", "govuk-textarea"}:
            classes.append(f"{name}--error")
        if self.errors and name == "govuk-file-upload":
            classes.append("govuk-file-upload--error")
        if self.counts:
            classes.append("govuk-js-character-count")
        if name in {"govuk-radios__input", "govuk-checkboxes__input"}:
            # Not allowed on a radio; the fieldset carries the error instead.
            attrs.pop("aria-invalid", None)
        attrs["class"] = " ".join(filter(None, classes))
        return attrs

    @property
    def first_id(self) -> str:
        """Return the id a link in the error summary must lead to."""
        if self.kind == "date":
            names = [name for name, _label, _width in BOXES]
            wrong = self._wrong_boxes()
            return f"{self.auto_id}_{names.index(wrong[0]) if wrong else 0}"
        if self.kind in {"radios", "checkboxes"}:
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def options(self) -> list[dict[str, Any]]:
        """Return radios or checkboxes with their labels and hints."""
        found = []
        for option in self.subwidgets:
            hint = self.look.hints.get(str(option.data["value"]), "")
            hint_id = f"{option.id_for_label}_hint"
            if hint:
                option.data["attrs"]["aria-describedby"] = hint_id
            found.append({"option": option, "hint": hint, "hint_id": hint_id})
        return found

    def _wrong_boxes(self) -> list[str]:
        names = [name for name, _label, _width in BOXES]
        found = self.form.errors.as_data().get(self.name, []) if self.errors else []
        codes = [error.code for error in found if error.code in names]
        return codes or (names if self.errors else [])

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """Return the three boxes of a date; only the box that is wrong is marked."""
        values = self.value()
        if not isinstance(values, list):
            values = self.field.widget.decompress(values)
        wrong = self._wrong_boxes()
        return [
            {
                "id": f"{self.auto_id}_{index}",
                "name": f"{self.html_name}_{name}",
                "label": label,
                "width": width,
                # Names of months are read too.
                "inputmode": "text" if name == "month" else "numeric",
                "value": values[index] or "",
                "is_wrong": name in wrong,
                "disabled": self.field.disabled,
            }
            for index, (name, label, width) in enumerate(BOXES)
        ]


class FormRenderer(TemplatesSetting):
    """Django's hook for the templates and the class of every form and field."""

    form_template_name = "coprod/form.html"
    formset_template_name = "coprod/formset.html"
    field_template_name = "coprod/group.html"
    bound_field_class = BoundField

    def render(
        self,
        template_name: str,
        context: dict[str, Any],
        request: HttpRequest | None = None,
    ) -> str:
        if template_name in DRAWN:
            return DRAWN[template_name](context["widget"])
        return super().render(template_name, context, request)
