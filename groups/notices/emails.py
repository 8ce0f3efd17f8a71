import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape, linebreaks

from groups.notices import channels
from groups.notices.channels import Outgoing
from groups.notices.models import Delivery
from groups.people import languages
from groups.people.enums import Channel

# What differs from one e-mail to the next, and how it stands in a page until then.
_OWN = ("subject", "name", "words", "link")
_MARK = re.compile("\x02([a-z]+)\x03")


def link(delivery: Delivery) -> str:
    return settings.SITE_URL + delivery.link_path if delivery.link_path else ""


def _around() -> dict[str, str]:
    return {
        "SERVICE_NAME": settings.SERVICE_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "HELP_PHONE": settings.HELP_PHONE,
        "HELP_TEXT": settings.HELP_TEXT,
        "HELP_EMAIL": settings.HELP_EMAIL,
    }


@lru_cache(maxsize=128)
def _pieces(
    template: str, without: str, around: tuple[tuple[str, str], ...]
) -> list[str]:
    """Return a page in pieces, every second one the name of what stands there.

    A page is rendered once with marks in the place of a person's own words. The thousands of
    messages of one evening differ in nothing else but their language, and to render each anew takes
    longer than to send it.
    """
    marks = {name: f"\x02{name}\x03" for name in _OWN if name not in without.split()}
    values: dict[str, Any] = dict(around) | marks
    greeting = languages.greeting_in(values["language"], marks.get("name", ""))
    return _MARK.split(render_to_string(template, values | {"greeting": greeting}))


def _filled(template: str, own: Mapping[str, str], around: Mapping[str, str]) -> str:
    without = " ".join(name for name in _OWN if not own[name])
    pieces = _pieces(template, without, tuple(around.items()))
    return "".join(
        own[piece] if place % 2 else piece for place, piece in enumerate(pieces)
    )


@lru_cache(maxsize=64)
def _in_html(words: str) -> str:
    # The reminders of one meeting hold the same words.
    return linebreaks(words, autoescape=True)


def build(delivery: Delivery, *, address: str) -> Outgoing:
    """Return one e-mail to one person: plain words, and the same words as simple HTML."""
    around = _around() | {"language": delivery.person.language}
    # Who carries no files is given the way to the page where the calendar file is.
    if delivery.calendar and channels.through(Channel.EMAIL) == channels.NOTIFY:
        around["calendar_page"] = "yes"
    own = {
        "subject": delivery.subject,
        "name": delivery.person.known_as,
        "words": delivery.body,
        "link": link(delivery),
    }
    in_html: dict[str, str] = {name: escape(text) for name, text in own.items()}
    in_html["words"] = _in_html(delivery.body)
    return Outgoing(
        reference=str(delivery.message_id),
        channel=Channel.EMAIL,
        to=address,
        subject=delivery.subject,
        plain=_filled("emails/message.txt", own, around),
        html=_filled("emails/message.html", in_html, around),
        calendar=delivery.calendar,
    )


def build_digest(deliveries: Sequence[Delivery], *, address: str) -> Outgoing:
    """Return the weekly e-mail to one person, with all that could wait for it.

    It goes under the reference of the first.
    """
    count = len(deliveries)
    things = "1 thing" if count == 1 else f"{count} things"
    subject = f"This week from {settings.SERVICE_NAME}: {things}"
    values: dict[str, Any] = {
        "greeting": deliveries[0].person.greeting,
        "subject": subject,
        "parts": [{"delivery": each, "link": link(each)} for each in deliveries],
    }
    return Outgoing(
        reference=str(deliveries[0].message_id),
        channel=Channel.EMAIL,
        to=address,
        subject=subject,
        plain=render_to_string("emails/digest.txt", values | _around()),
        html=render_to_string("emails/digest.html", values | _around()),
    )
