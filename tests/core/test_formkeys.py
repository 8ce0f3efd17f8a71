"""One effect and one answer for identical posts, shown through a real form of the product."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.models import FormKey
from groups.projects.models import Project
from tests.factories import GroupFactory

pytestmark = pytest.mark.django_db


def project(**more: str) -> dict[str, str]:
    return {
        "name": "Reminders",
        "aim": "Fewer missed pills",
        "group": str(GroupFactory().pk),
        "started_date_day": "3",
        "started_date_month": "3",
        "started_date_year": "2026",
    } | more


def test_the_same_post_again_has_one_effect_and_the_same_answer(
    client_as: Callable[..., Any],
) -> None:
    client = client_as(Role.INVOLVEMENT)
    form = project(form_key=str(uuid.uuid4()))

    answers = [client.post(reverse("projects:project-add"), form) for _ in range(5)]

    assert Project.objects.count() == 1
    assert {(a.status_code, a.url) for a in answers} == {
        (302, Project.objects.get().get_absolute_url())
    }


def test_a_form_shown_again_with_errors_may_be_sent_with_the_same_key(
    client_as: Callable[..., Any],
) -> None:
    client = client_as(Role.INVOLVEMENT)
    key = str(uuid.uuid4())

    refused = client.post(
        reverse("projects:project-add"), project(form_key=key, name="")
    )
    accepted = client.post(reverse("projects:project-add"), project(form_key=key))

    assert refused.status_code == 200
    assert accepted.status_code == 302
    assert FormKey.objects.get().key == uuid.UUID(key)


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_post_without_a_key_changes_nothing(
    client_as: Callable[..., Any], key: str
) -> None:
    answer = client_as(Role.INVOLVEMENT).post(
        reverse("projects:project-add"), project(form_key=key)
    )

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()
    assert not Project.objects.exists()


def test_somebody_elses_key_opens_nothing(client_as: Callable[..., Any]) -> None:
    form = project(form_key=str(uuid.uuid4()))
    client_as(Role.INVOLVEMENT).post(reverse("projects:project-add"), form)

    answer = client_as(Role.INVOLVEMENT).post(reverse("projects:project-add"), form)

    assert answer.status_code == 409
    assert Project.objects.count() == 1
