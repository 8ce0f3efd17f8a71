"""Find PostgreSQL and Redis for the tests: the ones named, private ones, or the local ones."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit.console import Stop, run, say

READY_SECONDS = 20
# Ordinary Redis servers have 16 databases; each test process uses the next one up.
REDIS_BASES = (1, 4, 7, 10, 13)


@dataclass(frozen=True)
class Found:
    """An address to test against, and where it came from."""

    url: str
    origin: str


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    folders = [
        path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
    ]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    folders = [folder for folder in folders if (folder / "initdb").exists()]
    return max(folders, key=str, default=None)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_postgres(command: list[str]) -> list[str]:
    """Return the command as the server's own account, since it refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", "postgres", "--", *command]


@contextmanager
def private_postgres(binaries: Path) -> Iterator[str]:
    """Start a server of our own in a temporary folder, on a socket only."""
    folder = Path(tempfile.mkdtemp(prefix="coprod-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        data = folder / "data"
        what = "start a private PostgreSQL"
        initdb = [str(binaries / "initdb"), "-D", str(data), "--auth=trust", "-U", user]
        run(as_postgres([*initdb, "--no-sync", "-E", "UTF8", "--locale=C"]), what)
        options = (
            f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=80"
        )
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        log = str(folder / "log")
        subprocess.run(
            as_postgres([*control, "-l", log, "-o", options, "start"]),
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"postgres://{user}@/{folder}/{database_name()}"
        finally:
            run(as_postgres([*control, "-m", "immediate", "stop"]), "stop PostgreSQL")
    except subprocess.CalledProcessError as failed:
        raise Stop("A private PostgreSQL could not be started.") from failed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_redis(binary: str) -> Iterator[str]:
    """Start a Redis of our own that keeps nothing."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="coprod-redis-") as folder:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", "--databases", "64"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for_port(port)
            yield f"redis://127.0.0.1:{port}/1"
        finally:
            process.terminate()
            process.wait()


def wait_for_port(port: int) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if answers(port):
            return
        time.sleep(0.05)
    raise Stop("A private Redis did not start in time.")


def answers(port: int) -> bool:
    """Say whether anything listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def database_name() -> str:
    """Return a name no other run has, so that runs side by side do not meet."""
    return f"coprod_{secrets.token_hex(4)}"


def local_postgres(python: Path) -> str | None:
    """Return an address of a server on this machine that lets us make databases."""
    users = {os.environ.get("PGUSER", ""), pwd.getpwuid(os.geteuid()).pw_name}
    code = "import sys, psycopg2; psycopg2.connect(sys.argv[1])"
    for user in sorted((users | {"postgres", "root"}) - {""}):
        for host in ("127.0.0.1", "/var/run/postgresql"):
            where = f"user={user} host={host} dbname=postgres connect_timeout=2"
            tried = subprocess.run(
                [python, "-c", code, where],
                capture_output=True,
                check=False,
            )
            if not tried.returncode:
                slash = "/" if host.startswith("/") else ""
                return f"postgres://{user}@{slash}{host}/{database_name()}"
    return None


def are_empty(numbers: range) -> bool:
    """Say whether these databases of the local Redis answer and hold nothing."""
    asked = "".join(f"SELECT {number}\r\nDBSIZE\r\n" for number in numbers)
    expected = b"+OK\r\n:0\r\n" * len(numbers)
    try:
        with socket.create_connection(("127.0.0.1", 6379), timeout=2) as connection:
            connection.sendall(asked.encode())
            answer = b""
            while len(answer) < len(expected):
                more = connection.recv(4096)
                if not more:
                    return False
                answer += more
            return answer == expected
    except OSError:
        return False


@contextmanager
def postgres(python: Path) -> Iterator[Found | None]:
    """Give a PostgreSQL to test against, or None."""
    named = os.environ.get("DATABASE_URL", "")
    binaries = postgres_bin()
    if named.startswith("postgres"):
        yield Found(named, "DATABASE_URL")
    elif binaries and (os.geteuid() != 0 or shutil.which("runuser")):
        with private_postgres(binaries) as url:
            yield Found(url, f"a private server from {binaries}")
    else:
        url_here = local_postgres(python)
        yield Found(url_here, "the local server") if url_here else None


@contextmanager
def redis() -> Iterator[Found | None]:
    """Give a Redis to test against, or None."""
    named = os.environ.get("REDIS_URL", "")
    binary = shutil.which("redis-server")
    if named:
        yield Found(named, "REDIS_URL")
    elif binary:
        with private_redis(binary) as url:
            yield Found(url, "a private server")
    else:
        bases = (base for base in REDIS_BASES if are_empty(range(base, base + 3)))
        base = next(bases, None)
        if base is None and answers(6379):
            say("  The local Redis has no empty database to test in.")
        yield (
            Found(f"redis://127.0.0.1:6379/{base}", "the local server")
            if base
            else None
        )
