"""What somebody said they would do, written down at a meeting."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints, dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.governance.models import Group
from groups.people.models import Person
from meetings.enums import ActionState, MinutesState
from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting


def action_reference() -> str:
    return new_reference("A")


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return every action to staff; to others those of meetings they may read, when the minutes
        are out. Who does it sees it before, and so does who chairs the group.
        """
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        rows = self.filter(item__meeting__in=Meeting.objects.visible_to(actor))
        out = [MinutesState.CIRCULATED, MinutesState.APPROVED]
        chaired = Q(item__meeting__group__in=Group.objects.chaired_by(actor))
        hers = Q(owner_id=actor.person_id or 0)
        return rows.filter(Q(item__meeting__minutes__state__in=out) | chaired | hers)

    def still_to_do(self) -> Self:
        return self.filter(state__in=[ActionState.OPEN, ActionState.DOING])


class Action(models.Model):
    """One thing to do, by a person we know or by a body named in words, and by when."""

    reference = models.CharField(max_length=20, unique=True, default=action_reference)
    item = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, related_name="actions"
    )
    words = models.CharField(max_length=300)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="actions"
    )
    owner_words = models.CharField(max_length=120, blank=True)
    due_date = models.DateField()
    state = models.CharField(
        max_length=10, choices=ActionState.choices, default=ActionState.OPEN
    )
    outcome = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", ActionState, "action_state_known"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | ~Q(owner_words=""),
                name="action_has_an_owner",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_date"], name="action_by_due")]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("meetings:action-detail", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.state in (ActionState.OPEN, ActionState.DOING)

    @property
    def round(self) -> int:
        """Return the version its doing began with: opened again it is another, begun it is not."""
        return self.version - (self.state == ActionState.DOING)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_date < dates.today()

    @property
    def state_colour(self) -> str:
        if self.is_late:
            return "orange"
        return "yellow" if self.is_open else "green" if self.is_done else "grey"

    @property
    def is_done(self) -> bool:
        return self.state == ActionState.DONE
