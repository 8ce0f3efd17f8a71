"""Queries that are put into SQL once and then asked many times with other keys.

Django builds and compiles a query anew each time it is asked; for the small reads that every page
is made of, that takes several times as long as the database takes to answer. What a prepared query
returns is exactly what the queryset would: it is Django's own SQL and Django's own rows.

Only for reads whose shape never depends on who asks. Whoever may read every row of a kind may be
answered by one, after that has been asked; whatever `visible_to` has to decide stays a plain
queryset, so that nobody is ever answered with the query of somebody else.
"""

import copy
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")
Key = int | str

# No row has such a key: it only marks where a key stands in the compiled query.
_FIRST_MARK = 9_007_199_254_000_000


class Prepared(Generic[R]):
    """A queryset made by a function of keys, compiled once in each process.

    A key is a whole number or a short text, and keeps its type from one call to the next.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self.build = build
        self._kept: (
            tuple[QuerySet[Any, R], SQLCompiler, str, list[tuple[int | None, Any]]]
            | None
        ) = None

    def __call__(self, *keys: Key) -> list[R]:
        """Return the rows for these keys, in one statement and those of its prefetches."""
        rows, compiled, sql, pattern = self._kept or self._compile(keys)
        # A connection belongs to one thread, so it is looked up each time.
        ready = copy.copy(compiled)
        ready.connection = connections[rows.db]
        params = tuple(
            value if place is None else keys[place] for place, value in pattern
        )
        ready.as_sql = lambda *_, **__: (sql, params)  # type: ignore[method-assign]  # compiled already
        asked = rows.all()
        asked.query.get_compiler = lambda *_, **__: ready  # type: ignore[method-assign]  # as above
        return list(asked)

    def _compile(
        self, keys: tuple[Key, ...]
    ) -> tuple[QuerySet[Any, R], SQLCompiler, str, list[tuple[int | None, Any]]]:
        marks: list[Key] = [
            f"\x1f{place}\x1f" if isinstance(key, str) else _FIRST_MARK + place
            for place, key in enumerate(keys)
        ]
        rows = self.build(*marks)
        compiled = rows.query.get_compiler(rows.db)
        sql, params = compiled.as_sql()
        pattern = [
            (marks.index(value) if value in marks else None, value) for value in params
        ]
        if {place for place, _ in pattern} - {None} != set(range(len(keys))):
            raise TypeError("A prepared query uses each of its keys as it is.")
        self._kept = (rows, compiled, sql, pattern)
        return self._kept
