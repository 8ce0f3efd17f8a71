import datetime as dt
from dataclasses import dataclass

from groups.people.models import Person


@dataclass(frozen=True)
class Message:
    """What one person is to be told, before it becomes an e-mail, a letter or a call.

    `body` is plain paragraphs with an empty line between them. The greeting, the sign-off and how
    to get help are added when it is written out. `link_path` is a path in the product, used
    by e-mail only. `due_at` and `expires_at` stand in for those of the notice. `channel` is
    for the rare message that can only go one way.
    """

    person: Person
    subject: str
    body: str
    link_path: str = ""
    due_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    channel: str = ""
