"""Queries that are put into SQL once and then asked many times with other keys.

Django builds and compiles a query anew each time it is asked; for the small reads that every page
is made of, that takes several times as long as the database takes to answer. What a prepared query
returns is exactly what the queryset would: it is Django's own SQL and Django's own rows.

PostgreSQL plans a query anew each time as well, and for these reads that takes longer than to answer
them. So on a connection that lasts it is given each query once, by a name, and asked by that name.

Only for reads whose shape never depends on who asks. Whoever may read every row of a kind may be
answered by one, after that has been asked; whatever `visible_to` has to decide stays a plain
queryset, so that nobody is ever answered with the query of somebody else.
"""

import copy
import itertools
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

R = TypeVar("R")
Key = int | str

# A place for a key, or None, and the value that stands there when it is none.
Pattern = list[tuple[int | None, Any]]

# No row has such a key: it only marks where a key stands in the compiled query.
_FIRST_MARK = 9_007_199_254_000_000

_numbers = itertools.count()
# The names that PostgreSQL knows on each connection; it forgets them when that is closed.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def new_name() -> str:
    """Return a name for a statement that no other has in this process."""
    return f"coprod_{next(_numbers)}"


def asked_by_name(
    connection: BaseDatabaseWrapper,
    name: str,
    sql: str,
    pattern: Pattern,
    keys: Sequence[Key],
) -> tuple[str, tuple[Any, ...]]:
    """Return what asks for these keys: by name where PostgreSQL keeps plans, after it was told the name."""
    if connection.vendor != "postgresql" or not settings.PLAN_ONCE:
        return sql, _filled(pattern, keys)
    connection.ensure_connection()
    known = _known.setdefault(connection.connection, set())
    if name not in known:
        places = [AsIs(f"${place + 1}") for place in range(len(keys))]
        with connection.wrap_database_errors, connection.connection.cursor() as own:
            own.execute(f"PREPARE {name} AS {sql}", _filled(pattern, places))
        known.add(name)
    marks = ", ".join(["%s"] * len(keys))
    return f"EXECUTE {name}" + (f" ({marks})" if keys else ""), tuple(keys)


def _filled(pattern: Pattern, keys: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value if place is None else keys[place] for place, value in pattern)


class Prepared(Generic[R]):
    """A queryset made by a function of keys, compiled once in each process.

    A key is a whole number or a short text, and keeps its type from one call to the next.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self.build = build
        self.name = new_name()
        self._kept: tuple[QuerySet[Any, R], SQLCompiler, str, Pattern] | None = None

    def __call__(self, *keys: Key) -> list[R]:
        """Return the rows for these keys, in one statement and those of its prefetches."""
        rows, compiled, sql, pattern = self._kept or self._compile(keys)
        # A connection belongs to one thread, so it is looked up each time.
        connection = connections[rows.db]
        ready = copy.copy(compiled)
        ready.connection = connection
        asks = asked_by_name(connection, self.name, sql, pattern, keys)
        ready.as_sql = lambda *_, **__: asks  # type: ignore[method-assign]  # compiled already
        asked = rows.all()
        asked.query.get_compiler = lambda *_, **__: ready  # type: ignore[method-assign]  # as above
        return list(asked)

    def _compile(
        self, keys: tuple[Key, ...]
    ) -> tuple[QuerySet[Any, R], SQLCompiler, str, Pattern]:
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
