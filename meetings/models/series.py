"""Meetings that come again: a rule on the wall clock, never a number of hours."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.governance.models import Group
from meetings.enums import HolidayRule


def series_reference() -> str:
    return new_reference("S")


class SeriesQuerySet(models.QuerySet["Series"]):
    def managed_by(self, actor: Actor) -> Self:
        """Return the series the actor arranges: the team all, a chair those of her group."""
        if actor.can(Permission.MANAGE_MEETINGS):
            return self
        return self.filter(group__in=Group.objects.chaired_by(actor))


class Series(models.Model):
    """Dates by one rule at one time on the wall. Each date becomes a meeting of its own."""

    reference = models.CharField(max_length=20, unique=True, default=series_reference)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="series")
    # An RRULE of RFC 5545 without times: "FREQ=MONTHLY;BYDAY=3WE".
    rule = models.CharField(max_length=120)
    first_date = models.DateField()
    last_date = models.DateField()
    start_time = models.TimeField()
    end_time = models.TimeField()
    zone = models.CharField(max_length=40, default="Europe/London")
    on_holidays = models.CharField(
        max_length=10, choices=HolidayRule.choices, default=HolidayRule.SKIP
    )
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            constraints.one_of("on_holidays", HolidayRule, "series_holidays_known"),
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="series_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Meetings of {self.group.name} from {self.first_date}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:series-detail", args=[self.reference])
