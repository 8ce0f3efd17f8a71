"""Run every test this machine can run, and say plainly what it could not."""

import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devkit import services
from devkit.console import ROOT, Asked, say
from devkit.environment import PYTHON

SQLITE = "not browser and not services and not postgres and not storm"
NO_TESTS = 5


@dataclass
class Tally:
    """What one suite did, or why it was not run."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    broke: bool = False
    missing: str = ""
    enable: str = ""

    def line(self) -> str:
        text = f"{self.name}: {self.passed} passed, {self.failed} failed"
        if self.skipped:
            text += f", {self.skipped.total()} skipped"
        return f"{text}, in {self.seconds:.0f} seconds"


def chromium() -> str | None:
    """Return the browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def read_results(report: Path, tally: Tally) -> None:
    """Add up what pytest wrote down."""
    try:
        cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 -- our own pytest wrote it
    except (OSError, ET.ParseError):
        tally.broke = True
        return
    for case in cases:
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
        elif skipped is not None:
            tally.skipped[skipped.get("message") or "no reason given"] += 1
        else:
            tally.passed += 1


def run_pytest(name: str, args: Sequence[str], env: Mapping[str, str]) -> Tally:
    """Run pytest in the open and return its counts."""
    say(f"\n=== {name} ===")
    tally = Tally(name)
    started = time.monotonic()
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    with tempfile.TemporaryDirectory(prefix="coprod-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [str(PYTHON), "-m", "pytest", f"--junitxml={report}", *args]
        with subprocess.Popen(command, cwd=ROOT, env={**clean, **env}) as process:
            try:
                code = process.wait()
            except Asked:
                process.terminate()
                raise
        read_results(report, tally)
    tally.seconds = time.monotonic() - started
    if code not in (0, NO_TESTS) and not tally.failed:
        tally.broke = True
    if code == NO_TESTS:
        tally.skipped["no test was found"] += 1
    return tally


def run_services() -> list[Tally]:
    """Run the suite on PostgreSQL with Redis and a real worker, as far as they are here."""
    name = "PostgreSQL, Redis and a worker"
    with services.postgres(PYTHON) as database, services.redis() as bell:
        if not database:
            return [
                Tally(
                    name,
                    missing="no PostgreSQL answers and no server is installed",
                    enable="apt-get install postgresql redis-server, or set DATABASE_URL",
                )
            ]
        say(
            f"\nPostgreSQL: {database.origin}. Redis: {bell.origin if bell else 'none'}."
        )
        # What a test commits need not outlive a power cut.
        env = {"DATABASE_URL": database.url, "PGOPTIONS": "-c synchronous_commit=off"}
        chosen = "not browser and not storm and not services"
        tallies = []
        if bell:
            env["REDIS_URL"] = bell.url
            chosen = "not browser and not storm"
        else:
            tallies.append(
                Tally(
                    "tests with a worker over Redis",
                    missing="no Redis answers and no server is installed",
                    enable="apt-get install redis-server, or set REDIS_URL",
                )
            )
        tallies.append(run_pytest(name, ["-q", "-n", "2", "-m", chosen], env))
        return tallies


def run_browser() -> Tally:
    """Run the browser suite when there is a browser."""
    name = "Browser"
    found = chromium()
    if not found:
        return Tally(
            name, missing="no Chromium was found", enable="apt-get install chromium"
        )
    return run_pytest(name, ["-q", "-m", "browser"], {"CHROMIUM": found})


def run_storm() -> Tally:
    """Run the storm, alone on the machine: it starts what it breaks, and skips what is not here."""
    return run_pytest("Storm", ["-q", "-m", "storm", "tests/storm"], {})


def run_all(*, strict: bool) -> int:
    """Run all suites and print what ran; with `strict`, anything skipped is a failure."""
    tallies = [run_pytest("SQLite", ["-q", "-n", "2", "-m", SQLITE], {})]
    tallies += [*run_services(), run_storm(), run_browser()]
    return conclude(tallies, strict=strict)


def run_some(args: Sequence[str]) -> int:
    """Run pytest on SQLite with these arguments only."""
    return conclude([run_pytest("SQLite, as asked", args, {})], strict=False)


def conclude(tallies: Sequence[Tally], *, strict: bool) -> int:
    """Print the list of what ran and what did not; return the exit code."""
    ran = [tally for tally in tallies if not tally.missing]
    say("\nRan:")
    for tally in ran:
        say(f"  {tally.line()}")
        if tally.broke:
            say("    it broke off before the end: see above")
    left_out = [
        f"{tally.name}: {tally.missing}. To run it: {tally.enable}"
        for tally in tallies
        if tally.missing
    ]
    for tally in ran:
        for why, count in tally.skipped.items():
            left_out.append(f"{tally.name}, {count} skipped: {why}")
    say("Skipped:" if left_out else "Skipped: nothing")
    for text in left_out:
        say(f"  {text}")
    failed = sum(tally.failed for tally in ran)
    broke = any(tally.broke for tally in ran)
    if strict and left_out:
        say("Nothing may be skipped here, so this is a failure.")
    say(f"{sum(tally.passed for tally in ran)} passed, {failed} failed")
    return int(failed > 0 or broke or (strict and bool(left_out)))
