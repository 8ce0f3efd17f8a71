import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Write each message as one .eml file in MAIL_DIR: mail for a machine with no mail server.

    A file appears whole or not at all. A message that carries its own Message-ID is written once
    under that name, so writing it again changes nothing.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for email in email_messages:
            message = email.message()
            temporary = folder / f".{uuid.uuid4()}"
            body = message.as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django 5.2 takes it; the types are those of 6
            temporary.write_bytes(body)
            temporary.replace(folder / _file_name(str(message["Message-ID"])))
        return len(email_messages)

    def has_sent(self, message_id: str) -> bool:
        """Tell whether the message with this Message-ID was written: this transport can be asked."""
        return (Path(settings.MAIL_DIR) / _file_name(message_id)).exists()


def _file_name(message_id: str) -> str:
    return "".join(c for c in message_id if c.isalnum() or c in "-.")[:120] + ".eml"
