from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.governance.models import Group
from groups.projects.enums import ProjectState, Stage


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return every project to staff, and to others those of the groups they may read."""
        if actor.can(Permission.MANAGE_PROJECTS):
            return self
        return self.filter(group__in=Group.objects.visible_to(actor))


class Project(models.Model):
    """A piece of work a group carries from first idea to a running service."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    aim = models.TextField()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="projects")
    state = models.CharField(
        max_length=10, choices=ProjectState.choices, default=ProjectState.RUNNING
    )
    started_date = models.DateField()
    first_member_involved_date = models.DateField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [constraints.one_of("state", ProjectState, "project_state_known")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:project-detail", args=[self.slug])


class StageEntry(models.Model):
    """One time a project was in one stage, and who took part in it."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="stages"
    )
    stage = models.CharField(max_length=14, choices=Stage.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    what_happened = models.TextField()
    member_count = models.PositiveSmallIntegerField(default=0)
    staff_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            constraints.one_of("stage", Stage, "stage_entry_stage_known"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True)
                | Q(to_date__gte=models.F("from_date")),
                name="stage_entry_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} of {self.project}"
