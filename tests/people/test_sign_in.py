import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.test import Client

from coprod.core.enums import Role
from groups.people import actions
from tests.factories import PersonFactory, UserFactory, staff_actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mail_as_files(settings):
    settings.EMAIL_BACKEND = "coprod.core.mail.FileBackend"


def letters(settings) -> list[str]:
    found = []
    for path in sorted(Path(settings.MAIL_DIR).glob("*.eml")):
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = letter.get_body(("plain",))
        assert body is not None
        found.append(body.get_content())
    return found


def test_a_member_who_was_invited_signs_in_with_a_typed_code_and_no_password(settings):
    marian = PersonFactory(known_as="Marian Okafor")
    actions.open_sign_in(by=staff_actor(), person=marian, email="marian@example.org")
    client = Client()

    client.post("/accounts/login/code/", {"email": "marian@example.org"})
    (letter,) = letters(settings)
    code = re.search(r"\b(\d{3} ?\d{3})\b", letter).group(1)
    client.post("/accounts/login/code/confirm/", {"code": code})

    assert marian.reference in client.get("/me/").content.decode()


def test_a_wrong_code_lets_nobody_in(settings):
    marian = PersonFactory()
    actions.open_sign_in(by=staff_actor(), person=marian, email="marian@example.org")
    client = Client()

    client.post("/accounts/login/code/", {"email": "marian@example.org"})
    (letter,) = letters(settings)
    code = re.search(r"\b(\d{3}) ?(\d{3})\b", letter).expand(r"\1\2")
    client.post(
        "/accounts/login/code/confirm/", {"code": f"{(int(code) + 1) % 10**6:06}"}
    )

    assert client.get("/me/").url.startswith("/accounts/login/")


def test_a_member_signs_in_with_a_password():
    marian = PersonFactory()
    key = actions.open_sign_in(
        by=staff_actor(), person=marian, email="marian@example.org"
    )
    key.user.set_password("three words together")
    key.user.save()
    client = Client()

    client.post(
        "/accounts/login/",
        {"login": "marian@example.org", "password": "three words together"},
    )

    assert marian.reference in client.get("/me/").content.decode()


def test_staff_without_a_second_step_are_sent_to_set_one_up():
    priya = UserFactory(roles=[Role.INVOLVEMENT])
    client = Client()
    client.force_login(priya)

    assert client.get("/people/").url == "/accounts/2fa/"


def test_staff_who_also_help_somebody_need_the_second_step_before_they_choose():
    priya = UserFactory(roles=[Role.INVOLVEMENT], email="priya@example.org")
    by = staff_actor()
    actions.open_sign_in(by=by, person=PersonFactory(), email="priya@example.org")
    actions.open_sign_in(by=by, person=PersonFactory(), email="priya@example.org")
    client = Client()
    client.force_login(priya)

    assert client.get("/me/who/").url == "/accounts/2fa/"


@pytest.mark.parametrize("path", ["/people/", "/me/", "/me/who/", "/people/add/"])
def test_nobody_sees_a_page_without_signing_in(path):
    answer = Client().get(path)

    assert answer.url == f"/accounts/login/?next={path}"
