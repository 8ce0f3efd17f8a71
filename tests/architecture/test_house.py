"""The rules of the house that a machine can hold: pairs, states, migrations, imports."""

import importlib
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from tests.architecture.canaries import our_models

ROOT = Path(__file__).resolve().parents[2]
ENUMS = [
    f"{config.name}.enums"
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(ROOT)
    and ".venv" not in config.path
    and Path(config.path, "enums.py").exists()
]
# Times that are nobody's act, each with what they are instead.
NOBODYS = {
    "core.User.joined_at": "made by whoever opened the sign-in, which the sign-in keeps",
    "core.FormKey.used_at": "the account stands beside it",
    "core.Heartbeat.beaten_at": "a machine's pulse",
    "core.Document.removed_at": "its time is over",
    "notices.Alert.raised_at": "found by the comparison of each day",
    "notices.Delivery.words_removed_at": "their time is over",
    "notices.Delivery.due_at": "a time to come",
    "notices.Delivery.expires_at": "a time to come",
    "notices.Delivery.receipt_at": "the clock of whoever carried it",
    "meetings.Meeting.starts_at": "a time to come",
    "meetings.Meeting.ends_at": "a time to come",
}


def times() -> list[str]:
    return [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.DateTimeField) and field.name.endswith("_at")
    ]


@pytest.mark.parametrize("name", [name for name in times() if name not in NOBODYS])
def test_every_time_of_an_act_says_whose_it_was(name: str) -> None:
    label, field = name.rsplit(".", 1)
    stem = field.removesuffix("_at")
    fields = {each.name for each in apps.get_model(label)._meta.fields}
    assert fields & {f"{stem}_by", f"{stem}_by_name", f"{stem}_for"}, (
        f"{name} has no {stem}_by"
    )


def test_no_excuse_is_kept_for_a_time_that_is_gone() -> None:
    assert set(NOBODYS) <= set(times())


def tables() -> list[tuple[str, dict[Any, frozenset[Any]]]]:
    return [
        (f"{module}.{name}", table)
        for module in ENUMS
        for name, table in vars(importlib.import_module(module)).items()
        if name.endswith("_TRANSITIONS")
    ]


@pytest.mark.parametrize(
    ("name", "table"),
    tables(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_state_table_says_where_every_state_leads(
    name: str, table: dict[Any, frozenset[Any]]
) -> None:
    kind: Any = type(next(iter(table)))
    states = set(kind)
    assert set(table) == states
    assert set().union(*table.values()) <= states


def with_states() -> list[type[models.Model]]:
    return [
        model
        for model in our_models()
        if any(f.name == "state" for f in model._meta.fields)
    ]


@pytest.mark.parametrize("model", with_states(), ids=lambda model: model.__name__)
def test_a_state_is_held_by_the_database_and_has_a_table(
    model: type[models.Model],
) -> None:
    known = {str(state) for _, table in tables() for state in table}
    field: Any = model._meta.get_field("state")
    values = {value for value, _ in field.flatchoices}
    assert values <= known
    held = [
        rule.name for rule in model._meta.constraints if "'state__in'" in repr(rule)
    ]
    assert held, f"{model.__name__}.state may hold anything"


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command(
        "makemigrations", "--check", "--dry-run", stdout=StringIO(), verbosity=0
    )


def test_migrations_are_named_by_hand() -> None:
    named = list(ROOT.glob("*/migrations/*.py"))
    named += list(ROOT.glob("*/*/migrations/*.py"))
    assert named
    assert not [
        path for path in named if "_auto_" in path.name or "_alter_" in path.name
    ]


def test_rooms_import_only_what_lies_below_them() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
