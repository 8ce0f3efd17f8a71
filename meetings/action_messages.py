"""What somebody is told about what she said she would do."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from coprod.core import dates
from groups.notices.enums import Stage
from groups.notices.messages import Message
from groups.notices.texts import text_message
from meetings.models import Action

ACTION_DUE = "action.due"


@dataclass(frozen=True)
class Stages:
    """So many days before it is due somebody is reminded."""

    days: tuple[int, ...]

    def moments(self, due: dt.date) -> Iterator[tuple[str, dt.datetime, dt.datetime]]:
        """Yield the stage of each reminder, its time, and when it is of no more use."""
        at = [
            dates.wall_to_instant(due - dt.timedelta(days=days), settings.REMINDER_TIME)
            for days in self.days
        ]
        over = dates.wall_to_instant(due + dt.timedelta(days=1), dt.time(0))
        ends = [*at[1:], over]
        for days, base, end in zip(self.days, at, ends, strict=True):
            yield f"{Stage.REMINDER}-{days}", base, end


STAGES = Stages((7, 0))


def due(action: Action) -> Message:
    """Return the reminder of the person who does it."""
    if action.owner is None:
        raise ValueError("a body named in words is sent nothing")
    meeting, day = action.item.meeting, dates.long_date(action.due_date)
    return Message(
        person=action.owner,
        subject=f"To do by {day}",
        body=(
            f"At the {meeting.group.name} meeting on {dates.long_date(meeting.date)} it was "
            f"written down that you will do this by {day}:\n\n{action.words}\n\n"
            "Have you done it, or can it not be done? Please tell us, on our website, "
            "by phone or by post. Would you like help with it? Tell us that too."
        ),
        link_path=action.get_absolute_url(),
        text=text_message(
            f"something you said you would do is due on {day}",
            action.get_absolute_url(),
        ),
    )
