"""Every move between states, the allowed and the forbidden, through the one door for moves."""

import itertools
from typing import Any

import pytest
from django.core.management import call_command

from coprod.core import transitions
from coprod.core.errors import InvalidTransition
from coprod.core.management.commands.states import tables
from coprod.core.models import Document
from tests.architecture.canaries import our_models

TABLES = {name: table for name, (_, table) in tables().items()}
# States a row may begin in beside its default, and who begins there.
ALSO_BEGINS = {
    "people-person": {"enquirer": "somebody who only asked; no page records her yet"},
    "governance-membership": {
        "interested": "somebody who would like to look in; no page records her yet"
    },
}


@pytest.mark.parametrize("name", TABLES)
def test_every_move_is_made_when_the_table_has_it_and_refused_when_not(
    name: str,
) -> None:
    table = TABLES[name]
    for before, after in itertools.product(table, repeat=2):
        if after in table[before]:
            transitions.check_transition(table, before, after)
            continue
        with pytest.raises(InvalidTransition, match="already moved on"):
            transitions.check_transition(table, before, after)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached(name: str) -> None:
    assert unreached(name) == set(ALSO_BEGINS.get(name, {})), (
        "Lead to it in the table, or say in ALSO_BEGINS how a row comes to begin there"
    )


def unreached(name: str) -> set[str]:
    """Return the states no row comes to from where it begins, and where no arrow leads at all."""
    table = TABLES[name]
    reached = set(beginnings(table))
    assert reached, f"No model has a state field of the words of {name}"
    missed: set[str] = set()
    while True:
        while more := {to for state in reached for to in table[state]} - reached:
            reached |= more
        left = set(table) - reached
        if not left:
            return missed
        sources = left - {to for state in left for to in table[state]} or left
        missed |= set(map(str, sources))
        reached |= sources


def beginnings(table: Any) -> list[Any]:
    """Return the default of the field that the table belongs to."""
    words = set(map(str, table))
    return [
        field.get_default()
        for model in our_models()
        for field in model._meta.fields
        if field.name == "state" and {value for value, _ in field.flatchoices} == words
    ]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_leads_from_known_states_to_known_states_and_never_to_itself(
    name: str,
) -> None:
    table = TABLES[name]
    kind: Any = type(next(iter(table)))
    assert set(table) == set(kind)
    assert set().union(*table.values()) <= set(kind)
    assert not [state for state, nexts in table.items() if state in nexts]


def test_the_drawings_of_the_states_are_in_step() -> None:
    call_command("states", "--check")


@pytest.mark.django_db
def test_a_row_moves_only_while_it_is_where_it_was_seen() -> None:
    document = Document.objects.create(task="x", kind="x", about="x", title="x")
    seen_twice = Document.objects.get()
    table = TABLES["core-document"]

    transitions.move(document, table=table, to="making")

    with pytest.raises(InvalidTransition, match="Somebody else has just changed this"):
        transitions.move(seen_twice, table=table, to="making")
    assert Document.objects.get().state == document.state == "making"
