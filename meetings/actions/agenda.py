"""What is on the agenda of a meeting, and the papers that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max

from coprod.core import audit, uploads
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from meetings import permissions
from meetings.actions import planning
from meetings.models import AgendaItem, Meeting, Paper, PaperFile


@dataclass(frozen=True)
class NewFile:
    """A file for a paper whose bytes `uploads.check` has returned, and its format in words."""

    label: str
    upload: UploadedFile
    data: bytes


def add_item(
    *,
    by: Actor,
    meeting: Meeting,
    title: str,
    purpose: str,
    minutes_planned: int = 15,
    introduction: str = "",
    lead: str = "",
) -> AgendaItem:
    """Add an item at the end of the agenda. Raises ActionDenied once the meeting is over."""
    with transaction.atomic():
        permissions.check_can_change_meeting(by, planning.take_turns(meeting))
        last = AgendaItem.objects.filter(meeting=meeting).aggregate(
            last=Max("position")
        )["last"]
        item = AgendaItem.objects.create(
            meeting=meeting,
            position=(last or 0) + 1,
            title=title,
            purpose=purpose,
            minutes_planned=minutes_planned,
            introduction=introduction,
            lead=lead,
        )
        audit.record(
            by=by, verb="added item", on=meeting, changes={"item": ["", title]}
        )
    return item


def change_item(
    *,
    by: Actor,
    item: AgendaItem,
    title: str,
    purpose: str,
    minutes_planned: int,
    introduction: str = "",
    lead: str = "",
) -> AgendaItem:
    """Change the words, purpose or length of an item. Raises ActionDenied once it is over."""
    permissions.check_can_change_meeting(by, item.meeting)
    with transaction.atomic():
        before = item.title
        item.title, item.purpose, item.minutes_planned = title, purpose, minutes_planned
        item.introduction, item.lead = introduction, lead
        item.save(
            update_fields=[
                "title",
                "purpose",
                "minutes_planned",
                "introduction",
                "lead",
            ]
        )
        audit.record(
            by=by,
            verb="changed item",
            on=item.meeting,
            changes={"item": [before, title]},
        )
    return item


def move_item(*, by: Actor, item: AgendaItem, up: bool) -> AgendaItem:
    """Swap an item with the one before or after it. At the end of the agenda nothing happens."""
    with transaction.atomic():
        permissions.check_can_change_meeting(by, planning.take_turns(item.meeting))
        item.refresh_from_db(fields=["position"])
        siblings = AgendaItem.objects.filter(meeting_id=item.meeting_id)
        if up:
            other = (
                siblings.filter(position__lt=item.position)
                .order_by("-position")
                .first()
            )
        else:
            other = (
                siblings.filter(position__gt=item.position).order_by("position").first()
            )
        if other is None:
            return item
        mine, theirs = item.position, other.position
        # Through 0, because no two items may hold one position even for a moment.
        siblings.filter(pk=item.pk).update(position=0)
        siblings.filter(pk=other.pk).update(position=mine)
        siblings.filter(pk=item.pk).update(position=theirs)
        item.position = theirs
        audit.record(
            by=by,
            verb="moved item",
            on=item.meeting,
            changes={"item": [item.title, item.title], "position": [mine, theirs]},
        )
    return item


def remove_item(*, by: Actor, item: AgendaItem) -> None:
    """Take an item and its papers off the agenda; later items move up.

    Raises ActionDenied once the meeting is over, so an item with minutes stays.
    """
    with transaction.atomic():
        meeting = planning.take_turns(item.meeting)
        permissions.check_can_change_meeting(by, meeting)
        if hasattr(item, "section"):
            raise RuleBroken("There are minutes for this item, so it stays.")
        later = AgendaItem.objects.filter(meeting=meeting, position__gt=item.position)
        title, ids = (
            item.title,
            list(later.order_by("position").values_list("pk", flat=True)),
        )
        item.delete()
        for pk in ids:
            AgendaItem.objects.filter(pk=pk).update(position=F("position") - 1)
        audit.record(
            by=by, verb="removed item", on=meeting, changes={"item": [title, ""]}
        )


def add_paper(
    *,
    by: Actor,
    item: AgendaItem,
    title: str,
    author: str = "",
    in_short: str = "",
    body: str = "",
    uploads: Sequence[NewFile] = (),
) -> Paper:
    """Put a paper with an item: its words (Markdown), its files, or both.

    Files are kept outside the web root. Raises ActionDenied, and RuleBroken when there is
    nothing to read.
    """
    permissions.check_can_change_meeting(by, item.meeting)
    if not body and not uploads:
        raise RuleBroken("Write the paper here, or choose a file.", field="body")
    with transaction.atomic():
        paper = Paper.objects.create(
            item=item,
            title=title,
            author=author,
            in_short=in_short,
            body=body,
            added_by=by.user,
        )
        _keep_files(paper, uploads, by)
        audit.record(
            by=by, verb="added paper", on=item.meeting, changes={"paper": ["", title]}
        )
    return paper


def change_paper(
    *,
    by: Actor,
    paper: Paper,
    title: str,
    author: str = "",
    in_short: str = "",
    body: str = "",
    uploads: Sequence[NewFile] = (),
) -> Paper:
    """Change the words of a paper and add files to it. Raises ActionDenied and RuleBroken."""
    meeting = paper.item.meeting
    permissions.check_can_change_meeting(by, meeting)
    if not body and not uploads and not paper.files.exists():
        raise RuleBroken("Write the paper here, or choose a file.", field="body")
    with transaction.atomic():
        before = paper.title
        paper.title, paper.author, paper.in_short, paper.body = (
            title,
            author,
            in_short,
            body,
        )
        paper.save(update_fields=["title", "author", "in_short", "body"])
        _keep_files(paper, uploads, by)
        audit.record(
            by=by, verb="changed paper", on=meeting, changes={"paper": [before, title]}
        )
    return paper


def remove_paper(*, by: Actor, paper: Paper) -> None:
    """Take a paper off the agenda. Its files stay in the store until they are swept."""
    meeting = paper.item.meeting
    permissions.check_can_change_meeting(by, meeting)
    with transaction.atomic():
        title = paper.title
        paper.delete()
        audit.record(
            by=by, verb="removed paper", on=meeting, changes={"paper": [title, ""]}
        )


def _keep_files(paper: Paper, files: Sequence[NewFile], by: Actor) -> None:
    for new in files:
        stored = uploads.keep_upload(upload=new.upload, data=new.data, by=by)
        PaperFile.objects.create(paper=paper, label=new.label, file=stored)
