import dataclasses

import pytest

from coprod.core.actors import Actor
from coprod.core.enums import Role
from groups.people import permissions
from groups.people.enums import SupportScope
from groups.people.models import Person
from tests.factories import (
    PersonFactory,
    SupporterFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db

CAST = (
    "priya",
    "lead",
    "auditor",
    "finance",
    "dot",
    "val",
    "val_seeing_only",
    "marcus",
)


@pytest.fixture
def dot():
    return PersonFactory(known_as="Dot Hargreaves")


@pytest.fixture
def val():
    return PersonFactory(known_as="Val Hargreaves")


@pytest.fixture
def cast(dot, val) -> dict[str, Actor]:
    helping = Actor(
        user=UserFactory(name="Val Hargreaves"),
        name="Val Hargreaves",
        roles=frozenset({Role.SUPPORTER}),
        person_id=dot.pk,
        person_name=dot.known_as,
        own_person_id=val.pk,
        is_supporter=True,
        scopes=frozenset(SupportScope.values),
    )
    return {
        "priya": staff_actor(),
        "lead": staff_actor(Role.LEAD),
        "auditor": staff_actor(Role.AUDITOR),
        "finance": staff_actor(Role.FINANCE),
        "dot": actor_for_person(dot),
        "val": helping,
        "val_seeing_only": dataclasses.replace(
            helping, scopes=frozenset({SupportScope.SEE})
        ),
        "marcus": actor_for_person(PersonFactory(known_as="Marcus Bell")),
    }


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("add_person", {"priya", "lead"}),
        ("move_person", {"priya", "lead"}),
        ("open_sign_in", {"priya", "lead"}),
    ],
)
def test_only_the_team_adds_moves_and_invites_people(cast, rule, allowed):
    can = getattr(permissions, f"can_{rule}")

    assert {name for name in CAST if can(cast[name])} == allowed


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("change_person", {"priya", "lead", "dot", "val"}),
        ("see_access_needs", {"priya", "lead", "dot", "val"}),
        ("decide_for_herself", {"priya", "lead", "dot"}),
    ],
)
def test_who_may_do_what_with_dots_record(cast, dot, rule, allowed):
    can = getattr(permissions, f"can_{rule}")

    assert {name for name in CAST if can(cast[name], dot)} == allowed


def test_support_ends_by_the_member_the_supporter_or_the_team(cast, dot, val):
    link = SupporterFactory(member=dot, supporter=val)

    allowed = {name for name in CAST if permissions.can_end_support(cast[name], link)}

    assert allowed == {"priya", "lead", "dot", "val", "val_seeing_only"}


def test_the_list_shows_staff_and_auditors_everybody_and_others_only_themselves(
    cast, dot, val
):
    seen = {
        name: set(
            Person.objects.visible_to(cast[name]).values_list("known_as", flat=True)
        )
        for name in CAST
    }

    everybody = {"Dot Hargreaves", "Val Hargreaves", "Marcus Bell"}
    assert seen == {
        "priya": everybody,
        "lead": everybody,
        "auditor": everybody,
        "finance": set(),
        "dot": {"Dot Hargreaves"},
        "val": {"Dot Hargreaves"},
        "val_seeing_only": {"Dot Hargreaves"},
        "marcus": {"Marcus Bell"},
    }
