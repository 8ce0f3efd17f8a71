"""Measure everything of the list in one run and print it as a table."""

import argparse
import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import browser, database
from bench.database import Size
from bench.figures import Figure, heading, table, write_json
from bench.servers import FLOOR, PRODUCT, serving
from bench.timing import Pair, Visitor, asking, in_pairs
from devkit import local, services
from devkit.console import ROOT, Stop, reason, say, step
from devkit.environment import PYTHON

_LIST, _DETAIL, _MEETING = "list", "detail", "meeting"
# Which statements each kind of page may take (gate, aim), and what kind each page is.
_STATEMENTS = {_LIST: (8, 6), _DETAIL: (12, 9), _MEETING: (12, 9)}
_KINDS = {
    "people list": _LIST,
    "meetings list": _LIST,
    "claims list": _LIST,
    "person": _DETAIL,
    "claim": _DETAIL,
    "meeting with agenda": _MEETING,
    "minutes": _MEETING,
}
# How much slower than the floor each page may be (gate, aim).
_TIMES_FLOOR = {
    "people list": (3.0, 2.0),
    "meeting with agenda": (3.0, 2.0),
    "minutes": (3.0, 2.0),
    "claims list": (3.0, 2.0),
    "claim": (3.0, 2.0),
    "person": (3.5, 2.0),
}
_AT_BOTH_SIZES = ("people list", "claims list", "person", "claim")


@dataclass(frozen=True)
class Place:
    """One database, where it is served, and what was found out inside it."""

    size: Size
    url: str
    served: str
    floor: str
    inside: dict[str, Any]

    def visitor(self, kind: str = "staff") -> Visitor:
        return Visitor(self.served, self.inside["sessions"][kind])


def _environment(url: str, data: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(data),
        "DEMONSTRATION": "",
        "LOG_LEVEL": "ERROR",
    }


def ask_inside(url: str, data: Path, *what: str) -> dict[str, Any]:
    """Run parts of inside.py in a process of their own over a database."""
    done = subprocess.run(
        [PYTHON, ROOT / "bench/inside.py", *what],
        cwd=ROOT,
        env=_environment(url, data),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(reason(done.stdout + done.stderr, f"measure {', '.join(what)}"))
    return dict(json.loads(done.stdout.splitlines()[-1]))


def pages(main: Place, times: int) -> list[Figure]:
    """Compare the median of each page with the floor's."""
    floor = Visitor(main.floor, main.inside["sessions"]["staff"])
    found = []
    for kind, addresses in main.inside["paths"].items():
        visitor = main.visitor("member" if "member" in kind else "staff")
        pair = in_pairs(
            asking(visitor, addresses), asking(floor, ["/page/"]), times=times
        )
        gate, aim = _TIMES_FLOOR.get(kind, (None, None))
        found.append(
            Figure(
                "Median of a page against the floor",
                kind,
                pair.ratio,
                gate=gate,
                aim=aim,
                note=_milliseconds(pair),
            )
        )
    return found


def _milliseconds(pair: Pair) -> str:
    return f"{pair.first:.1f} ms against {pair.second:.1f} ms"


def statements(small: Place, large: Place) -> list[Figure]:
    """Count what each page asks the database, and whether it is the same when there is more."""
    found = []
    for kind, count in large.inside["statements"].items():
        fewer = small.inside["statements"][kind]
        gate, aim = _STATEMENTS.get(_KINDS.get(kind, ""), (None, None))
        same = f"{fewer} at {small.size.people:,} people"
        # A page whose number of statements grows misses its gate, however few they are.
        bad = gate is not None and fewer != count
        found.append(
            Figure(
                f"SQL statements of a page, {large.size.people:,} people",
                kind,
                count,
                unit="",
                gate=0 if bad else gate,
                aim=None if bad else aim,
                note=same + (", NOT EQUAL" if bad else ""),
            )
        )
    return found


def growth(small: Place, large: Place, times: int) -> list[Figure]:
    """Compare lists and details in a large network with a small one."""
    found = []
    for kind in _AT_BOTH_SIZES:
        pair = in_pairs(
            asking(large.visitor(), large.inside["paths"][kind]),
            asking(small.visitor(), small.inside["paths"][kind]),
            times=times,
        )
        name = f"{large.size.people:,} people against {small.size.people:,}"
        note = _milliseconds(pair)
        found.append(Figure(name, kind, pair.ratio, gate=1.25, aim=1.1, note=note))
    return found


def file_of_lines(main: Place, large: Place, data: Path, times: int) -> list[Figure]:
    """Measure the payments file: rows a second, first byte, memory."""
    run = main.inside["largest_run"]
    cookies = ask_inside(main.url, data, "sessions")["sessions"]
    ours = Visitor(main.served, cookies["finance"])
    bare = Visitor(main.floor, cookies["finance"])
    path = f"/pay-runs/{run['reference']}/payments.csv"
    firsts: list[float] = []

    def download() -> float:
        answer = ours.ask(path)
        firsts.append(answer.first_byte)
        if answer.lines != run["lines"] + 1:
            raise Stop(f"The payments file has {answer.lines - 1} lines.")
        return answer.whole

    pair = in_pairs(
        download, asking(bare, [f"/lines/{run['reference']}/"]), times=times, warm_up=1
    )
    few = ask_inside(main.url, data, "memory")["memory"]
    many = ask_inside(large.url, data, "memory")["memory"]
    group = f"Payments file of {run['lines']:,} lines"
    rate = run["lines"] / pair.first * 1000
    first = sorted(firsts)[len(firsts) // 2] * 1000
    return [
        Figure(
            group,
            "rows a second against a bare cursor",
            1 / pair.ratio,
            gate=0.2,
            aim=0.5,
            more_is_better=True,
            note=f"{rate:,.0f} rows a second; {_milliseconds(pair)}",
        ),
        Figure(group, "first byte", first, unit="ms", gate=200),
        Figure(group, "memory above rest", few["rise"], unit="MiB", gate=25, aim=10),
        Figure(
            group,
            f"growth of that at {many['lines']:,} lines",
            many["rise"] - few["rise"],
            unit="MiB",
            gate=5,
            aim=2,
            note=f"{many['rise']:.1f} MiB above rest, for {many['megabytes']:.0f} MB",
        ),
    ]


def minutes_pdf(main: Place, data: Path) -> list[Figure]:
    """Compare our PDF of the minutes with WeasyPrint alone on the same page."""
    took = ask_inside(main.url, data, "pdf")["pdf"]
    return [
        Figure(
            "PDF",
            "minutes, against WeasyPrint alone",
            took["alone"] / took["ours"],
            gate=0.7,
            aim=0.85,
            more_is_better=True,
            note=f"{took['ours']:.0f} ms against {took['alone']:.0f} ms",
        )
    ]


_BROWSER: list[tuple[str, str, float, float]] = [
    ("cold page", "KB", 120, 80),
    ("requests of a cold page", "", 10, 6),
    ("script of a cold page", "KB", 40, 20),
    ("style of a cold page", "KB", 25, 15),
    ("warm page", "KB", 8, 5),
    ("blocking time, CPU 4 times slower", "ms", 50, 0),
]


def in_browser(main: Place) -> list[Figure]:
    """Weigh several pages in Chromium; the heaviest stands for all."""
    cookies, paths = main.inside["sessions"], main.inside["paths"]
    weights = browser.weigh(
        main.served,
        [
            ("member’s first page", "/", cookies["member"]),
            ("people list", "/people/", cookies["staff"]),
            ("meeting", paths["meeting with agenda"][0], cookies["staff"]),
            ("minutes", paths["minutes"][0], cookies["staff"]),
            ("claim", paths["claim"][0], cookies["staff"]),
        ],
    )
    group = "In Chromium, the heaviest of five pages"
    if weights is None:
        return [
            Figure(group, what, None, unit, gate, aim)
            for what, unit, gate, aim in _BROWSER
        ]
    values = [
        [(w.cold.whole / 1024, w.page) for w in weights],
        [(float(w.cold.requests), w.page) for w in weights],
        [(w.cold.kinds.get("Script", 0) / 1024, w.page) for w in weights],
        [(w.cold.kinds.get("Stylesheet", 0) / 1024, w.page) for w in weights],
        [(w.warm.whole / 1024, w.page) for w in weights],
        [(w.blocking, w.page) for w in weights],
    ]
    found = []
    for (what, unit, gate, aim), each in zip(_BROWSER, values, strict=True):
        value, page = max(each)
        lightest = min(each)[0]
        note = f"{page}; the lightest {lightest:,.1f}"
        found.append(Figure(group, what, value, unit, gate, aim, note=note))
    return found


class Places:
    """The databases with their servers, each made when a part first asks for it."""

    def __init__(
        self, stack: ExitStack, server: str, data: Path, *, quick: bool
    ) -> None:
        self.stack, self.server, self.data = stack, server, data
        self.sizes = (
            (database.SMALL, database.QUICK_MAIN, database.QUICK_LARGE)
            if quick
            else (database.SMALL, database.MAIN, database.LARGE)
        )
        self.known: dict[str, Place] = {}

    def of(self, number: int) -> Place:
        size = self.sizes[number]
        if size.name not in self.known:
            self.known[size.name] = self._open(size)
        return self.known[size.name]

    def _open(self, size: Size) -> Place:
        url = database.fill(self.server, size, self.data)
        asked = ("sessions", "paths", "statements", "largest_run")
        inside = ask_inside(url, self.data, *asked)
        served = self.stack.enter_context(serving(PRODUCT, url, self.data))
        floor = self.stack.enter_context(serving(FLOOR, url, self.data))
        return Place(size, url, served, floor, inside)

    @property
    def small(self) -> Place:
        return self.of(0)

    @property
    def main(self) -> Place:
        return self.of(1)

    @property
    def large(self) -> Place:
        return self.of(2)


def measure(given: argparse.Namespace, server: str, data: Path) -> list[Figure]:
    """Take every figure, or those of the parts that were asked for."""
    times = 15 if given.quick else given.times
    downloads = max(3, times // 12)
    found: list[Figure] = []
    with ExitStack() as stack:
        at = Places(stack, server, data, quick=given.quick)
        parts = {
            "pages": lambda: pages(at.main, times),
            "statements": lambda: statements(at.small, at.large),
            "growth": lambda: growth(at.small, at.large, times),
            "file": lambda: file_of_lines(at.main, at.large, data, downloads),
            "pdf": lambda: minutes_pdf(at.main, data),
            "browser": lambda: in_browser(at.main),
        }
        for name in given.only or parts:
            done = step(f"Measuring {name}")
            found += parts[name]()
            done()
    return found


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    described.add_argument("--quick", action="store_true", help="use small sizes")
    described.add_argument(
        "--times", type=int, default=60, help="pairs of each page (default 60)"
    )
    described.add_argument(
        "--only",
        action="append",
        choices=["pages", "statements", "growth", "file", "pdf", "browser"],
        help="measure one part; may be given again",
    )
    described.add_argument("--json", type=Path, help="write the figures here as well")
    return described


def _keys(folder: Path) -> Mapping[str, str]:
    keys = local.local_keys(folder)
    return {name: os.environ.get(name) or value for name, value in keys.items()}


def main() -> int:
    given = parser().parse_args()
    try:
        data = local.data_dir(None) / "bench"
        data.mkdir(mode=0o700, exist_ok=True)
        os.environ.update(_keys(data))
        with services.postgres(PYTHON) as server:
            if server is None:
                raise Stop(
                    "The figures need PostgreSQL. Set DATABASE_URL, or install it."
                )
            say(f"- Using PostgreSQL: {server.origin}")
            local.collect_static(data, _environment(server.url, data))
            figures = measure(given, server.url, data)
    except Stop as problem:
        say(str(problem))
        return 1
    say(f"{heading(quick=given.quick)}\n{table(figures)}")
    if given.json:
        write_json(figures, given.json)
    return 0
