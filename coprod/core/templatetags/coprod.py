"""Filters and the small tags every page uses. The bigger pieces are in components.py."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.messages import WARNING
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from coprod.core import dates, keptforms, money, words
from coprod.core.icons import DRAWINGS

register = template.Library()

_AVATAR_COLOURS = 4


@register.filter
def long_date(value: dt.date | dt.datetime | None) -> str:
    return dates.long_date(value) if value else ""


@register.filter
def long_datetime(value: dt.datetime | None) -> str:
    return dates.long_datetime(value) if value else ""


@register.filter
def short_date(value: dt.date | dt.datetime | None) -> str:
    return dates.short_date(value) if value else ""


@register.filter
def clock(value: dt.time | dt.datetime | None) -> str:
    return dates.clock(value) if value is not None else ""


@register.filter
def time_range(
    start: dt.time | dt.datetime | None, end: dt.time | dt.datetime | None
) -> str:
    if start is None or end is None:
        return clock(start)
    return f"{dates.clock(start)} to {dates.clock(end)}"


@register.filter
def pounds(pence: int | None) -> str:
    return money.pounds(pence) if pence is not None else ""


@register.filter
def duration(minutes: int | None) -> str:
    return dates.duration(minutes) if minutes is not None else ""


@register.filter
def plural(number: int, forms: str) -> str:
    """Return '1 letter' or '3 letters' for `3|plural:"letter,letters"`."""
    one, many = forms.split(",")
    return f"{number:,} {one if number == 1 else many}"


@register.filter
def initials(name: str | None) -> str:
    """Return the first letters of the first and the last word."""
    parts = [part for part in (name or "").split() if part[0].isalnum()]
    ends = parts[:1] + parts[1:][-1:]
    return "".join(part[0] for part in ends).upper()


@register.filter
def avatar_class(key: int | None) -> str:
    """Return the colour of an avatar: the same for the same person on every page."""
    number = (key or 0) % _AVATAR_COLOURS
    return f"app-avatar app-avatar--{number + 1}" if number else "app-avatar"


@register.filter
def markdown(text: str | None) -> SafeString:
    return words.render_markdown(text or "")


@register.filter
def masked_email(address: str | None) -> str:
    """Return 'o•••••@example.org': enough to know which inbox, not enough to learn the address."""
    name, at, domain = (address or "").rpartition("@")
    return f"{name[:1]}•••••{at}{domain}" if at else ""


@register.filter
def is_trouble(message: Message) -> bool:
    """Tell whether a message is about something that went wrong."""
    return message.level >= WARNING


_WAYS_TO_SIGN_IN = {
    "reauthenticate": "Use my password",
    "mfa_reauthenticate": "Use a code from my app",
    "mfa_reauthenticate:webauthn": "Use my passkey",
}


@register.filter
def sign_in_way(method: dict[str, str]) -> str:
    """Return our words for one of the library's ways to sign in again."""
    return _WAYS_TO_SIGN_IN.get(method["id"], method["description"])


@register.simple_tag
def icon(name: str) -> SafeString:
    return DRAWINGS[name]


@register.simple_tag(takes_context=True)
def form_key(context: template.Context, action: str = "") -> SafeString:
    """Return the one-time key of a form, the same one again when its post is shown again."""
    request: HttpRequest | None = context.get("request")
    key = str(uuid.uuid4())
    if (
        request is not None
        and request.method == "POST"
        and action in ("", request.path)
    ):
        key = request.POST.get("form_key") or key
    hidden = format_html('<input type="hidden" name="form_key" value="{}">', key)
    if request is not None and request.user.is_authenticated:
        hidden += format_html(
            '<input type="hidden" name="{}" value="{}">',
            keptforms.FIELD,
            keptforms.owner_mark(request.user.pk),
        )
    return hidden


@register.simple_tag
def refresh(seconds: int) -> SafeString:
    """Return the head line that loads the page again, for work that goes on without script."""
    return format_html('<meta http-equiv="refresh" content="{}">', seconds)


@register.simple_tag
def button(text: str, kind: str = "", name: str = "", value: str = "") -> SafeString:
    """Return a submit button. The script of every page keeps a double click to one."""
    classes = f"govuk-button govuk-button--{kind}" if kind else "govuk-button"
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button class="{}" type="submit"{}>{}</button>',
        classes,
        named,
        text,
    )


@register.simple_tag
def script_button(text: str, button_id: str, form_id: str = "") -> SafeString:
    """Return a button that does nothing by itself: a script listens to it."""
    form = format_html(' form="{}"', form_id) if form_id else ""
    return format_html(
        '<button class="govuk-button govuk-button--secondary" type="button" id="{}"{}>{}</button>',
        button_id,
        form,
        text,
    )


@register.simple_tag(takes_context=True)
def post_button(
    context: template.Context,
    text: str,
    url: str,
    *,
    kind: str = "secondary",
    name: str = "",
    value: str = "",
    about: str = "",
) -> SafeString:
    """Return a form of one button, for what a link must not do: change something."""
    hidden = (
        format_html('<span class="govuk-visually-hidden"> {}</span>', about)
        if about
        else ""
    )
    return format_html(
        '<form class="app-one" action="{}" method="post" novalidate>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}</form>',
        url,
        context.get("csrf_token", ""),
        form_key(context, url),
        button(format_html("{}{}", text, hidden), kind, name, value),
    )


@register.simple_tag(takes_context=True)
def form_page(
    context: template.Context,
    form: BaseForm,
    *,
    button: str,
    action: str = "",
    cancel_url: str = "",
    cancel: str = "Save it for later",
    second: str = "",
    second_name: str = "",
    id: str = "",  # noqa: A002 - it is the id of the form in the page
    warning: bool = False,
) -> SafeString:
    """Return a whole form: key, fields, one primary button and a way out."""
    values = {
        "form": form,
        "button": button,
        "action": action,
        "cancel_url": cancel_url,
        "cancel": cancel,
        "second": second,
        "second_name": second_name,
        "id": id,
        "kind": "warning" if warning else "",
        "csrf_token": context.get("csrf_token", ""),
        "key": form_key(context, action),
    }
    return render_to_string("_components/form.html", values)


def _forms_in(values: Iterable[Any]) -> Iterable[BaseForm]:
    for value in values:
        if isinstance(value, BaseForm):
            yield value
        elif isinstance(value, BaseFormSet):
            yield from value.forms
        elif (
            isinstance(value, list | tuple) and value and isinstance(value[0], BaseForm)
        ):
            yield from value


def _bad_forms(context: template.Context) -> list[BaseForm]:
    """Return every form in the page's context that was sent and has something wrong."""
    found: dict[int, BaseForm] = {}
    for layer in context.dicts:
        for form in _forms_in(layer.values()):
            if form.is_bound and form.errors:
                found.setdefault(id(form), form)
    return list(found.values())


def _lines(form: BaseForm) -> Iterable[tuple[str, str]]:
    visible = form.visible_fields()
    for name, errors in form.errors.items():
        for error in errors:
            if name in form.fields and not form[name].is_hidden:
                yield form[name].first_id, str(error)  # type: ignore[attr-defined]  # our BoundField
            else:
                # A problem of the whole form still leads somewhere a keyboard can go on from.
                yield visible[0].first_id if visible else "", str(error)  # type: ignore[attr-defined]  # our BoundField


@register.simple_tag(takes_context=True)
def error_prefix(context: template.Context) -> str:
    return "Error: " if _bad_forms(context) else ""


@register.simple_tag(takes_context=True)
def error_summary(context: template.Context) -> SafeString | str:
    """Return the list of what is wrong, with a link to each place, for every form on the page."""
    lines = [line for form in _bad_forms(context) for line in _lines(form)]
    if not lines:
        return ""
    return render_to_string(
        "_components/error_summary.html", {"lines": list(dict.fromkeys(lines))}
    )


@register.simple_tag
def breadcrumbs(*labels_and_urls: str) -> SafeString:
    """Return the path to this page: label, address, label, address."""
    pairs = zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True)
    items = format_html_join(
        "",
        '<li class="govuk-breadcrumbs__list-item">'
        '<a class="govuk-breadcrumbs__link" href="{1}">{0}</a></li>',
        pairs,
    )
    return format_html(
        '<nav class="govuk-breadcrumbs" aria-label="Breadcrumb">'
        '<ol class="govuk-breadcrumbs__list">{}</ol></nav>',
        items,
    )


@register.simple_tag
def back_link(url: str, text: str = "Back") -> SafeString:
    return format_html(
        '<nav aria-label="Back"><a class="govuk-back-link" href="{}">{}</a></nav>',
        url,
        text,
    )


@register.simple_tag
def link(text: str, name: str, *args: Any, about: str = "") -> SafeString:
    """Return a link to a page by its URL name, with hidden words for a screen reader."""
    hidden = (
        format_html('<span class="govuk-visually-hidden"> {}</span>', about)
        if about
        else ""
    )
    return format_html(
        '<a class="govuk-link" href="{}">{}{}</a>',
        reverse(name, args=args),
        text,
        hidden,
    )
