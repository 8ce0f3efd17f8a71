import os
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
            name = "".join(c for c in str(message["Message-ID"]) if c.isalnum() or c in "-.")
            temporary = folder / f".{uuid.uuid4()}"
            temporary.write_bytes(message.as_bytes(linesep="\r\n"))
            os.replace(temporary, folder / f"{name[:120]}.eml")
        return len(email_messages)
