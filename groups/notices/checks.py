"""Whether the settings name who takes each kind of message, and what those need."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from groups.notices.channels import files, notify, smtp

_KNOWN = {
    "EMAIL_THROUGH": ("", smtp.NAME, notify.NAME, files.NAME),
    "TEXT_THROUGH": ("", notify.NAME, files.NAME),
    "LETTERS_THROUGH": ("print", notify.NAME),
}
# A key ends in two identifiers of 36 characters: the service's and its own.
_LENGTH_OF_KEYS = 73


@register()
def channels_are_set_up(
    app_configs: Sequence[Any] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """Say what is wrong with the channels, before a message finds out."""
    return [*_unknown(), *_smtp(), *_notify()]


def _through(name: str) -> list[str]:
    return [setting for setting in _KNOWN if getattr(settings, setting) == name]


def _unknown() -> Iterable[CheckMessage]:
    for setting, known in _KNOWN.items():
        value = getattr(settings, setting)
        if value not in known:
            words = ", ".join(each or "nothing" for each in known)
            yield Error(f"{setting} is {value}. It may be: {words}.", id="notices.E001")
    shown = _through(files.NAME)
    if shown and not settings.DEMONSTRATION and not settings.TESTING:
        yield Error(
            f"{' and '.join(shown)} may be 'file' only in the demonstration: nobody would get it.",
            id="notices.E002",
        )


def _smtp() -> Iterable[CheckMessage]:
    if _through(smtp.NAME) and not settings.EMAIL_URL and not settings.TESTING:
        yield Error(
            "EMAIL_THROUGH is smtp, and EMAIL_URL names no mail server.",
            id="notices.E003",
        )


def _notify() -> Iterable[CheckMessage]:
    used = _through(notify.NAME)
    if not used:
        return
    if len(settings.NOTIFY_KEY) < _LENGTH_OF_KEYS:
        yield Error(
            "NOTIFY_KEY is not a key of GOV.UK Notify: the name, the service and the key, joined.",
            id="notices.E004",
        )
    for setting, template in (
        ("EMAIL_THROUGH", "NOTIFY_EMAIL_TEMPLATE"),
        ("TEXT_THROUGH", "NOTIFY_TEXT_TEMPLATE"),
    ):
        if setting in used and not getattr(settings, template):
            yield Error(
                f"{setting} is notify, and {template} is not set.", id="notices.E005"
            )
    if not settings.NOTIFY_RECEIPTS_TOKEN:
        yield checks.Warning(
            "NOTIFY_RECEIPTS_TOKEN is not set, so nobody learns of messages that did not arrive.",
            id="notices.W001",
        )
