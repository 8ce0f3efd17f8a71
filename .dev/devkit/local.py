"""The data folder of this machine: its keys, its database, its collected static files."""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from devkit.console import ROOT, Stop, reason, run, step
from devkit.environment import PYTHON

ROOM_NEEDED = 32 * 1024 * 1024

PREPARE = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "coprod.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""


def data_dir(chosen: str | None) -> Path:
    """Return the data folder, made if need be, with room to work in."""
    folder = Path(chosen or os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < ROOM_NEEDED:
        raise Stop(
            f"The disk that holds {folder} is full: at least "
            f"{ROOM_NEEDED // 1024**2} MB must be free. "
            "Make some room and run the same command again."
        )
    return folder


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a second server, with a second beat, off the same data."""
    with (folder / ".in-use").open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Stop(
                f"Another dev.py already serves the data in {folder}. "
                "Stop it, or choose another folder with --data."
            ) from taken
        yield


def local_keys(folder: Path) -> dict[str, str]:
    """Return this machine's own keys, made once and readable by their owner only."""
    place = folder / "keys.json"
    if not place.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        }
        half = folder / "keys.json.part"
        half.unlink(missing_ok=True)
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made, file)
            file.flush()
            os.fsync(file.fileno())
        half.rename(place)
    try:
        keys = json.loads(place.read_text("utf-8"))
        return {name: str(keys[name]) for name in ("SECRET_KEY", "FIELD_KEYS")}
    except (ValueError, KeyError, TypeError) as damaged:
        raise Stop(
            f"The keys in {place} cannot be read. Put the file back from a copy; "
            "without it the secret fields of this database cannot be opened."
        ) from damaged


def surroundings(folder: Path, site_url: str | None = None) -> dict[str, str]:
    """Return the environment the product runs in here; what is already set wins."""
    chosen = {**local_keys(folder), "SITE_URL": site_url or ""}
    if not os.environ.get("EMAIL_URL") and not os.environ.get("DATABASE_URL"):
        chosen["DEMONSTRATION"] = "1"
    wanted = {name: os.environ.get(name) or value for name, value in chosen.items()}
    return {name: value for name, value in wanted.items() if value} | {
        "DATA_DIR": str(folder)
    }


def prepare(folder: Path, env: Mapping[str, str]) -> None:
    """Make the folders, bring the database to today's shape and collect static files."""
    for name in ("broker/queue", "broker/control", "files", "mail"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    done = step("Bringing the database up to date")
    run([PYTHON, "-c", PREPARE], "bring the database up to date", env=env)
    done()
    collect_static(folder, env)


def collect_static(folder: Path, env: Mapping[str, str]) -> None:
    """Collect and compress static files when any of them changed since last time."""
    stamp = folder / "static" / ".stamp"
    now = static_hash()
    if stamp.exists() and stamp.read_text("utf-8") == now:
        return
    done = step("Collecting static files")
    command: list[str | Path] = [PYTHON, ROOT / "manage.py", "collectstatic"]
    run([*command, "--noinput", "--clear", "-v0"], "collect static files", env=env)
    stamp.write_text(now, "utf-8")
    done()


def static_hash() -> str:
    """Return one hash of every static file and of the packages that bring their own."""
    digest = hashlib.sha256((ROOT / "requirements-dev.txt").read_bytes())
    for file in sorted((ROOT / "static").rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()


def seed(folder: Path, env: Mapping[str, str]) -> None:
    """Fill an empty demonstration database with the story; leave any other alone."""
    if env.get("DEMONSTRATION") != "1" or not is_empty(folder / "coprod.sqlite3"):
        return
    done = step("Filling the empty database with the demonstration")
    run([PYTHON, ROOT / "manage.py", "demo"], "fill the demonstration", env=env)
    done()


def is_empty(database: Path) -> bool:
    """Say whether nobody has been written into the database yet."""
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM core_user)"
            " AND NOT EXISTS (SELECT 1 FROM people_person)"
        ).fetchone()
    return bool(row[0])


def cast(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the demonstration's people and how each signs in, as the command tells it."""
    done = subprocess.run(
        [PYTHON, ROOT / "manage.py", "demo", "--json"],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return [dict(person) for person in json.loads(done.stdout)["cast"]]
    except (ValueError, KeyError, TypeError) as unreadable:
        raise Stop(reason(done.stdout + done.stderr, "read the cast")) from unreadable
