"""Every change of the tables can be taken back, and is named for what it does."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.architecture.canaries import OURS

# What Django calls a migration that nobody named.
_BY_MACHINE = re.compile(
    r"_(auto|alter|remove|add|rename|delete|create)_|_initial$|_and_more$"
)


def ours() -> dict[tuple[str, str], Any]:
    loader = MigrationLoader(None)
    return {
        key: migration
        for key, migration in sorted(loader.disk_migrations.items())
        if key[0] in OURS
    }


every_migration = pytest.mark.parametrize(
    ("key", "migration"),
    ours().items(),
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)


@every_migration
def test_a_migration_is_named_by_hand(key: tuple[str, str], migration: Any) -> None:
    assert not _BY_MACHINE.search(key[1]), f"Name {key[1]} for what it does"


@pytest.mark.parametrize(
    "name",
    [
        "0004_auto_20261121",
        "0001_initial",
        "0002_alter_person_state",
        "0003_x_and_more",
    ],
)
def test_the_check_of_names_knows_a_name_of_the_machine(name: str) -> None:
    assert _BY_MACHINE.search(name)


@every_migration
def test_a_migration_says_how_it_is_taken_back(key: Any, migration: Any) -> None:
    one_way = [
        operation.describe()
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not one_way


def test_each_room_has_one_last_migration() -> None:
    assert not MigrationLoader(None).detect_conflicts()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_later_migrations_are_taken_back_and_made_again_with_rows_in_the_tables() -> (
    None
):
    from tests.factories import ClaimFactory, make_policy, time_line

    make_policy()
    line = time_line(ClaimFactory(state="submitted"))
    firsts = [key for key in ours() if key[1].startswith("0001_")]
    lasts = [
        key for key in MigrationLoader(connection).graph.leaf_nodes() if key[0] in OURS
    ]
    try:
        MigrationExecutor(connection).migrate(firsts)
        assert not _applied() - set(firsts)
    finally:
        MigrationExecutor(connection).migrate(lasts)
    assert _applied() == set(ours())
    line.refresh_from_db()
    assert line.claimed_pence == 5500


def _applied() -> set[tuple[str, str]]:
    recorded = MigrationLoader(connection).applied_migrations
    return {key for key in recorded if key[0] in OURS}
