"""Whole lists around rows in one statement, so that a page about one thing asks once.

A page that shows a person with her needs, supporters, consents and so on would need a statement
for each. Here each becomes one JSON column of one statement. Compiling such a statement costs more
than running it, so that is done once.
"""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import IntegerField, JSONField, Model, QuerySet, Subquery
from django.db.models.functions import JSONObject

from coprod.core import dates, prepared
from coprod.core.prepared import Pattern

# Stands in the compiled statement where the key of a row goes; no row has it.
_PLACE = -7_777_777


class Rows(Subquery):
    """The rows of a queryset that looks at the outer row, as a list of dicts.

    Dates and times arrive as ISO text, truth values as 0 or 1 on SQLite.
    """

    # The name of the one column is ours; what goes into it is compiled by Django.
    template = "(SELECT COALESCE(jsonb_agg(_rows.packed), '[]'::jsonb) FROM (%(subquery)s) _rows)"
    output_field = JSONField()

    def __init__(self, queryset: QuerySet[Any], **columns: Any) -> None:
        super().__init__(
            queryset.annotate(packed=JSONObject(**columns)).values("packed")
        )

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = (
            "(SELECT json_group_array(json(_rows.packed)) FROM (%(subquery)s) _rows)"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class Count(Subquery):
    """How many rows a queryset has; slice it to stop counting early."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _counted)"
    output_field = IntegerField()


class Lists:
    """Named lists around up to `most` rows of a model, all in one statement.

    `columns` says what they are on a given day; it is asked once a day in each process.
    """

    def __init__(
        self,
        model: type[Model],
        columns: Callable[[dt.date], dict[str, Rows]],
        *,
        most: int = 1,
    ) -> None:
        self.model = model
        self.columns = columns
        self.most = most
        self._compiled: (
            tuple[tuple[str, dt.date], str, str, Pattern, list[str]] | None
        ) = None

    def around(self, keys: Sequence[int]) -> dict[int, dict[str, list[dict[str, Any]]]]:
        """Return the lists of each of these rows. One statement, none for no rows."""
        if not keys:
            return {}
        name, sql, pattern, names = self._statement()
        # The statement has a fixed number of places, so the first key fills those left over.
        filled = [*keys, *[keys[0]] * (self.most - len(keys))]
        asks = prepared.asked_by_name(connection, name, sql, pattern, filled)
        with connection.cursor() as cursor:
            cursor.execute(*asks)
            found = cursor.fetchall()
        return {
            row[0]: {
                name: json.loads(text)
                for name, text in zip(names, row[1:], strict=True)
            }
            for row in found
        }

    def _statement(self) -> tuple[str, str, Pattern, list[str]]:
        key = (connection.vendor, dates.today())
        compiled = self._compiled
        if compiled is None or compiled[0] != key:
            columns = self.columns(key[1])
            # The model may have relations of these names.
            listed = {f"listed_{name}": rows for name, rows in columns.items()}
            # A list in the filter would lose its repeats, so the places are spelled out.
            places = [_PLACE - number for number in range(self.most)]
            queryset = self.model._default_manager.filter(pk__in=places).annotate(
                **listed
            )
            sql, params = queryset.values_list("pk", *listed).query.sql_with_params()
            pattern = [
                (places.index(param) if param in places else None, param)
                for param in params
            ]
            name = prepared.new_name()
            compiled = self._compiled = (key, name, sql, pattern, list(columns))
        return compiled[1:]


def same(*names: str) -> dict[str, str]:
    """Return columns that keep their own names."""
    return {name: name for name in names}
