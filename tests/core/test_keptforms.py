"""A session that ends in the middle of a long form loses nothing that was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from groups.projects.models import Project
from tests.conftest import FormClient, sign_in
from tests.factories import GroupFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = "Fewer missed pills, said “Marian” <b>twice</b>. " * 40


def form_for(client: Any, group: Any) -> dict[str, str]:
    page = client.get(reverse("projects:project-add")).content.decode()
    owner = re.search(r'name="form_owner" value="([^"]+)"', page)
    assert owner
    return {
        "form_owner": owner[1],
        "name": "Reminders",
        "aim": WORDS.strip()[:1000],
        "group": str(group.pk),
        "started_date_day": "3",
        "started_date_month": "3",
        "started_date_year": "2026",
    }


def test_what_was_typed_waits_behind_the_sign_in_page_and_can_be_sent() -> None:
    client, priya, group = (
        FormClient(),
        UserFactory(roles=[Role.INVOLVEMENT]),
        GroupFactory(),
    )
    sign_in(client, priya)
    form = form_for(client, group)
    client.logout()

    answer = client.post(reverse("projects:project-add"), form)
    asked = client.get(answer.url).content.decode()
    sign_in(client, priya)
    page = client.get(reverse("core:kept-form")).content.decode()
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))

    assert answer.url == f"{reverse('account_login')}?next=/kept/"
    assert "We kept what you wrote" in asked
    assert "You were signed out before you finished" in page
    assert "&lt;b&gt;twice&lt;/b&gt;" in page
    assert hidden["started_date_year"] == "2026"
    assert not Project.objects.exists()

    client.post(reverse("projects:project-add"), form)

    assert Project.objects.get().aim == form["aim"]


def test_nobody_else_on_the_same_device_sees_it() -> None:
    client, group = FormClient(), GroupFactory()
    sign_in(client, UserFactory(roles=[Role.INVOLVEMENT]))
    form = form_for(client, group)
    client.logout()
    client.post(reverse("projects:project-add"), form)

    sign_in(client, UserFactory(roles=[Role.INVOLVEMENT]))

    assert client.get(reverse("core:kept-form")).status_code == 302


def test_it_is_sealed_in_the_session_store() -> None:
    from django.contrib.sessions.models import Session

    client, group = FormClient(), GroupFactory()
    sign_in(client, UserFactory(roles=[Role.INVOLVEMENT]))
    form = form_for(client, group)
    client.logout()
    client.post(reverse("projects:project-add"), form)

    kept = [row.get_decoded() for row in Session.objects.all()]

    assert any("kept_form" in row for row in kept)
    assert "missed pills" not in str(kept)


def test_a_post_of_a_stranger_is_not_kept(client: FormClient) -> None:
    answer = client.post(
        reverse("projects:project-add"), {"name": "x", "form_owner": "forged"}
    )

    assert "/kept/" not in answer.url
    assert "kept_form" not in client.session


def test_throwing_it_away_leaves_nothing(client_as: Callable[..., Any]) -> None:
    client, priya, group = (
        FormClient(),
        UserFactory(roles=[Role.INVOLVEMENT]),
        GroupFactory(),
    )
    sign_in(client, priya)
    form = form_for(client, group)
    client.logout()
    client.post(reverse("projects:project-add"), form)
    sign_in(client, priya)

    client.post(reverse("core:kept-form"))

    assert "kept_form" not in client.session
