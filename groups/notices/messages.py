import datetime as dt
from dataclasses import dataclass

from groups.people.models import Person


@dataclass(frozen=True)
class Message:
    """What one person is to be told, before it becomes an e-mail, a letter or a call.

    `body` is plain paragraphs with an empty line between them. The greeting, the sign-off and how
    to get help are added when it is written out. `link_path` is a path in the product, used
    by e-mail only. `due_at` and `expires_at` stand in for those of the notice. `channel` is
    for the rare message that can only go one way. `text` is the whole of a text message, without a
    word of health or money. Without it, a text only says that there is word and how to get it.
    `calendar` is the calendar file that goes with an e-mail. `can_wait` lets it come in the
    weekly e-mail of somebody who asked for one. `is_going`: she had said yes to what it is about,
    so that it reaches her on a break too.
    """

    person: Person
    subject: str
    body: str
    link_path: str = ""
    due_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    channel: str = ""
    text: str = ""
    calendar: str = ""
    can_wait: bool = False
    is_going: bool = False
