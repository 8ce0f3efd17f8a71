"""What is asked of each figure, and how a figure is printed."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Figure:
    """One measured number beside what it should reach. None was not measured."""

    group: str
    what: str
    value: float | None
    unit: str = "x"
    gate: float | None = None
    aim: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def shown(self) -> str:
        if self.value is None:
            return NOT_MEASURED
        number = f"{self.value:.2f}" if self.unit == "x" else f"{self.value:,.1f}"
        return f"{number.removesuffix('.0')} {self.unit}"

    def reaches(self, bound: float | None) -> bool:
        if self.value is None or bound is None:
            return False
        return self.value >= bound if self.more_is_better else self.value <= bound

    @property
    def verdict(self) -> str:
        if self.value is None:
            return NOT_MEASURED
        if self.gate is None and self.aim is None:
            return ""
        if self.reaches(self.aim):
            return "aim"
        if self.gate is None or self.reaches(self.gate):
            return "pass"
        return "MISS"


def _bound(figure: Figure, bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"


_COLUMNS: list[tuple[str, Callable[[Figure], str]]] = [
    ("figure", lambda figure: figure.what),
    ("measured", lambda figure: figure.shown),
    ("gate", lambda figure: _bound(figure, figure.gate)),
    ("aim", lambda figure: _bound(figure, figure.aim)),
    ("verdict", lambda figure: figure.verdict),
    ("note", lambda figure: figure.note),
]


def table(figures: list[Figure]) -> str:
    """Lay the figures out in columns, a heading over each group."""
    rows = [[cell(figure) for _, cell in _COLUMNS] for figure in figures]
    heads = [name for name, _ in _COLUMNS]
    widths = [
        max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))
    ]

    def line(cells: list[str]) -> str:
        return "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    out, group = [line(heads)], ""
    for figure, row in zip(figures, rows, strict=True):
        if figure.group != group:
            group = figure.group
            out += ["", group]
        out.append(line(row))
    missed = sum(figure.verdict == "MISS" for figure in figures)
    without = sum(figure.value is None for figure in figures)
    out += ["", f"{missed} missed, {without} not measured."]
    return "\n".join(out)


def heading(*, quick: bool) -> str:
    """Say when and on what it was measured."""
    now = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M")
    load = os.getloadavg()[0]
    size = "small sizes, so these figures only show that it works" if quick else ""
    words = f"{now} UTC, {os.cpu_count()} cores, load {load:.1f} at the end"
    return f"\n{words}{'; ' + size if size else ''}\n"


def write_json(figures: list[Figure], file: Path) -> None:
    rows = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    file.write_text(json.dumps(rows, indent=2), "utf-8")
