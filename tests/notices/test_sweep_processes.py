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
        return Counter(lines)

    def states(self) -> dict[str, str]:
        self.run("states")
        answer: dict[str, str] = json.loads((self.folder / "answer.json").read_text())
        return answer

    def kill_after(self, messages: int, *args: str, **env: str) -> None:
        """Start a sweep and SIGKILL it while the server still holds the last of them."""
        wanted = self.sent().total() + messages
        process = self.start("sweep", *args, **{"PAUSE": "0.25"} | env)
        end = time.monotonic() + LONGEST_WAIT
        while self.sent().total() < wanted and time.monotonic() < end:
            time.sleep(0.01)
        process.kill()
        process.wait()

    def at_once(self, count: int, *args: str) -> None:
        go = self.folder / "go"
        all_of_them = [
            self.start("sweep", *args, GO=str(go), PAUSE="0.02") for _ in range(count)
        ]
        end = time.monotonic() + LONGEST_WAIT
        while len(list(self.folder.glob("go.*"))) < count and time.monotonic() < end:
            time.sleep(0.01)
        go.touch()
        ends = [process.wait(timeout=LONGEST_WAIT) for process in all_of_them]
        assert ends == [0] * count


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

    for hours in range(3):
        machine.kill_after(2, f"--hours-on={hours}")
    machine.run("sweep", "--hours-on=3")
    machine.run("sweep", "--hours-on=4")

    assert set(machine.states().values()) == {"handed_over"}
    assert len(list((machine.folder / "mail").glob("*.eml"))) == 12
    assert set(machine.sent().values()) == {1}
    assert machine.sent().total() == 12


@pytest.mark.race
def test_sweep_killed_with_a_server_that_cannot_be_asked_leaves_may_have_been_sent(
    machine: Machine,
) -> None:
    machine.run("seed", "--count=8")

    for hours in range(2):
        machine.kill_after(2, f"--hours-on={hours}", "--transport=SlowServer")
    machine.run("sweep", "--hours-on=2", "--transport=SlowServer")
    machine.run("sweep", "--hours-on=3", "--transport=SlowServer")

    states = Counter(machine.states().values())
    assert states == {"handed_over": 6, "uncertain": 2}
    assert set(machine.sent().values()) == {1}
    assert machine.sent().total() == 8


@pytest.mark.race
def test_a_message_that_kills_its_sender_is_listed_and_holds_up_nobody(
    machine: Machine,
) -> None:
    machine.run("seed", "--count=10")

    for tenths in range(8):
        machine.run("sweep", "--poisoned", f"--hours-on={tenths / 10}")

    states = Counter(machine.states().values())
    assert states == {"handed_over": 9, "failed": 1}
    assert set(machine.sent().values()) == {1}


@pytest.mark.race
def test_sweep_killed_while_messages_go_quickly_leaves_few_uncertain_and_repeats_none(
    machine: Machine,
) -> None:
    machine.run("seed", "--count=120")

    quick = {"PAUSE_FROM": "60", "PAUSE": "30"}
    machine.kill_after(60, "--transport=SlowServer", **quick)
    machine.run("sweep", "--hours-on=1", "--transport=SlowServer")
    machine.run("sweep", "--hours-on=2", "--transport=SlowServer")

    states = Counter(machine.states().values())
    assert set(states) == {"handed_over", "uncertain"}
    # Some are marked ahead while each takes no time: never more than sending.MOST_AHEAD at once.
    assert 2 <= states["uncertain"] <= 2 * 10
    assert max(machine.sent().values()) == 1
    assert machine.sent().total() >= 120 - states["uncertain"]


@pytest.mark.race
@pytest.mark.parametrize("count", [2, 3, 10])
def test_sweeps_at_once_send_each_message_once(machine: Machine, count: int) -> None:
    machine.run("seed", "--count=120")

    machine.at_once(count, "--transport=SlowServer")

    assert set(machine.states().values()) == {"handed_over"}
    assert machine.sent().total() == 120
    assert set(machine.sent().values()) == {1}


@pytest.mark.race
def test_control_two_sweeps_without_the_claim_send_some_twice(machine: Machine) -> None:
    machine.run("seed", "--count=25")

    machine.at_once(2, "--transport=SlowServer", "--no-claim")

    assert max(machine.sent().values()) > 1
