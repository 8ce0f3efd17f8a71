"""The product in a real browser: a server, a database of its own, and ways to sign in.

Imported by the conftest of each folder with browser tests. A world is a database file with the
product served from it by threads of this process, so a test may also call actions on it.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings
from django.test.testcases import LiveServerThread

from tests.conftest import sign_in as sign_in_client

HOST = "127.0.0.1"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class World:
    """A database file, the folders beside it, and the address it is served at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "world.sqlite3"
        self.beginning = folder / "beginning.sqlite3"
        self.saved = folder / "saved.sqlite3"
        self.mail = folder / "mail"
        self.url = ""
        self.cast: list[Any] = []

    def save(self) -> None:
        """Remember the database as it is, for `rewind`."""
        copy_database(self.database, self.saved)

    def rewind(self) -> None:
        """Put the database back to where it was saved."""
        connection.close()
        copy_database(self.saved, self.database)

    def begin_again(self) -> None:
        """Put the database back to how the world began."""
        connection.close()
        copy_database(self.beginning, self.database)

    def sign(self, person: str) -> Any:
        """Return how this member of the cast signs in."""
        return next(sign for sign in self.cast if person in sign.person)

    def cookie_for(self, user: Any, *, fresh: bool = True, person: Any = None) -> Any:
        """Return a browser's cookie for an account signed in with its second factor done."""
        from django.test import Client

        signed_in = sign_in_client(Client(), user, fresh=fresh, person=person)
        name = django_settings.SESSION_COOKIE_NAME
        value = signed_in.cookies[name].value
        return {"name": name, "value": value, "url": self.url}

    def mails_to(self, address: str) -> list[str]:
        """Return the plain text of the mails to an address, newest first."""
        import email
        import email.policy

        found = []
        for path in self.mail.glob("*.eml"):
            message = email.message_from_bytes(
                path.read_bytes(), policy=email.policy.default
            )
            body = message.get_body(preferencelist=("plain",))
            if address in str(message["To"]) and body is not None:
                found.append((path.stat().st_mtime_ns, body.get_content()))
        return [text for _, text in sorted(found, reverse=True)]


def totp_code(secret: str) -> str:
    """Return the six figures that an authenticator app shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def copy_database(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as read,
        contextlib.closing(sqlite3.connect(target, timeout=20)) as write,
    ):
        read.backup(write)


@contextlib.contextmanager
def database_at(path: Path) -> Iterator[None]:
    """Point every connection of this process, in all threads, at another SQLite file."""
    held = connection.settings_dict
    before = held["NAME"]
    connection.close()
    held["NAME"] = str(path)
    try:
        yield
    finally:
        connections.close_all()
        held["NAME"] = before


@contextlib.contextmanager
def settings_for(folder: Path, url: str) -> Iterator[None]:
    changed = {
        "DATA_DIR": folder,
        "MAIL_DIR": folder / "mail",
        "FILES_DIR": folder / "files",
        "DEMONSTRATION": True,
        "SITE_URL": url or "http://127.0.0.1:8000",
    }
    with override_settings(**changed):
        yield


@contextlib.contextmanager
def served(source: Path, folder: Path) -> Iterator[World]:
    """Copy a made world into a folder, serve it, and yield it."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    world = World(folder)
    with database_at(world.database):
        thread = LiveServerThread(HOST, StaticFilesHandler)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait(30)
        if thread.error:
            raise thread.error
        world.url = f"http://{HOST}:{thread.port}"
        copy_database(world.database, world.beginning)
        try:
            with settings_for(folder, world.url):
                yield world
        finally:
            thread.terminate()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(found).exists():
        pytest.skip("no Chromium was found: apt-get install chromium, or set CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    return {"executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def made_empty(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Path:
    """A database with its tables and the rows that migrations bring, and nobody in it."""
    if connection.vendor != "sqlite":
        pytest.skip("the browser suite makes its own SQLite files: unset DATABASE_URL")
    folder = tmp_path_factory.mktemp("empty")
    world = World(folder)
    with django_db_blocker.unblock(), database_at(world.database):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    return flattened(folder)


@pytest.fixture(scope="session")
def made_demo(
    made_empty: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Path:
    """The demonstration, told once."""
    from coprod.home.demo import telling

    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_empty, folder, dirs_exist_ok=True)
    world = World(folder)
    with (
        django_db_blocker.unblock(),
        database_at(world.database),
        settings_for(folder, ""),
    ):
        telling.tell()
    return flattened(folder)


def flattened(folder: Path) -> Path:
    """Fold the write-ahead log into the file, so that the folder can be copied."""
    with contextlib.closing(sqlite3.connect(folder / "world.sqlite3")) as held:
        held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture(scope="module")
def empty_world(
    made_empty: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[World]:
    with (
        django_db_blocker.unblock(),
        served(made_empty, tmp_path_factory.mktemp("world")) as world,
    ):
        yield world


@pytest.fixture(scope="module")
def demo_world(
    made_demo: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[World]:
    """The demonstration on a server of this module's own; `cast` holds who signs in how."""
    from coprod.home.demo import telling

    with (
        django_db_blocker.unblock(),
        served(made_demo, tmp_path_factory.mktemp("world")) as world,
    ):
        world.cast = telling.read_cast()
        yield world


@pytest.fixture(autouse=True)
def folders() -> None:
    """A world keeps its own folders: replaces the fixture of the whole suite."""
