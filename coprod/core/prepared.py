"""Queries that are put into SQL once and then asked many times with other keys.

Django builds and compiles a query anew each time it is asked; for the small reads that every page
is made of, that takes several times as long as the database takes to answer. What a prepared query
returns is exactly what the queryset would: it is Django's own SQL and Django's own rows.

Only for reads whose shape never depends on who asks. Whatever `visible_to` decides stays a plain
queryset, so that nobody is ever answered with the query of somebody else.
"""

import copy
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

R = TypeVar("R")

# No row has such a key: it only marks where a key stands in the compiled query.
_FIRST_MARK = 9_007_199_254_000_000


class Prepared(Generic[R]):
    """A queryset made by a function of keys (whole numbers), compiled once in each process."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self.build = build
        self._kept: (
            tuple[QuerySet[Any, R], SQLCompiler, str, tuple[Any, ...]] | None
        ) = None

    def __call__(self, *keys: int) -> list[R]:
        """Return the rows for these keys, in one statement and those of its prefetches."""
        rows, compiled, sql, pattern = self._kept or self._compile(len(keys))
        # A connection belongs to one thread, so it is looked up each time.
        ready = copy.copy(compiled)
        ready.connection = connections[rows.db]
        params = tuple(
            keys[value - _FIRST_MARK] if _is_mark(value) else value for value in pattern
        )
        ready.as_sql = lambda *_, **__: (sql, params)  # type: ignore[method-assign]  # compiled already
        asked = rows.all()
        asked.query.get_compiler = lambda *_, **__: ready  # type: ignore[method-assign]  # as above
        return list(asked)

    def _compile(
        self, count: int
    ) -> tuple[QuerySet[Any, R], SQLCompiler, str, tuple[Any, ...]]:
        marks = range(_FIRST_MARK, _FIRST_MARK + count)
        rows = self.build(*marks)
        compiled = rows.query.get_compiler(rows.db)
        sql, params = compiled.as_sql()
        if {param for param in params if _is_mark(param)} != set(marks):
            raise TypeError("A prepared query uses each of its keys as it is.")
        self._kept = (rows, compiled, sql, tuple(params))
        return self._kept


def _is_mark(param: object) -> bool:
    return isinstance(param, int) and param >= _FIRST_MARK
