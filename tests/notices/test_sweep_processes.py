"""The sweep killed while it sends, and two sweeps at once: real processes, a real database."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

SCRIPT = Path(__file__).with_name("sweep_process.py")
ROOT = SCRIPT.parents[2]
LONGEST_WAIT = 60


class Machine:
    """One database, one mail folder, and processes that sweep it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "sent.log"
        self.env = os.environ | {
            "DATA_DIR": str(folder),
            "SENT_LOG": str(self.log),
            "ANSWER": str(folder / "answer.json"),
            "LOG_LEVEL": "ERROR",
        }
        if connection.vendor == "postgresql":
            base = os.environ["DATABASE_URL"].rpartition("/")[0]
            query = os.environ["DATABASE_URL"].partition("?")[2]
            name = connection.settings_dict["NAME"]
            self.env["DATABASE_URL"] = f"{base}/{name}" + (f"?{query}" if query else "")

    def start(self, *args: str, **env: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, SCRIPT, *args], cwd=ROOT, env=self.env | env
        )

    def run(self, *args: str, **env: str) -> None:
        assert self.start(*args, **env).wait(timeout=LONGEST_WAIT) == 0

    def sent(self) -> Counter[str]:
        lines = self.log.read_text().split() if self.log.exists() else []
        return Counter(line.strip("<>").partition("@")[0] for line in lines)

    def states(self) -> dict[str, str]:
        self.run("states")
        answer: dict[str, str] = json.loads((self.folder / "answer.json").read_text())
        return answer

    def kill_after(self, messages: int, *args: str) -> None:
        """Start a sweep and SIGKILL it while the server still holds the last of them."""
        wanted = self.sent().total() + messages
        process = self.start("sweep", *args, PAUSE="0.25")
        end = time.monotonic() + LONGEST_WAIT
        while self.sent().total() < wanted and time.monotonic() < end:
            time.sleep(0.01)
        process.kill()
        process.wait()

    def two_at_once(self, *args: str) -> None:
        go = self.folder / "go"
        both = [self.start("sweep", *args, GO=str(go), PAUSE="0.02") for _ in range(2)]
        end = time.monotonic() + LONGEST_WAIT
        while (
            len(list(self.folder.glob("go.*"))) < len(both) and time.monotonic() < end
        ):
            time.sleep(0.01)
        go.touch()
        assert [process.wait(timeout=LONGEST_WAIT) for process in both] == [0, 0]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: Any) -> Path:
    """A migrated SQLite file, made once."""
    folder = tmp_path_factory.mktemp("empty")
    if connection.vendor == "sqlite":
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(
            command, cwd=ROOT, env=os.environ | {"DATA_DIR": str(folder)}, check=True
        )
    return folder


@pytest.fixture
def machine(transactional_db: None, empty_database: Path, tmp_path: Path) -> Machine:
    for file in empty_database.glob("coprod.sqlite3*"):
        shutil.copy(file, tmp_path)
    return Machine(tmp_path)


@pytest.mark.race
def test_sweep_killed_while_it_sends_loses_none_and_repeats_none(
    machine: Machine,
) -> None:
    machine.run("seed", "--count=12")

    for _ in range(3):
        machine.kill_after(2)
    machine.run("sweep", "--hours-on=1")
    machine.run("sweep", "--hours-on=2")

    assert set(machine.states().values()) == {"handed_over"}
    assert len(list((machine.folder / "mail").glob("*.eml"))) == 12
    assert set(machine.sent().values()) == {1}
    assert machine.sent().total() == 12


@pytest.mark.race
def test_sweep_killed_with_a_server_that_cannot_be_asked_leaves_may_have_been_sent(
    machine: Machine,
) -> None:
    machine.run("seed", "--count=8")

    for _ in range(2):
        machine.kill_after(2, "--transport=SlowServer")
    machine.run("sweep", "--hours-on=1", "--transport=SlowServer")
    machine.run("sweep", "--hours-on=2", "--transport=SlowServer")

    states = Counter(machine.states().values())
    assert states == {"handed_over": 6, "uncertain": 2}
    assert set(machine.sent().values()) == {1}
    assert machine.sent().total() == 8


@pytest.mark.race
def test_two_sweeps_at_once_send_each_message_once(machine: Machine) -> None:
    machine.run("seed", "--count=25")

    machine.two_at_once("--transport=SlowServer")

    assert set(machine.states().values()) == {"handed_over"}
    assert machine.sent().total() == 25
    assert set(machine.sent().values()) == {1}


@pytest.mark.race
def test_control_two_sweeps_without_the_claim_send_some_twice(machine: Machine) -> None:
    machine.run("seed", "--count=25")

    machine.two_at_once("--transport=SlowServer", "--no-claim")

    assert max(machine.sent().values()) > 1
