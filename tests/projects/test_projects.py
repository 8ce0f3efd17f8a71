import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from groups.projects import actions, queries
from groups.projects.enums import Stage
from groups.projects.models import Project
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    ProjectFactory,
    StageEntryFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db


def test_stages_may_overlap_and_one_without_members_is_said(
    client_as: Callable[..., Any],
) -> None:
    project = ProjectFactory()
    StageEntryFactory(project=project, to_date=dt.date(2025, 6, 1), member_count=6)
    StageEntryFactory(project=project, stage=Stage.CO_DECISION, member_count=0)

    steps = queries.steps(project)

    assert [step.state for step in steps] == ["done", "now", "", ""]
    assert [step.without_members for step in steps] == [False, True, False, False]
    assert not queries.is_co_produced(steps)
    page = client_as(Role.INVOLVEMENT).get(project.get_absolute_url()).content.decode()
    assert "No members took part in this stage" in page


def test_only_four_stages_with_members_are_co_produced() -> None:
    project = ProjectFactory()
    for stage in Stage:
        StageEntryFactory(project=project, stage=stage, member_count=2)

    assert queries.is_co_produced(queries.steps(project))


def test_a_stage_cannot_end_before_it_begins() -> None:
    with pytest.raises(RuleBroken, match="on or after the first day"):
        actions.enter_stage(
            by=staff_actor(),
            project=ProjectFactory(),
            stage=Stage.CO_DESIGN,
            from_date=dt.date(2026, 2, 2),
            to_date=dt.date(2026, 2, 1),
            what_happened="Nothing",
        )


def test_finance_cannot_record_a_project() -> None:
    with pytest.raises(ActionDenied):
        actions.start_project(
            by=staff_actor(Role.FINANCE),
            name="Mine",
            aim="Mine",
            group=GroupFactory(),
            started_date=dt.date(2026, 1, 1),
        )

    assert not Project.objects.exists()


def test_staff_record_a_project_and_a_stage(client_as: Callable[..., Any]) -> None:
    client = client_as(Role.INVOLVEMENT)
    group = GroupFactory()

    client.post(
        reverse("projects:project-add"),
        {
            "name": "Reminders",
            "aim": "Fewer missed pills",
            "group": group.pk,
            "started_date_day": "3",
            "started_date_month": "3",
            "started_date_year": "2026",
        },
    )
    project = Project.objects.get()
    client.post(
        reverse("projects:stage-add", args=[project.slug]),
        {
            "stage": "co_design",
            "from_date_day": "3",
            "from_date_month": "3",
            "from_date_year": "2026",
            "what_happened": "We wrote it",
            "member_count": "6",
            "staff_count": "2",
        },
    )

    assert project.stages.get().member_count == 6


def test_a_member_reads_her_groups_project_and_no_other(
    client_as: Callable[..., Any],
) -> None:
    marian, account = member_with_account()
    own = ProjectFactory(group=MembershipFactory(person=marian).group)
    other = ProjectFactory()
    client = client_as(account)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
