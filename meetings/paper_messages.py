"""What people are told when the papers of a meeting are issued."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from coprod.core.words import as_plain_text
from groups.notices import reach
from groups.notices.messages import Message
from groups.notices.texts import text_message
from groups.people.enums import Channel, Purpose
from groups.people.models import Person
from meetings.models import Meeting, Paper

# Papers that come this early may come in the weekly e-mail.
CAN_WAIT = dt.timedelta(days=7)


def papers(
    meeting: Meeting,
    people: Iterable[Person],
    listed: Sequence[Paper],
    *,
    is_more: bool,
) -> list[Message]:
    """Return one message for each of these people; by post it holds the papers themselves.

    It names no date, so that it stays true when the meeting moves. Reads how to reach a person,
    which the caller prefetches (`reach.prefetch`), and the files of the papers.
    """
    start = "More papers" if is_more else "The papers"
    name = meeting.group.name
    intro = (
        f"Here is more to read before the {name} meeting."
        if is_more
        else f"Here is what to read before the {name} meeting."
    )
    by_post = "\n\n".join([intro, *_in_print(listed), _HELP])
    by_link = "\n\n".join([intro, *_as_links(meeting, listed), _HELP])
    can_wait = meeting.starts_at > timezone.now() + CAN_WAIT
    return [
        Message(
            person=person,
            subject=f"{start} for the next meeting",
            body=by_post if _gets_letters(person) else by_link,
            link_path=meeting.get_absolute_url(),
            text=text_message(
                f"{start.lower()} for your next meeting are ready",
                meeting.get_absolute_url(),
            ),
            can_wait=can_wait,
        )
        for person in people
    ]


_HELP = (
    "If you would like somebody to go through them with you, or want them another way, "
    "tell us."
)


def _gets_letters(person: Person) -> bool:
    return reach.reachable_channel(person, Purpose.MEETINGS) == Channel.LETTER


def _as_links(meeting: Meeting, listed: Sequence[Paper]) -> list[str]:
    parts = []
    for paper in listed:
        path = reverse("meetings:paper-detail", args=[meeting.reference, paper.pk])
        parts.append(
            "\n".join(
                part
                for part in (_title(paper), paper.in_short, settings.SITE_URL + path)
                if part
            )
        )
    return parts


def _in_print(listed: Sequence[Paper]) -> list[str]:
    parts = []
    for paper in listed:
        parts.append(_title(paper))
        if paper.in_short:
            parts.append(f"In short: {paper.in_short}")
        if paper.body:
            parts.append(as_plain_text(paper.body))
        files = ", ".join(f"{copy.label} ({copy.kind})" for copy in paper.files.all())
        if files:
            parts.append(
                f"There is also a file: {files}. Ask us, and we will post it to you."
            )
    return parts


def _title(paper: Paper) -> str:
    author = f", by {paper.author}" if paper.author else ""
    return f"Item {paper.item.position}: {paper.title}{author}"
