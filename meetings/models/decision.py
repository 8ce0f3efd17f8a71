from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.governance.enums import AttributionMode, DecisionRule
from groups.governance.models import Group
from groups.people.models import Person
from meetings.enums import DecisionOutcome, HeldBy, MinutesState, Stance
from meetings.models.agenda import AgendaItem
from meetings.models.meeting import Meeting


def decision_reference() -> str:
    return new_reference("DN")


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return decisions of meetings the actor may see, once their minutes are out.

        The team and who chairs the group see them before.
        """
        rows = self.filter(item__meeting__in=Meeting.objects.visible_to(actor))
        if actor.can(Permission.MANAGE_MEETINGS):
            return rows
        out = [MinutesState.CIRCULATED, MinutesState.APPROVED]
        chaired = Q(item__meeting__group__in=Group.objects.chaired_by(actor))
        return rows.filter(Q(item__meeting__minutes__state__in=out) | chaired)


class Decision(models.Model):
    """What was decided under one item, by whom and how, with what people thought beside it."""

    reference = models.CharField(max_length=20, unique=True, default=decision_reference)
    item = models.OneToOneField(
        AgendaItem, on_delete=models.PROTECT, related_name="decision"
    )
    wording = models.TextField()
    held_by = models.CharField(max_length=10, choices=HeldBy.choices)
    rule = models.CharField(max_length=10, choices=DecisionRule.choices)
    outcome = models.CharField(max_length=16, choices=DecisionOutcome.choices)
    how = models.TextField(blank=True)
    present_count = models.PositiveSmallIntegerField(default=0)
    quorum_met = models.BooleanField(default=False)
    review_date = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("held_by", HeldBy, "decision_held_by_known"),
            constraints.one_of("rule", DecisionRule, "decision_rule_known"),
            constraints.one_of("outcome", DecisionOutcome, "decision_outcome_known"),
            models.CheckConstraint(
                condition=Q(quorum_met=True)
                | ~Q(outcome__in=["agreed", "with_concerns"]),
                name="decision_needs_quorum",
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class DecisionOption(models.Model):
    """One of the ways looked at."""

    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, related_name="options"
    )
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    chosen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "position"], name="option_position_once"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(chosen=True), name="one_option_chosen"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class DecisionView(models.Model):
    """What one person thought of a decision, in her own words, shown the way she chose."""

    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, related_name="views"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="decision_views"
    )
    stance = models.CharField(
        max_length=10, choices=Stance.choices, default=Stance.NO_REPLY
    )
    words = models.TextField(blank=True)
    show_as = models.CharField(
        max_length=10, choices=AttributionMode.choices, default=AttributionMode.ROLE
    )
    said_at = models.DateTimeField(null=True, blank=True)
    said_by = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - pair

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "person"], name="one_view_each"
            ),
            constraints.one_of("stance", Stance, "view_stance_known"),
            constraints.one_of("show_as", AttributionMode, "view_show_as_known"),
            constraints.both_or_neither("said_at", "said_by", "view_said_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_stance_display()}"
