import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from coprod.core import formkeys


class FormClient(Client):
    """A client that fills in the one-time key of a form, as a browser would."""

    def post(self, path: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        if kwargs.pop("without_key", False) or "content_type" in kwargs:
            return super().post(path, data, *args, **kwargs)
        filled = {formkeys.FIELD: str(uuid.uuid4())} | dict(data or {})
        return super().post(path, filled, *args, **kwargs)


def sign_in(
    client: Client, user: Any, *, fresh: bool = False, person: Any = None
) -> Client:
    """Sign an account in with its second factor done.

    `fresh=True`: just now, so that a page that asks for a fresh sign-in opens. `person`: as whom, for
    an account that opens more than one.
    """
    client.force_login(user)
    session = client.session
    session["second_factor_ready"] = True
    if fresh:
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
    if person is not None:
        session["acting_person"] = person.pk
    session.save()
    return client


@pytest.fixture
def client() -> FormClient:
    return FormClient()


@pytest.fixture
def client_as(db: None) -> Callable[..., FormClient]:
    """Make a signed-in client for an account, or for a new account with these roles."""
    from tests.factories import UserFactory

    def make(who: Any, *, fresh: bool = False, person: Any = None) -> FormClient:
        user = who if isinstance(who, get_user_model()) else UserFactory(roles=[who])
        made = FormClient()
        sign_in(made, user, fresh=fresh, person=person)
        return made

    return make


@pytest.fixture(autouse=True)
def sending_is_well() -> None:
    """No banner stands on the pages of a test that is not about one, and none asks for it."""
    from groups.notices import health

    health.keep(health.Health.good(), seconds=float("inf"))


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    """Each test has its own mail and files."""
    settings.MAIL_DIR = tmp_path / "mail"
    settings.FILES_DIR = tmp_path / "files"
