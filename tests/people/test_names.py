"""A name is used whole, as the person gave it: “Li Na Chen” is never cut to “Li”."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from coprod.core.enums import Role
from groups.notices import periodic
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
NAME = "Li Na Chen"


def test_a_member_is_greeted_by_her_whole_name(client_as: Any) -> None:
    _li_na, account = member_with_account(known_as=NAME)

    page = client_as(account).get("/").content.decode()

    assert f"Hello {NAME}" in page


def test_a_message_begins_with_the_whole_name() -> None:
    DeliveryFactory(person=PersonFactory(known_as=NAME), due_at=timezone.now())

    periodic.send_due(now=timezone.now())

    assert mail.outbox[0].body.startswith(f"Dear {NAME},\n")


def test_a_call_begins_with_both_whole_names(client_as: Any) -> None:
    staff = client_as(UserFactory(name="Mary Jo Bell", roles=[Role.INVOLVEMENT]))
    DeliveryFactory(person=PersonFactory(known_as=NAME), channel="phone")

    page = staff.get("/outbox/").content.decode()

    assert f"Hello {NAME}, it is Mary Jo Bell from" in page


def test_her_own_record_speaks_of_her_by_her_whole_name(client_as: Any) -> None:
    li_na = PersonFactory(known_as=NAME)
    SupporterFactory(member=li_na)

    page = client_as(Role.INVOLVEMENT).get(li_na.get_absolute_url()).content.decode()

    assert f"How to reach {NAME}" in page
    assert f"{NAME} agreed" in page
