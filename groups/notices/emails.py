from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from groups.notices.models import Delivery


def message_id(delivery: Delivery) -> str:
    """Return the Message-ID, the same however often we try, so that a repeat is known as one."""
    return f"<{delivery.message_id}@{urlsplit(settings.SITE_URL).hostname}>"


def link(delivery: Delivery) -> str:
    return settings.SITE_URL + delivery.link_path if delivery.link_path else ""


def context(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "link": link(delivery),
        "SERVICE_NAME": settings.SERVICE_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "HELP_PHONE": settings.HELP_PHONE,
        "HELP_TEXT": settings.HELP_TEXT,
        "HELP_EMAIL": settings.HELP_EMAIL,
    }


def build(delivery: Delivery, *, address: str) -> EmailMultiAlternatives:
    """Return one e-mail to one person: plain words, and the same words as simple HTML."""
    values = context(delivery)
    email = EmailMultiAlternatives(
        subject=delivery.subject,
        body=render_to_string("emails/message.txt", values),
        to=[address],
        headers={"Message-ID": message_id(delivery)},
    )
    email.attach_alternative(
        render_to_string("emails/message.html", values), "text/html"
    )
    return email
