"""Whole lists inside one row, so that a page about one thing asks the database once."""

from typing import Any

from django.db.models import IntegerField, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject


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
