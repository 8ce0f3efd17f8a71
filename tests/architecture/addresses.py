"""Every address of the product, from the URL resolver, and how its blanks are filled."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, get_resolver

_BLANK = re.compile(r"<(?:(?P<kind>[\w.]+):)?(?P<name>\w+)>")
_REGEX_BLANK = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Address:
    route: str
    view: Any = field(compare=False)
    name: str

    @property
    def audience(self) -> Any:
        return getattr(self.view, "audience", None)

    @property
    def is_allauth(self) -> bool:
        return self.view.__module__.startswith("allauth")

    @property
    def is_public(self) -> bool:
        return bool(self.audience == "public")

    def __str__(self) -> str:
        return self.route or "/"


def addresses(urlconf: str | None = None) -> list[Address]:
    return list(_walk(get_resolver(urlconf), ""))


def _walk(resolver: Any, before: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + _plain(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield Address(route, entry.callback, entry.name or "")
        else:
            yield from _walk(entry, route)


def _plain(pattern: str) -> str:
    return _REGEX_BLANK.sub(r"<\1>", pattern).replace("^", "").replace("$", "")


@dataclass(frozen=True)
class Blank:
    """One blank of a route, with the word before it that says what it stands for."""

    word: str
    name: str


Filler = Callable[[Any], list[Any]]


def blanks(route: str) -> list[Blank]:
    found = []
    word = ""
    for segment in route.split("/"):
        here = [Blank(word, match["name"]) for match in _BLANK.finditer(segment)]
        found += here
        if segment and not here:
            word = segment
    return found


def fill(
    route: str, fillers: dict[tuple[str, str], Filler], most: int = 12
) -> list[str]:
    """Return paths for a route: each root object, with children of its own and one of another.

    Raises KeyError with what to add when a new kind of blank has no filler.
    """
    wanted = blanks(route)
    if not wanted:
        return [f"/{route}"]
    roots = _values(wanted[0], None, fillers)
    paths = []
    for value, thing in roots:
        chains = [_values(blank, thing, fillers)[:2] for blank in wanted[1:]]
        paths += [_path(route, [value, *more]) for more in _products(chains)]
    if len(wanted) > 1:
        paths += _crossed(route, wanted, roots, fillers)
    return list(dict.fromkeys(paths))[:most]


def _products(chains: list[list[tuple[str, Any]]]) -> Iterator[list[str]]:
    for combination in itertools.product(*chains):
        yield [value for value, _ in combination]


def _crossed(route: str, wanted: list[Blank], roots: Any, fillers: Any) -> list[str]:
    """Put a child of one thing under another, which must not open it."""
    for first, second in itertools.permutations(roots, 2):
        others = [_values(blank, second[1], fillers)[:1] for blank in wanted[1:]]
        for more in _products(others):
            return [_path(route, [first[0], *more])]
    return []


def _values(blank: Blank, parent: Any, fillers: dict[tuple[str, str], Filler]) -> Any:
    key = (blank.word, blank.name)
    if key not in fillers:
        message = (
            f"Say in fillers.py what <{blank.name}> after “{blank.word}” stands for."
        )
        raise KeyError(message)
    return fillers[key](parent)


def _path(route: str, values: list[str]) -> str:
    remaining = iter(values)
    return "/" + _BLANK.sub(lambda _: str(next(remaining)), route)
