"""What is drawn without a template is what Django's own templates give."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from coprod.core.formpack import FormRenderer

HOSTILE = '<b>"it\'s" & more'
CHOICES = [
    ("", "Any"),
    ("a", HOSTILE),
    ("Kinds", [("b", "Bee"), (3, "Three")]),
]


def plain(html: str) -> str:
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html)).strip()


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(), None),
        (
            forms.TextInput(attrs={"class": "x", "disabled": True, "data-y": HOSTILE}),
            HOSTILE,
        ),
        (forms.TextInput(attrs={"readonly": False, "maxlength": 5}), 7),
        (forms.EmailInput(), "a@b.example"),
        (forms.HiddenInput(), ""),
        (forms.NumberInput(attrs={"step": "any"}), 1.5),
        (forms.PasswordInput(), "never shown"),
        (forms.FileInput(attrs={"accept": ".pdf"}), None),
        (forms.Select(choices=CHOICES), "b"),
        (
            forms.Select(
                choices=CHOICES, attrs={"id": "s", "aria-describedby": HOSTILE}
            ),
            "a",
        ),
        (forms.Select(choices=CHOICES), 3),
        (forms.Select(choices=[]), None),
    ],
)
def test_drawn_is_what_the_template_gives(widget: forms.Widget, value: Any) -> None:
    attrs = {"id": "id_name"}

    drawn = widget.render("name", value, attrs, renderer=FormRenderer())
    from_template = widget.render("name", value, attrs, renderer=DjangoTemplates())

    assert plain(drawn) == plain(from_template)
