from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.models import StoredFile, User
from groups.governance.models import chair_of
from meetings.enums import ItemPurpose
from meetings.models.meeting import Meeting


class AgendaItem(models.Model):
    """One thing on the agenda, with what is asked of people: to know, to talk or to decide."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=12, choices=ItemPurpose.choices)
    minutes_planned = models.PositiveSmallIntegerField(default=15)
    introduction = models.TextField(blank=True)
    lead = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="item_position_once"
            ),
            constraints.one_of("purpose", ItemPurpose, "item_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    @property
    def is_for_decision(self) -> bool:
        return self.purpose == ItemPurpose.DECISION

    @property
    def is_for_discussion(self) -> bool:
        return self.purpose == ItemPurpose.DISCUSSION


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the papers of every meeting the actor may see."""
        return self.filter(item__meeting__in=Meeting.objects.visible_to(actor))

    def managed_by(self, actor: Actor) -> Self:
        """Return the papers of the meetings the actor arranges."""
        return self.filter(item__meeting__in=Meeting.objects.managed_by(actor))

    def with_chair(self, actor: Actor) -> Self:
        """Add `chair_id`: the actor's person where she chairs the group today, else nothing."""
        return self.annotate(chair_id=chair_of("item__meeting__group", actor))


class Paper(models.Model):
    """Something to read before an item. Its words are a web page; files are further copies."""

    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, related_name="papers"
    )
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    in_short = models.CharField(max_length=600, blank=True)
    body = models.TextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PaperQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class PaperFileQuerySet(models.QuerySet["PaperFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the files of every paper the actor may see."""
        return self.filter(paper__in=Paper.objects.visible_to(actor))


class PaperFile(models.Model):
    """One file of a paper, in one format."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="files")
    label = models.CharField(max_length=40, default="Standard")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    objects = PaperFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.paper}, {self.label}"

    @property
    def kind(self) -> str:
        return "PDF" if self.file.content_type == "application/pdf" else "Word"
