import datetime as dt

from django.db import transaction
from django.utils.text import slugify

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.governance.models import Group
from groups.projects import permissions
from groups.projects.models import Project, StageEntry


@transaction.atomic
def start_project(
    *,
    by: Actor,
    name: str,
    aim: str,
    group: Group,
    started_date: dt.date,
    first_member_involved_date: dt.date | None = None,
) -> Project:
    """Record a piece of work that a group carries. Raises ActionDenied outside the team."""
    permissions.check_can_manage_projects(by)
    base = slugify(name)[:70] or "project"
    slug, number = base, 1
    while Project.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    project = Project.objects.create(
        slug=slug,
        name=name,
        aim=aim,
        group=group,
        started_date=started_date,
        first_member_involved_date=first_member_involved_date,
    )
    audit.record(by=by, verb="started", on=project)
    return project


@transaction.atomic
def enter_stage(
    *,
    by: Actor,
    project: Project,
    stage: str,
    from_date: dt.date,
    what_happened: str,
    to_date: dt.date | None = None,
    member_count: int = 0,
    staff_count: int = 0,
) -> StageEntry:
    """Record that a project entered a stage; stages may overlap and return.

    Raises RuleBroken when it ends before it begins.
    """
    permissions.check_can_manage_projects(by)
    if to_date and to_date < from_date:
        raise RuleBroken(
            "The last day must be on or after the first day.", field="to_date"
        )
    entry = StageEntry.objects.create(
        project=project,
        stage=stage,
        from_date=from_date,
        to_date=to_date,
        what_happened=what_happened,
        member_count=member_count,
        staff_count=staff_count,
    )
    audit.record(
        by=by, verb="entered stage", on=project, changes={"stage": ["", stage]}
    )
    return entry
