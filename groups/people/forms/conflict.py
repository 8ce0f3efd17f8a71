"""What two people answered differently, side by side, so that neither answer is lost."""

from typing import Any

from django import forms


def differences(form: forms.Form) -> list[tuple[str, str, str]]:
    """Return each question answered differently: its label, the record's answer, what was typed."""
    found = []
    for name, field in form.fields.items():
        now = _said(field, form.initial.get(name))
        typed = _said(field, form.cleaned_data.get(name))
        if now != typed and not field.widget.is_hidden:
            found.append((str(field.label), now, typed))
    return found


def _said(field: Any, value: Any) -> str:
    """Return an answer as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in (None, "", []):
        return "Nothing"
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list):
        return ", ".join(sorted(labels.get(str(item), str(item)) for item in value))
    return labels.get(str(value), str(field.prepare_value(value)))
