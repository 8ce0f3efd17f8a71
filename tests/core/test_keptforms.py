"""A session that ends in the middle of a long form loses nothing that was typed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from groups.projects.models import Project
from tests.conftest import FormClient, sign_in
from tests.factories import GroupFactory, PersonFactory, UserFactory

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


def rows_of(page: str) -> list[tuple[str, str]]:
    """Return what the page says was typed: each question with its answer."""
    main = page[page.index("<main") : page.index("</main")]
    found = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", main, re.DOTALL)
    return [
        (question, re.sub(r"<[^>]+>", "", answer).strip()) for question, answer in found
    ]


def kept_page(path: str, data: dict[str, Any], **headers: Any) -> str:
    """Let Priya's session end before she sends this; return what she sees when she is back."""
    client, priya = FormClient(), UserFactory(roles=[Role.INVOLVEMENT])
    sign_in(client, priya)
    page = client.get(reverse("projects:project-add")).content.decode()
    owner = re.search(r'name="form_owner" value="([^"]+)"', page)
    assert owner
    client.logout()
    client.post(path, data | {"form_owner": owner[1]}, **headers)
    sign_in(client, priya)
    return client.get(reverse("core:kept-form")).content.decode()


def test_it_is_shown_as_the_form_asked_it_in_its_order_and_in_words() -> None:
    group = GroupFactory(name="Getting About")

    page = kept_page(
        reverse("projects:project-add"),
        {
            "started_date_year": "2026",
            "started_date_month": "3",
            "started_date_day": "3",
            "group": str(group.pk),
            "aim": "Fewer missed pills",
            "name": "Reminders",
        },
    )

    assert "on the page “Record a project”" in page
    assert rows_of(page) == [
        ("What is it called?", "Reminders"),
        ("What do you want to change?", "Fewer missed pills"),
        ("Which group carries it?", "Getting About"),
        ("When did it start?", "Tuesday 3 March 2026"),
    ]


def test_ticks_and_radios_are_shown_by_their_words() -> None:
    page = kept_page(
        reverse("notices:person-add"),
        {
            "known_as": "Li Na Chen",
            "capacity": "lived",
            "needs": ["hearing", "step_free"],
            "voicemail_ok": "on",
            "call_after": "2pm",
        },
    )

    rows = dict(rows_of(page))
    assert rows["Name they like to be known by"] == "Li Na Chen"
    assert rows["They know us as"] == "Lived experience"
    assert "Yes" in rows.values()
    assert not {"lived", "hearing", "step_free", "on"} & set(rows.values())


def test_a_date_that_is_none_and_an_answer_that_is_gone_are_not_lost() -> None:
    page = kept_page(
        reverse("projects:project-add"),
        {
            "name": "Reminders",
            "group": "999999",
            "started_date_day": "31",
            "started_date_month": "Febuary",
            "started_date_year": "2026",
            "an_old_box": "Words of an older page",
        },
    )

    rows = dict(rows_of(page))
    assert rows["When did it start?"] == "31 Febuary 2026"
    assert rows["Which group carries it?"] == "An answer that is no longer on the page"
    assert rows["Something else you wrote"] == "Words of an older page"


def test_what_the_address_says_is_sent_again_with_the_form() -> None:
    person = PersonFactory(known_as="Dot Hargreaves")
    address = f"{reverse('payments:claim-add')}?person={person.reference}"

    page = kept_page(address, {"meetings": "M-1"})

    assert f'action="{address}"' in page


def test_a_form_that_stands_on_another_page_is_read_there() -> None:
    group = GroupFactory(name="Getting About")
    here = f"http://testserver{reverse('projects:project-add')}"

    page = kept_page(
        reverse("payments:claim-add"),
        {"group": str(group.pk)},
        HTTP_REFERER=f"{here}?from=home",
    )

    assert rows_of(page) == [("Which group carries it?", "Getting About")]


@pytest.mark.parametrize("elsewhere", ["https://else.example/", "", "//else.example/"])
def test_a_page_that_is_not_there_leaves_the_words_without_code_names(
    elsewhere: str,
) -> None:
    page = kept_page(
        "/claims/C-NONE/choice/M-NONE/",
        {"told_how": "By the gate"},
        HTTP_REFERER=elsewhere,
    )

    assert rows_of(page) == [("Something else you wrote", "By the gate")]
    assert "told how" not in page.lower()


def test_a_password_is_never_kept() -> None:
    client, priya = FormClient(), UserFactory(roles=[Role.INVOLVEMENT])
    sign_in(client, priya)
    form = form_for(client, GroupFactory())
    client.logout()

    for name in ("account_change_password", "account_reauthenticate"):
        client.post(reverse(name), form | {"password": "correct horse"})

        assert "kept_form" not in client.session
