"""PostgreSQL, Redis and a provider of a storm's own, which it may break and start again."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import redis

from devkit import services
from devkit.services import as_postgres

PROVIDER = Path(__file__).with_name("provider.py")


class Postgres:
    """A server on a socket only. Its restarts are crashes: nobody is told, nothing is finished.

    What it has written outlives its own crash without fsync; `fsync` is for what is timed.
    """

    def __init__(self, *, fsync: bool = False) -> None:
        binaries = services.postgres_bin()
        assert binaries is not None
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="coprod-storm-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            user = "postgres"
        else:
            user = pwd.getpwuid(os.geteuid()).pw_name
        self.url = f"postgres://{user}@/{self.folder}/storm"
        self.dsn = f"user={user} host={self.folder} dbname=storm"
        self._run(
            *("initdb", "-D", str(self.folder / "data"), "--auth=trust", "-U", user),
            *("--no-sync", "-E", "UTF8", "--locale=C"),
        )
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=100"
        options += "" if fsync else " -c fsync=off"
        self._control("-o", options, "start")
        self._run("createdb", "-h", str(self.folder), "-U", user, "storm")

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            as_postgres([str(self.binaries / program), *args]),
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def _control(self, *args: str) -> None:
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-l", log, *args)

    def restart(self) -> None:
        self._control("-m", "immediate", "restart")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        with suppress(subprocess.CalledProcessError):
            self._control("-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A server that keeps nothing over a restart."""

    def __init__(self) -> None:
        self.port = services.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/1"
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        binary = shutil.which("redis-server")
        assert binary is not None
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1"]
        process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        services.wait_for_port(self.port)
        return process

    def restart(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process = self._start()

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def provider(kind: str, book: Path, *, seed: int) -> Any:
    """Run a provider of this kind ("smtp" or "notify") and give its port."""
    command = [sys.executable, str(PROVIDER), kind, str(book), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    with ExitStack() as stack:
        stack.callback(process.wait)
        stack.callback(process.kill)
        stack.enter_context(process.stdout)
        yield int(process.stdout.readline())


def are_here() -> bool:
    """Say whether this machine has what a storm over PostgreSQL and Redis breaks."""
    may_start = os.geteuid() != 0 or shutil.which("runuser")
    return bool(services.postgres_bin() and may_start and shutil.which("redis-server"))
