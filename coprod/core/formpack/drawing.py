"""Boxes and lists drawn without a template: what every form has most of, drawn many times a page.

The result is what Django's own templates for these widgets give; a test holds the two equal.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_FOLDER = "django/forms/widgets/"
_BOXES = ("text", "email", "number", "hidden", "password", "url", "input", "file")


def _attributes(attrs: Mapping[str, Any]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name),)
            if value is True
            else (format_html(' {}="{}"', name, str(value)),)
            for name, value in attrs.items()
            if value is not False
        ),
    )


def _box(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        "" if value is None else format_html(' value="{}"', str(value)),
        _attributes(widget["attrs"]),
    )


def _option(option: Mapping[str, Any]) -> SafeString:
    return format_html(
        '<option value="{}"{}>{}</option>',
        str(option["value"]),
        _attributes(option["attrs"]),
        option["label"],
    )


def _list(widget: Mapping[str, Any]) -> SafeString:
    options = format_html_join(
        "",
        "{}",
        (
            (
                format_html('<optgroup label="{}">{}</optgroup>', name, drawn)
                if name
                else drawn,
            )
            for name, group, _ in widget["optgroups"]
            for drawn in [format_html_join("", "{}", ((_option(o),) for o in group))]
        ),
    )
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        _attributes(widget["attrs"]),
        options,
    )


DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    f"{_FOLDER}{name}.html": _box for name in _BOXES
} | {f"{_FOLDER}select.html": _list}
