"""The one widget Django lacks: a date in three boxes."""

import datetime as dt
from typing import Any

from django import forms

BOXES = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))


class DateBoxes(forms.MultiWidget):
    """Day, month and year, posted as <name>_day, <name>_month and <name>_year."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {name: forms.TextInput for name, _label, _width in BOXES}, attrs
        )

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, dt.date):
            return [str(value.day), str(value.month), str(value.year)]
        return ["", "", ""]
