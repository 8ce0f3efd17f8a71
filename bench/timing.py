"""Ask pages over one kept-open connection and compare two of them in alternating pairs."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from statistics import median
from urllib.parse import urlsplit

from devkit.console import Stop

_PIECE = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """How long one answer took, in seconds, and how much it was."""

    first_byte: float
    whole: float
    size: int
    lines: int


class Visitor:
    """One browser-like connection to one server, signed in by its cookie."""

    def __init__(self, place: str, cookie: str) -> None:
        address = urlsplit(place)
        self.connection = HTTPConnection(
            address.hostname or "", address.port, timeout=300
        )
        self.headers = {"Cookie": f"sessionid={cookie}"}

    def ask(self, path: str) -> Answer:
        started = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        piece = response.read1(_PIECE)
        first, size, lines = time.perf_counter() - started, 0, 0
        while piece:
            size, lines = size + len(piece), lines + piece.count(b"\n")
            piece = response.read1(_PIECE)
        whole = time.perf_counter() - started
        # Only this tells the connection that the answer is over.
        response.read()
        if response.status != 200:
            raise Stop(f"{path} answered {response.status}, so it was not measured.")
        return Answer(first, whole, size, lines)


@dataclass(frozen=True)
class Pair:
    """The medians of two things measured turn by turn, in milliseconds."""

    first: float
    second: float

    @property
    def ratio(self) -> float:
        return self.first / self.second


def in_pairs(
    first: Callable[[], float],
    second: Callable[[], float],
    *,
    times: int,
    warm_up: int = 10,
) -> Pair:
    """Measure two things turn by turn, so that what else the machine does meets both."""
    for _ in range(warm_up):
        first(), second()
    both = [(first(), second()) for _ in range(times)]
    return Pair(
        median(one for one, _ in both) * 1000, median(two for _, two in both) * 1000
    )


def asking(visitor: Visitor, paths: Sequence[str]) -> Callable[[], float]:
    """Return a function that asks the next of some pages and says how long it took."""
    turn = cycle(paths)
    return lambda: visitor.ask(next(turn)).whole
