"""The demonstration's post office: e-mails and texts as files, which its mail page shows."""

from django.core.mail import EmailMessage

from coprod.core.mail import FileBackend
from groups.notices.channels.smtp import as_email
from groups.notices.channels.transport import Found, Outgoing, Taken, message_id
from groups.people.enums import Channel

NAME = "file"


class Files:
    """It can be asked: a file is there or it is not. Written again, it is the same file."""

    name = NAME
    can_be_asked = True

    def __init__(self) -> None:
        self._folder = FileBackend()

    def open(self) -> None:
        """A folder needs no opening."""

    def close(self) -> None:
        """A folder needs no closing."""

    def find(self, reference: str) -> Found | None:
        return Found() if self._folder.has_sent(message_id(reference)) else None

    def send(self, outgoing: Outgoing) -> Taken:
        is_text = outgoing.channel == Channel.TEXT
        email = _text(outgoing) if is_text else as_email(outgoing)
        self._folder.send_messages([email])
        return Taken()


def _text(outgoing: Outgoing) -> EmailMessage:
    """Return a text message in the shape the mail page reads, with the number as its address."""
    return EmailMessage(
        subject="Text message",
        body=outgoing.plain,
        headers={
            "Message-ID": message_id(outgoing.reference),
            "To": "".join(outgoing.to.split()),
        },
    )
