"""Forms that come out as GOV.UK components and speak in sentences."""

from coprod.core.formpack.choices import (
    CheckboxesField,
    ModelCheckboxesField,
    ModelRadioField,
    ModelSelectField,
    RadioField,
    SelectField,
    TickField,
)
from coprod.core.formpack.fields import (
    DateField,
    EmailField,
    FileField,
    HiddenField,
    LongTextField,
    MilesField,
    MinutesField,
    MoneyField,
    NumberField,
    PhoneField,
    PostcodeField,
    TextField,
    TimeField,
)
from coprod.core.formpack.forms import Form, form_helper
from coprod.core.formpack.rendering import BoundField, FormRenderer

__all__ = [
    "BoundField",
    "CheckboxesField",
    "DateField",
    "EmailField",
    "FileField",
    "Form",
    "FormRenderer",
    "HiddenField",
    "LongTextField",
    "MilesField",
    "MinutesField",
    "ModelCheckboxesField",
    "ModelRadioField",
    "ModelSelectField",
    "MoneyField",
    "NumberField",
    "PhoneField",
    "PostcodeField",
    "RadioField",
    "SelectField",
    "TextField",
    "TickField",
    "TimeField",
    "form_helper",
]
