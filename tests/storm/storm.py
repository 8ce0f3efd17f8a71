"""Send reminders in a storm: workers and clocks killed, Redis and PostgreSQL restarted, at random.

Nothing here imports the product: it plans, sends and keeps its ledger in processes of its own, and what
the provider wrote down is held against that ledger in the end.
"""

import contextlib
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.storm import servers
from tests.storm.ledger import PROCESS, WORKER, Ledger, Outcome
from tests.storm.world import ROOT, prepare, run_inside, surroundings

MACHINES = 3
# After so long without a message the next blow falls anyway.
PATIENCE = 4.0
LOOK_EVERY = 0.05
# The last leases run out, and what nobody finished is taken up again.
LONGEST_RECOVERY = 180.0
LONGEST_START = 120.0


@dataclass(frozen=True)
class Size:
    """How much is sent, and how often what is struck. The last three need PostgreSQL and Redis."""

    reminders: int
    kills: int
    clock_kills: int = 0
    redis_restarts: int = 0
    redis_flushes: int = 0
    database_restarts: int = 0


FULL = Size(10_000, 100, 10, 10, 5, 3)
SMALL = Size(600, 8, 1, 1, 1, 1)
CONTROL = Size(400, 12)


class Machine:
    """One process of the product, started again whenever it ends."""

    def __init__(self, name: str, command: list[str], storm: "Storm") -> None:
        self.name = name
        self.command = command
        self.storm = storm
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with (self.storm.folder / "machines.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "celery",
                    "-A",
                    "tests.storm.product",
                    *self.command,
                ],
                cwd=ROOT,
                env=self.storm.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def is_up(self) -> bool:
        """Tell whether it has begun to work; a clock needs no time worth waiting for."""
        ready = self.storm.folder / f"ready.{self.process.pid}"
        return "worker" not in self.name or ready.exists()

    def children(self) -> list[int]:
        """Return the processes of its pool; the clock in a worker is not counted."""
        pid = self.process.pid
        try:
            text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        except OSError:
            return []
        return [int(child) for child in text.split()]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_one_child(self, chance: random.Random) -> bool:
        children = self.children()
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(children), signal.SIGKILL)
        return True

    def keep_up(self) -> None:
        if self.process.poll() is not None:
            self.kill()
            self.process = self._start()


class Storm:
    """One storm, with its folder, its servers and its machines.

    `provider` is "smtp", a mail server, or "notify", which can be asked. `without` names a protection
    that is taken away, for the controls.
    """

    def __init__(
        self,
        size: Size,
        *,
        provider: str,
        on_postgres: bool,
        without: str = "",
        seed: int | None = None,
    ) -> None:
        self.size = size
        self.provider = provider
        self.on_postgres = on_postgres
        self.without = without
        self.seed = secrets.randbelow(10**6) if seed is None else seed
        self.chance = random.Random(self.seed)
        self.struck: Counter[str] = Counter()
        self.machines: list[Machine] = []
        self.postgres: servers.Postgres | None = None
        self.redis: servers.Redis | None = None
        self.folder = Path()
        self.env: dict[str, str] = {}

    def run(self) -> Outcome:
        with ExitStack() as stack:
            self.folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="coprod-storm-"))
            )
            book = self.folder / "taken.txt"
            book.touch()
            port = stack.enter_context(
                servers.provider(self.provider, book, seed=self.seed)
            )
            if self.on_postgres:
                self.postgres = stack.enter_context(servers.Postgres())
                self.redis = stack.enter_context(servers.Redis())
            self.env = surroundings(
                self.folder,
                provider=self.provider,
                port=port,
                database=self.postgres.url if self.postgres else "",
                redis=self.redis.url if self.redis else "",
            ) | {"STORM_FOLDER": str(self.folder), "STORM_WITHOUT": self.without}
            prepare(self.folder, self.env)
            run_inside(self.env, "tests/storm/plan.py", str(self.size.reminders), "1")
            ledger = Ledger(self.folder, self.postgres)
            started = time.monotonic()
            with self._machines():
                self._strike(book)
                calm = time.monotonic()
                self._wait(ledger.is_settled)
                ended = time.monotonic()
            taken = [line.split("\t") for line in book.read_text("utf-8").splitlines()]
            return Outcome(
                seed=self.seed,
                struck=self.struck,
                rows=ledger.rows(),
                taken=[(one, two, three) for one, two, three in taken],
                seconds=ended - started,
                recovery=ended - calm,
                log=(self.folder / "machines.log").read_text("utf-8", errors="replace"),
            )

    def _commands(self) -> Mapping[str, list[str]]:
        """Return what runs: as docker-compose.yml does, or on SQLite as dev.py does; three clocks."""
        quiet = ["--loglevel", "warning"]
        found = {}
        for number in range(MACHINES):
            plan = ["--schedule", str(self.folder / f"beat-{number}")]
            worker = ["worker", "-n", f"w{number}@storm", "--concurrency", "2", *quiet]
            if self.on_postgres:
                found[f"worker {number}"] = worker
                found[f"clock {number}"] = ["beat", *plan, "--pidfile=", *quiet]
            else:
                found[f"worker {number}"] = [*worker, "-B", "--pool", "threads", *plan]
        return found

    @contextmanager
    def _machines(self) -> Iterator[None]:
        try:
            for name, command in self._commands().items():
                self.machines.append(Machine(name, command, self))
            yield
        finally:
            for machine in self.machines:
                machine.kill()

    def _blows(self) -> list[Callable[[], None]]:
        size = self.size
        blows = [self._kill_worker] * size.kills
        if self.on_postgres:
            blows += [self._kill_clock] * size.clock_kills
            blows += [self._restart_redis] * size.redis_restarts
            blows += [self._flush_redis] * size.redis_flushes
            blows += [self._restart_database] * size.database_restarts
        self.chance.shuffle(blows)
        return blows

    def _strike(self, book: Path) -> None:
        """Strike again and again while messages go, the last time when most of them have gone."""
        blows = self._blows()
        # Each falls after so many more messages, give or take.
        every = self.size.reminders * 0.85 / len(blows)
        for number, blow in enumerate(blows, start=1):
            due = every * (number - self.chance.random())
            self._wait_for(lambda due=due: count_lines(book) >= due)  # type: ignore[misc]  # one number, known
            blow()

    def _wait_for(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so() and time.monotonic() < end:
            self._keep_up()

    def _keep_up(self) -> None:
        for machine in self.machines:
            machine.keep_up()
        time.sleep(LOOK_EVERY)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + LONGEST_RECOVERY
        while not is_so() and time.monotonic() < end:
            for _ in range(5):
                self._keep_up()

    def _kill_worker(self) -> None:
        """Kill a worker that has begun to work, whole or only one process of its pool."""
        workers = [one for one in self.machines if "worker" in one.name]
        end = time.monotonic() + LONGEST_START
        while not any(one.is_up for one in workers):
            if time.monotonic() > end:
                raise RuntimeError("No worker comes up.")
            self._keep_up()
        one = self.chance.choice([one for one in workers if one.is_up])
        in_part = self.on_postgres and self.chance.random() < 0.5
        if in_part and one.kill_one_child(self.chance):
            self.struck[PROCESS] += 1
        else:
            one.kill()
            self.struck[WORKER] += 1

    def _kill_clock(self) -> None:
        clocks = [one for one in self.machines if "clock" in one.name]
        self.chance.choice(clocks).kill()
        self.struck["clock killed"] += 1

    def _restart_redis(self) -> None:
        assert self.redis
        self.redis.restart()
        self.struck["Redis restarted"] += 1

    def _flush_redis(self) -> None:
        assert self.redis
        self.redis.flush()
        self.struck["Redis flushed"] += 1

    def _restart_database(self) -> None:
        assert self.postgres
        self.postgres.restart()
        self.struck["PostgreSQL restarted"] += 1


def count_lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")
