"""One request as one persona in the sweeps' world, and what came of it."""

import copy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from tests.architecture import field_policy, html_forms
from tests.architecture.addresses import Address, fill
from tests.architecture.canaries import Writes
from tests.architecture.fillers import fillers_for
from tests.architecture.world import Persona, World, build

REFUSED = frozenset({400, 403, 404, 405, 409})


@pytest.fixture(autouse=True)
def folders() -> None:
    """The files of this world stay for the whole module."""


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are what is expected here: they are not worth a line each in a report."""
    caplog.set_level("CRITICAL", logger="django.request")


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    base = tmp_path_factory.mktemp("world")
    folders = {"FILES_DIR": base / "files", "MAIL_DIR": base / "mail"}
    with django_db_blocker.unblock(), override_settings(**folders):
        with transaction.atomic():
            made = build()
            made.fillers = fillers_for(made)
            made.may_read = {
                name: field_policy.allowed(persona.actor, made.flock.held)
                for name, persona in made.personas.items()
            }
            yield made
            transaction.set_rollback(True)
        connection.close()


class Answer:
    """What came back for one request, with everything it wrote; nothing of it stays."""

    def __init__(
        self, persona: Persona, path: str, method: str = "get", data: Any = None
    ) -> None:
        self.persona, self.path, self.method = persona, path, method
        writes = Writes()
        # A page may begin a new session, which is rolled back with all the rest.
        cookies = copy.deepcopy(persona.client.cookies)
        self.problem = ""
        self.text = self.body = self.location = ""
        # What somebody sent herself may come back to her.
        self.asked = f"{path} {data}".lower()
        with transaction.atomic():
            with writes.watch():
                self._ask(data)
            transaction.set_rollback(True)
        persona.client.cookies = cookies
        # What is not a redirect was rolled back by the form key already.
        kept = method in {"get", "head", "options"} or self.status in range(300, 400)
        self.written = sorted(set(writes.tables)) if kept else []

    def _ask(self, data: Any) -> None:
        try:
            with transaction.atomic():
                response = getattr(self.persona.client, self.method)(
                    self.path, data=data
                )
                body = b"".join(response) if response.streaming else response.content
        except Exception as problem:  # noqa: BLE001 - whatever it is, a person would see a 500
            self.status = 500
            self.problem = f"{type(problem).__name__}: {problem}"
            return
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        headers = "\n".join(f"{name}: {value}" for name, value in response.items())
        self.body = body.decode("utf-8", "replace")
        self.text = f"{headers}\n{self.body}\n{_mail()}"
        if self.status == 500:
            self.problem = "server error"

    @property
    def is_refusal(self) -> bool:
        elsewhere = self.location.split("?")[0]
        asked = ("/accounts/", "/me/who/", self.path)
        return self.status in REFUSED or (
            self.status == 302 and elsewhere.startswith(asked)
        )

    def __str__(self) -> str:
        return (
            f"{self.method.upper()} {self.path} as {self.persona.name}: {self.status}"
        )


def _mail() -> str:
    folder = Path(settings.MAIL_DIR)
    return (
        "\n".join(path.read_text() for path in folder.glob("*"))
        if folder.exists()
        else ""
    )


def leaks(world: World, answer: Answer) -> list[str]:
    may_read = world.may_read[answer.persona.name]
    return [
        f"{answer} shows {held.model} {held.pk} {held.field}"
        for mark, held in world.flock.found_in(answer.text)
        if mark not in may_read
        and mark not in answer.asked
        and not field_policy.opened_by_secret(answer.path, held.model, held.field)
    ]


def is_for(address: Address, persona: Persona) -> bool:
    return address.is_public or bool(persona.roles & (address.audience or frozenset()))


def form_for(world: World, got: dict[Any, Answer], path: str) -> dict[str, Any]:
    for persona in world.personas.values():
        answer = got[persona.name, path]
        if answer.status == 200:
            for form in html_forms.post_forms(answer.body, path):
                return form.filled()
    return {}


def paths_of(world: World, address: Address) -> list[str]:
    return fill(address.route, world.fillers)
