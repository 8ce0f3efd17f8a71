from collections.abc import Iterable, Mapping

from django.db import models

from coprod.core.errors import InvalidTransition

Table = Mapping[str, frozenset[str]]


def check_transition(table: Table, current: str, new: str, message: str = "") -> None:
    """Raise InvalidTransition when the table has no move from current to new."""
    if new not in table[current]:
        raise InvalidTransition(
            message
            or "This has already moved on. Look at the page again to see where it is."
        )


def move(
    row: models.Model,
    *,
    table: Table,
    to: str,
    field: str = "state",
    message: str = "",
    values: Mapping[str, object] | None = None,
    unchanged: Iterable[str] = (),
) -> None:
    """Move one row to a new state by a conditional UPDATE, so that of two racers one wins.

    `values` are written with the state. `unchanged` names fields that must still hold what the
    row in hand holds. The row in hand is updated too. Raises InvalidTransition when the move
    is not in the table or somebody else moved the row first (select_for_update does nothing on
    SQLite, a conditional UPDATE holds on both databases).
    """
    current = getattr(row, field)
    check_transition(table, current, to, message)
    condition = {field: current} | {name: getattr(row, name) for name in unchanged}
    written = {field: to} | dict(values or {})
    manager = type(row)._default_manager
    if manager.filter(pk=row.pk, **condition).update(**written) != 1:
        raise InvalidTransition(
            message or "Somebody else has just changed this. Look at the page again."
        )
    for name, value in written.items():
        setattr(row, name, value)
