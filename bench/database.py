"""Databases of different sizes on one server, filled by bulk_data and kept while they fit."""

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from devkit.console import ROOT, run, step
from devkit.environment import PYTHON


@dataclass(frozen=True)
class Size:
    """How much is in one database."""

    name: str
    people: int
    meetings: int
    claims: int
    run_lines: int

    @property
    def options(self) -> list[str]:
        return [
            f"--people={self.people}",
            f"--meetings={self.meetings}",
            f"--claims={self.claims}",
            f"--run-lines={self.run_lines}",
        ]


SMALL = Size("small", 1_000, 250, 2_500, 2_500)
MAIN = Size("main", 20_000, 5_000, 50_000, 50_000)
LARGE = Size("large", 200_000, 20_000, 225_000, 500_000)
QUICK_MAIN = Size("quick_main", 2_000, 500, 5_000, 5_000)
QUICK_LARGE = Size("quick_large", 5_000, 1_000, 10_000, 20_000)


def _shape(size: Size) -> str:
    """Return what the rows depend on: the sizes, the tables and the command that fills them."""
    digest = hashlib.sha256(repr(size).encode())
    migrations = sorted(ROOT.glob("*/**/migrations/*.py"))
    inside = [file for file in migrations if ".venv" not in file.parts]
    for file in [*inside, *sorted((ROOT / "coprod/home/bulk").glob("*.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def address(server: str, size: Size) -> str:
    """Return the address of the database of a size, beside the one that was given."""
    return f"{server.rpartition('/')[0]}/coprod_bench_{size.name}"


def _connect(url: str) -> "psycopg2.extensions.connection":
    # A socket's folder stands where a host would: postgres://user@/folder/name.
    if "@/" in url:
        user, _, rest = url.removeprefix("postgres://").partition("@")
        folder, _, name = rest.rpartition("/")
        return psycopg2.connect(user=user, host=folder, dbname=name)
    return psycopg2.connect(url)


def fill(server: str, size: Size, data: Path) -> str:
    """Make and fill the database of a size unless it is there already; return its address."""
    url, shape = address(server, size), _shape(size)
    name = url.rpartition("/")[2]
    with closing(_connect(f"{server.rpartition('/')[0]}/postgres")) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
                [name],
            )
            row = cursor.fetchone()
            if row and row[0] == shape:
                return url
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    done = step(f"Filling a database with {size.people:,} people")
    env = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(data)}
    for command in (
        ["migrate", "-v0"],
        ["createcachetable"],
        ["bulk_data", *size.options],
    ):
        run([PYTHON, ROOT / "manage.py", *command], f"run {command[0]}", env=env)
    with closing(_connect(url)) as here, here.cursor() as cursor:
        here.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [shape])
    done()
    return url
