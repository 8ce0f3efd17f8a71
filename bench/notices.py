"""Measure what messages owe: planning them, handing them over, letters, and the storm at full size."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figure, heading, table, write_json
from bench.letters import letters
from devkit.console import ROOT, Stop, say, step
from tests.storm import servers
from tests.storm.storm import CONTROL, FULL, SMALL, Size, Storm
from tests.storm.world import prepare, run_inside, surroundings

_SINK = ROOT / "tests/notices/smtp_sink.py"
_PEOPLE, _QUICK_PEOPLE = 10_000, 1_000
_HANDED, _QUICK_HANDED = 2_000, 300
_ROUNDS = 5
_ON = {True: "PostgreSQL and Redis", False: "SQLite, embedded worker"}
_ON_DISK = ", each commit on this disk first"
_DATABASES = {True: "PostgreSQL", False: "SQLite"}


@contextmanager
def _sink() -> Iterator[int]:
    """Run a mail server that takes everything at once, in a process of its own; give its port."""
    with subprocess.Popen(
        [sys.executable, _SINK], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield int(next(iter(process.stdout or ())))
        finally:
            process.kill()


def _ask(*command: str, on_postgres: bool, fsync: bool = False) -> str:
    """Run a program over an empty database with a mail server beside it; return what it prints."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(_sink())
        url = ""
        if on_postgres:
            url = stack.enter_context(servers.Postgres(fsync=fsync)).url
        env = surroundings(folder, provider="smtp", port=port, database=url)
        prepare(folder, env)
        return run_inside(env, *command)


def planning(*, quick: bool) -> list[Figure]:
    """Plan a reminder for everybody, again and again about another meeting."""
    count = _QUICK_PEOPLE if quick else _PEOPLE
    group = f"Planning for {count:,} people"

    def figure(on_postgres: bool, rate: float | None, note: str = "") -> list[Figure]:
        name = f"deliveries a second, {_DATABASES[on_postgres]}"
        unit = "/s"
        return [
            Figure(group, name, rate, unit, gate=2000, more_is_better=True, note=note)
        ]

    def measure(on_postgres: bool) -> list[Figure]:
        command = ("tests/storm/plan.py", str(count), str(_ROUNDS))
        took = json.loads(_ask(*command, on_postgres=on_postgres))
        note = f"the median of {_ROUNDS}; the slowest {count / max(took):,.0f}"
        return figure(on_postgres, count / median(took), note)

    here = measure(True) if servers.are_here() else figure(True, None)
    return here + measure(False)


def handing_over(*, quick: bool) -> list[Figure]:
    """Let one process hand over e-mails, against smtplib alone to the same mail server.

    What the disk costs is told apart: a commit for each message waits for it.
    """
    count = _QUICK_HANDED if quick else _HANDED
    group = "Handing over by SMTP, one process, against smtplib alone"

    def figure(name: str, rate: float | None, note: str = "") -> list[Figure]:
        gate, aim = (None, None) if _ON_DISK in name else (0.25, 0.5)
        return [
            Figure(
                group, name, rate, gate=gate, aim=aim, more_is_better=True, note=note
            )
        ]

    def measure(on_postgres: bool, fsync: bool = False) -> list[Figure]:
        command = ("bench/handing.py", str(count))
        found = json.loads(_ask(*command, on_postgres=on_postgres, fsync=fsync))
        ours, bare = count / found["ours"], count / found["bare"]
        note = f"{ours:,.0f} a second against {bare:,.0f}"
        name = f"rate, {_DATABASES[on_postgres]}{_ON_DISK if fsync else ''}"
        return figure(name, ours / bare, note)

    on_postgres = f"rate, {_DATABASES[True]}"
    if not servers.are_here():
        return figure(on_postgres, None) + measure(False)
    return measure(True) + measure(True, fsync=True) + measure(False)


def _storm(size: Size, provider: str, *, on_postgres: bool) -> list[Figure]:
    asked = provider == "notify"
    through = "a provider that can be asked" if asked else "a mail server"
    group = f"{size.reminders:,} reminders in a storm: {_ON[on_postgres]}, {through}"
    if on_postgres and not servers.are_here():
        return [Figure(group, what, None, "", gate=0) for what in ("lost", "repeated")]
    outcome = Storm(size, provider=provider, on_postgres=on_postgres).run()
    say(f"  {outcome.words()}")
    killed = ", ".join(f"{what} {count}" for what, count in outcome.struck.items())
    arrived = sum(outcome.by_reference[row.reference] for row in outcome.uncertain)
    return [
        Figure(
            group, "lost", len(outcome.lost), "", gate=0, note=f"seed {outcome.seed}"
        ),
        Figure(group, "repeated and not marked", len(outcome.repeats), "", gate=0),
        Figure(
            group,
            "marked uncertain",
            len(outcome.uncertain),
            "",
            gate=0 if asked else None,
            note=f"{arrived} of them had gone",
        ),
        Figure(
            group,
            "worker processes killed",
            outcome.killed,
            "",
            gate=size.kills,
            more_is_better=True,
            note=killed,
        ),
        Figure(
            group,
            "all settled after the last blow",
            outcome.recovery,
            "s",
            note=f"the whole took {outcome.seconds:,.0f} s",
        ),
    ]


def _control(*, on_postgres: bool, without: str) -> list[Figure]:
    """Take a protection away: the storm must show it."""
    group = "The same storm, smaller, with a protection switched off: it must fail"
    what = f"repeated without the {without}, {_ON[on_postgres]}"
    repeats = None
    if not on_postgres or servers.are_here():
        storm = Storm(
            CONTROL, provider="smtp", on_postgres=on_postgres, without=without
        )
        repeats = len(storm.run().repeats)
    return [Figure(group, what, repeats, "", gate=1, more_is_better=True)]


def storms(*, quick: bool) -> list[Figure]:
    """Send in storms: by a mail server and by a provider that can be asked, on both databases."""
    size = SMALL if quick else FULL
    found = []
    for on_postgres in (True, False):
        for provider in ("smtp", "notify"):
            found += _storm(size, provider, on_postgres=on_postgres)
    for on_postgres in (True, False):
        for without in ("claim", "mark"):
            found += _control(on_postgres=on_postgres, without=without)
    return found


_PARTS: dict[str, Callable[[bool], list[Figure]]] = {
    "planning": lambda quick: planning(quick=quick),
    "handing": lambda quick: handing_over(quick=quick),
    "letters": lambda quick: letters(),
    "storm": lambda quick: storms(quick=quick),
}


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="dev.py bench notices", description=__doc__
    )
    described.add_argument("--quick", action="store_true", help="use small sizes")
    described.add_argument(
        "--only",
        action="append",
        choices=list(_PARTS),
        help="measure one part; may be given again",
    )
    described.add_argument("--json", type=Path, help="write the figures here as well")
    return described


def main(arguments: list[str]) -> int:
    given = parser().parse_args(arguments)
    figures: list[Figure] = []
    try:
        for name in given.only or _PARTS:
            done = step(f"Measuring {name}")
            figures += _PARTS[name](given.quick)
            done()
    except (Stop, RuntimeError) as problem:
        say(str(problem))
        return 1
    say(f"{heading(quick=given.quick)}\n{table(figures)}")
    if given.json:
        write_json(figures, given.json)
    return 0
