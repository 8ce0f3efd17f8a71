from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from groups.governance.enums import AttributionMode
from groups.governance.models import Group, chair_of
from groups.people.models import Person
from meetings.enums import CorrectionState, MinutesState
from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return minutes of meetings the actor may see.

        Those still being written are seen by the team and by who chairs the group.
        """
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        rows = self.filter(meeting__in=Meeting.objects.visible_to(actor))
        chaired = Q(meeting__group__in=Group.objects.chaired_by(actor))
        return rows.filter(~Q(state=MinutesState.DRAFT) | chaired)

    def managed_by(self, actor: Actor) -> Self:
        """Return the minutes of meetings the actor arranges."""
        return self.filter(meeting__in=Meeting.objects.managed_by(actor))

    def with_chair(self, actor: Actor) -> Self:
        """Add `chair_id`: the actor's person where she chairs the group today, else nothing."""
        return self.annotate(chair_id=chair_of("meeting__group", actor))


class Minutes(models.Model):
    """The record of one meeting: written, put right by members, approved by a later meeting."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="minutes"
    )
    state = models.CharField(
        max_length=12, choices=MinutesState.choices, default=MinutesState.DRAFT
    )
    attribution = models.CharField(max_length=10, choices=AttributionMode.choices)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    circulated_at = models.DateTimeField(null=True, blank=True)
    circulated_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    corrections_until = models.DateField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approved_minutes",
    )
    approved_sha256 = models.CharField(max_length=64, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", MinutesState, "minutes_state_known"),
            constraints.one_of(
                "attribution", AttributionMode, "minutes_attribution_known"
            ),
            constraints.both_or_neither(
                "circulated_at", "circulated_by", "minutes_circulated_pair"
            ),
            constraints.both_or_neither(
                "approved_at", "approved_by", "minutes_approved_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state=MinutesState.APPROVED)
                | Q(approved_meeting__isnull=False, approved_at__isnull=False),
                name="minutes_approved_by_a_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"Minutes of {self.meeting}"


class MinutesSection(models.Model):
    """What is written under one agenda item. The version tells two note-takers apart."""

    minutes = models.ForeignKey(
        Minutes, on_delete=models.CASCADE, related_name="sections"
    )
    item = models.OneToOneField(
        AgendaItem, on_delete=models.PROTECT, related_name="section"
    )
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            constraints.both_or_neither("edited_at", "edited_by", "section_edited_pair")
        ]

    def __str__(self) -> str:
        return f"Note on {self.item}"


class Revision(models.Model):
    """A text of a section as somebody saved it, or tried to: nothing typed is ever lost."""

    section = models.ForeignKey(
        MinutesSection, on_delete=models.CASCADE, related_name="revisions"
    )
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    kept_aside = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.section}, version {self.version}"


class Correction(models.Model):
    """A member's request to put the minutes right, and the visible answer."""

    minutes = models.ForeignKey(
        Minutes, on_delete=models.CASCADE, related_name="corrections"
    )
    section = models.ForeignKey(
        MinutesSection, on_delete=models.PROTECT, related_name="corrections"
    )
    asked_for = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="corrections"
    )
    words = models.TextField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=120)
    state = models.CharField(
        max_length=14, choices=CorrectionState.choices, default=CorrectionState.ASKED
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            constraints.one_of("state", CorrectionState, "correction_state_known"),
            constraints.both_or_neither(
                "answered_at", "answered_by", "correction_answered_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.section}"
