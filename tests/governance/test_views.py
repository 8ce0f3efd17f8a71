import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from groups.governance.models import Group, Membership
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    SupporterFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
GROUP = {
    "name": "Technology at home",
    "kind": "project",
    "purpose": "To shape technology at home.",
    "remit_cannot": "Bus routes",
    "remit_cannot_why": "The county decides them",
    "decision_rule": "consent",
    "attribution": "role",
    "quorum_total": "5",
    "quorum_member": "3",
    "papers_lead_days": "10",
}


def test_staff_set_up_a_group_add_a_seat_and_fill_it(
    client_as: Callable[..., Any],
) -> None:
    client = client_as(Role.INVOLVEMENT)
    PersonFactory(known_as="Bernadette Quinn")

    client.post(reverse("governance:group-add"), GROUP)
    group = Group.objects.get()
    client.post(
        reverse("governance:seat-add", args=[group.slug]),
        {
            "category": "member",
            "title": "Co-chair",
            "lived_experience_required": "on",
            "office": "co_chair",
        },
    )
    seat = group.seats.get()
    client.post(
        reverse("governance:seat-take", args=[group.slug, seat.pk]),
        {
            "person": "bernadette quinn",
            "from_date_day": "2",
            "from_date_month": "11",
            "from_date_year": "2026",
        },
    )

    page = client.get(group.get_absolute_url()).content.decode()
    assert Membership.objects.get().from_date == dt.date(2026, 11, 2)
    assert "Bernadette Quinn" in page
    assert "Co-chair" in page
    assert "The county decides them" in page


def test_what_cannot_change_needs_its_why_and_typed_words_stay(
    client_as: Callable[..., Any],
) -> None:
    answer = client_as(Role.INVOLVEMENT).post(
        reverse("governance:group-add"), GROUP | {"remit_cannot_why": ""}
    )

    assert answer.status_code == 200
    assert "Say why the group cannot change this" in answer.content.decode()
    assert "Bus routes" in answer.content.decode()
    assert not Group.objects.exists()


def test_an_unclear_name_asks_for_a_number(client_as: Callable[..., Any]) -> None:
    john, _ = PersonFactory(known_as="John Smith"), PersonFactory(known_as="John Smith")
    seat = SeatFactory()

    answer = client_as(Role.INVOLVEMENT).post(
        reverse("governance:seat-take", args=[seat.group.slug, seat.pk]),
        {
            "person": "John Smith",
            "from_date_day": "2",
            "from_date_month": "11",
            "from_date_year": "2026",
        },
    )

    assert "More than one person fits" in answer.content.decode()
    assert john.reference in answer.content.decode()


def test_a_member_sees_her_group_and_not_another(client_as: Callable[..., Any]) -> None:
    marian, account = member_with_account()
    own = MembershipFactory(person=marian).group
    other = GroupFactory(name="Somebody else’s group")
    client = client_as(account)

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert (
        other.name not in client.get(reverse("governance:group-list")).content.decode()
    )


def test_a_supporter_without_the_scope_sees_no_group(
    client_as: Callable[..., Any],
) -> None:
    from groups.people.enums import SignInCapacity
    from tests.factories import SignInFactory

    link = SupporterFactory(scopes=["claim"])
    group = MembershipFactory(person=link.member).group
    key = SignInFactory(
        person=link.member, capacity=SignInCapacity.SUPPORTER, link=link
    )

    assert client_as(key.user).get(group.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 60])
def test_group_list_asks_the_database_the_same_however_long(
    client_as: Callable[..., Any], django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        MembershipFactory()
    client = client_as(Role.INVOLVEMENT)

    with django_assert_num_queries(5):
        client.get(reverse("governance:group-list"))
