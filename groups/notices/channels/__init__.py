"""The ways out of the house: who takes e-mail, texts and letters from us (settings)."""

from collections.abc import Callable

from django.conf import settings

from groups.notices.channels import files, notify, smtp
from groups.notices.channels.transport import (
    Found,
    Outgoing,
    Refused,
    Silent,
    Taken,
    Transport,
    TryLater,
    Unfit,
    message_id,
)
from groups.people.enums import Channel

__all__ = [
    "MACHINES",
    "NOTIFY",
    "TRANSPORTS",
    "Found",
    "Outgoing",
    "Refused",
    "Silent",
    "Taken",
    "Transport",
    "TryLater",
    "Unfit",
    "for_channel",
    "is_set_up",
    "message_id",
    "through",
]

# The channels a machine may work for; a call is always a person's.
MACHINES = (Channel.EMAIL, Channel.TEXT, Channel.LETTER)
NOTIFY = notify.NAME
TRANSPORTS: dict[str, Callable[[], Transport]] = {
    smtp.NAME: smtp.MailServer,
    files.NAME: files.Files,
    notify.NAME: notify.Notify,
}


def through(channel: str) -> str:
    """Return the name of who takes this channel's messages, or an empty string: people do."""
    named = {
        Channel.EMAIL: settings.EMAIL_THROUGH,
        Channel.TEXT: settings.TEXT_THROUGH,
        Channel.LETTER: settings.LETTERS_THROUGH,
    }.get(Channel(channel), "")
    return named if named in TRANSPORTS else ""


def for_channel(channel: str) -> Transport | None:
    """Return a new transport for a channel; None when nothing is set up to send it."""
    name = through(channel)
    return TRANSPORTS[name]() if name else None


def is_set_up(channel: str) -> bool:
    """Tell whether something sent this way will go: people always post letters and ring."""
    return channel in (Channel.LETTER, Channel.PHONE) or bool(through(channel))
