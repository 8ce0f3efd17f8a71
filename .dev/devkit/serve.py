"""Run the web server, the worker and the beat together, and stop them together."""

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import local
from devkit.console import ROOT, Asked, Stop, listen_no_more, say
from devkit.environment import PYTHON
from devkit.logs import Stream

STOP_SECONDS = 12
START_SECONDS = 60
PR_SET_PDEATHSIG = 1
# Celery's advice for servers; this is one person's machine.
QUIET = "ignore:You're running the worker with superuser privileges"
COLUMNS = ("role", "person", "sign-in", "password", "TOTP secret")


@dataclass
class Child:
    """One process of ours, the leader of its own group."""

    name: str
    process: "subprocess.Popen[str]"

    def signal(self, number: int) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def ended(self) -> bool:
        return self.process.poll() is not None


def check_port(host: str, port: int) -> None:
    """Stop with a sentence when something else already listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Stop(
                f"Port {port} on {host} cannot be used: {taken.strerror}. "
                f"Stop what uses it, or choose another: python3 dev.py run --port {port + 1}"
            ) from taken


def allowed_hosts(host: str) -> str:
    """Return the names this server may be called by when it listens on `host`."""
    names = ["127.0.0.1", "localhost"]
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- only when asked for with --host
        names.append(socket.gethostname())
        try:
            found = socket.getaddrinfo(socket.gethostname(), None)
            names += sorted({str(entry[4][0]) for entry in found})
        except OSError:
            say("  This computer's own name has no address; use 127.0.0.1.")
    elif host not in names:
        names.append(host)
    return ",".join(names)


def die_with_parent() -> None:
    """Ask the kernel to stop this child if dev.py itself is killed outright."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(name: str, command: list[str | Path], env: Mapping[str, str]) -> Child:
    """Start one child in a group of its own, so that Ctrl-C reaches it only through us."""
    linux = os.uname().sysname == "Linux"
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **env, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=die_with_parent if linux else None,  # noqa: PLW1509 -- one system call, no lock
    )
    return Child(name, process)


def commands(host: str, port: int, folder: Path) -> dict[str, list[str | Path]]:
    """Return what runs: the web server, and the worker, which carries the beat."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web: list[str | Path] = [PYTHON, "-m", "gunicorn", "coprod.wsgi", "--bind", address]
    web += ["--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
    web += ["--worker-tmp-dir", folder, "--log-level", "warning", "--no-control-socket"]
    web += ["--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s %(M)s ms"]
    worker: list[str | Path] = [PYTHON, "-m", "celery", "--quiet", "-A", "coprod"]
    worker += ["worker", "-B", "--pool", "threads", "--concurrency", "2"]
    worker += ["--loglevel", "warning", "--schedule", folder / "beat-schedule"]
    return {"web": web, "worker": worker}


def wait_until_ready(host: str, port: int, running: list[Child]) -> None:
    """Wait until the first page can be asked for, or say which part did not start."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for child in running:
            if child.ended():
                raise Stop(died(child))
        try:
            url = f"http://{host}:{port}/healthz"
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise Stop(f"The web server did not answer within {START_SECONDS} seconds.")


def died(child: Child) -> str:
    """Return the sentence for a child that ended by itself."""
    return (
        f"The {child.name} process stopped by itself "
        f"(exit code {child.process.returncode}), so I stopped the rest. "
        "The lines above say why."
    )


def stop_all(running: list[Child]) -> None:
    """Ask every child to stop, wait, and end what did not."""
    for child in running:
        child.process.poll()
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"The {child.name} process did not stop in time; ending it.")
        child.signal(signal.SIGKILL)
        child.process.wait()


def serve(host: str, port: int, data: str | None) -> int:
    """Run everything until asked to stop; return 0 then, and 1 if a part died by itself."""
    check_port(host, port)
    folder = local.data_dir(data)
    running: list[Child] = []
    with local.alone_in(folder):
        try:
            serve_from(folder, host, port, running)
        except Asked:
            say("\nStopping.")
        finally:
            listen_no_more()
            stop_all(running)
    say("Everything has stopped.")
    return 0


def serve_from(folder: Path, host: str, port: int, running: list[Child]) -> None:
    """Prepare the data, start the children into `running`, and follow them to the end."""
    near = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 -- a name to replace, not to bind
    url = f"http://{near}:{port}"
    env = local.surroundings(folder, url)
    if not os.environ.get("ALLOWED_HOSTS"):
        env["ALLOWED_HOSTS"] = allowed_hosts(host)
    local.prepare(folder, env)
    local.seed(folder, env)
    say("- Starting the web server, the worker and the beat")
    stream = Stream()
    for name, command in commands(host, port, folder).items():
        running.append(start(name, command, env))
    for child in running:
        assert child.process.stdout is not None
        stream.follow(child.name, child.process.stdout)
    people = cast_to_show(env)
    try:
        wait_until_ready(near, port, running)
    finally:
        stream.show_waiting()
    welcome(url, folder, people)
    stream.show_until(lambda: any(child.ended() for child in running))
    raise Stop(next(died(child) for child in running if child.ended()))


def welcome(url: str, folder: Path, people: list[dict[str, Any]]) -> None:
    """Print where to go and who to be."""
    if people:
        say(f"\nThe demonstration's cast (all invented):\n{table(people)}")
        say(f"\nMail that would have been sent: {url}/demonstration/mail/")
    say(f"Data, mail and files are in {folder}")
    say(f"\nOpen {url} in a browser. Press Ctrl-C here to stop.\n")


def cast_to_show(env: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the cast, or nobody where the data is not the demonstration's."""
    if env.get("DEMONSTRATION") != "1":
        return []
    try:
        return local.cast(env)
    except Stop as without:
        say(f"  There is no cast to show. {without}")
        return []


def table(people: list[dict[str, Any]]) -> str:
    """Lay the cast out in columns."""
    keys = {"sign-in": "sign_in", "TOTP secret": "totp_secret"}
    rows = [list(COLUMNS)]
    for person in people:
        values = [person.get(keys.get(column, column)) for column in COLUMNS]
        rows.append(["" if value is None else str(value) for value in values])
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
