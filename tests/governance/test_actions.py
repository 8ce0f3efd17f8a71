import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from groups.governance import actions, queries
from groups.governance.enums import (
    GroupState,
    MembershipState,
    OfficeKind,
    SeatCategory,
)
from groups.governance.models import Group, Membership
from groups.people.enums import Capacity
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


def test_create_group_keeps_remit_and_quorum_and_says_who_did_it() -> None:
    priya = staff_actor()

    group = actions.create_group(
        by=priya,
        name="Technology at home",
        purpose="To shape technology at home.",
        quorum_total=5,
        quorums={SeatCategory.MEMBER: 3, SeatCategory.PARTNER: 0},
    )

    assert group.slug == "technology-at-home"
    assert list(group.category_quorums.values_list("category", "minimum")) == [
        ("member", 3)
    ]
    assert AuditEvent.objects.get(object_ref=group.slug).user == priya.user


def test_two_groups_of_one_name_have_their_own_address() -> None:
    priya = staff_actor()

    slugs = [
        actions.create_group(by=priya, name="Getting About", purpose="Buses").slug
        for _ in range(2)
    ]

    assert slugs == ["getting-about", "getting-about-2"]


@pytest.mark.parametrize(
    "role", [Role.FINANCE, Role.APPROVER, Role.MEMBER, Role.AUDITOR]
)
def test_nobody_outside_the_team_sets_up_a_group(role: str) -> None:
    with pytest.raises(ActionDenied):
        actions.create_group(by=staff_actor(role), name="Mine", purpose="Mine")

    assert not Group.objects.exists()


def test_saving_over_somebody_elses_change_is_refused_and_changes_nothing() -> None:
    group = GroupFactory(purpose="First words")
    actions.update_group(
        by=staff_actor(), group=group, version=1, quorums={}, purpose="Second words"
    )

    with pytest.raises(RuleBroken, match="Somebody else changed"):
        actions.update_group(
            by=staff_actor(), group=group, version=1, quorums={}, purpose="Third"
        )

    group.refresh_from_db()
    assert group.purpose == "Second words"


def test_a_lived_experience_seat_is_refused_to_staff() -> None:
    seat = SeatFactory(lived_experience_required=True)
    worker = PersonFactory(capacity=Capacity.STAFF, known_as="Tom Ashworth")

    with pytest.raises(RuleBroken, match="lived experience"):
        actions.take_seat(
            by=staff_actor(), group=seat.group, person=worker, seat=seat, from_date=DAY
        )

    assert not Membership.objects.exists()


def test_taking_an_office_seat_gives_the_office() -> None:
    seat = SeatFactory(lived_experience_required=True, office=OfficeKind.CO_CHAIR)
    bernadette = PersonFactory()

    actions.take_seat(
        by=staff_actor(), group=seat.group, person=bernadette, seat=seat, from_date=DAY
    )

    assert seat.group.offices.get().kind == OfficeKind.CO_CHAIR


def test_a_taken_seat_cannot_be_taken_again() -> None:
    first = MembershipFactory()

    with pytest.raises(RuleBroken, match="already has this seat"):
        actions.take_seat(
            by=staff_actor(),
            group=first.group,
            person=PersonFactory(),
            seat=first.seat,
            from_date=DAY,
        )


def test_nobody_sits_twice_in_one_group() -> None:
    first = MembershipFactory()

    with pytest.raises(RuleBroken, match="already in"):
        actions.take_seat(
            by=staff_actor(),
            group=first.group,
            person=first.person,
            seat=None,
            from_date=DAY,
        )


def test_leaving_frees_the_seat_and_ends_the_office() -> None:
    membership = MembershipFactory()
    priya = staff_actor()
    actions.give_office(
        by=priya,
        group=membership.group,
        person=membership.person,
        kind=OfficeKind.CHAIR,
        from_date=dt.date(2025, 1, 1),
    )

    actions.end_membership(
        by=priya, membership=membership, on_date=DAY, reason="Moved away"
    )
    actions.take_seat(
        by=priya,
        group=membership.group,
        person=PersonFactory(),
        seat=membership.seat,
        from_date=DAY,
    )

    membership.refresh_from_db()
    assert membership.state == MembershipState.ENDED
    assert membership.group.offices.get().to_date == DAY


def test_leaving_needs_a_reason() -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        actions.end_membership(
            by=staff_actor(), membership=MembershipFactory(), on_date=DAY, reason=" "
        )


def test_nobody_joins_a_closed_group() -> None:
    group = GroupFactory(state=GroupState.CLOSED)

    with pytest.raises(RuleBroken, match="has closed"):
        actions.take_seat(
            by=staff_actor(),
            group=group,
            person=PersonFactory(),
            seat=None,
            from_date=DAY,
        )


def test_quorum_counts_kinds_of_seat_and_only_people_who_serve() -> None:
    group = GroupFactory(quorum_total=3)
    group.category_quorums.create(category=SeatCategory.MEMBER, minimum=2)
    members = [
        MembershipFactory(group=group, seat=SeatFactory(group=group, category="member"))
        for _ in range(2)
    ]
    worker = MembershipFactory(
        group=group, seat=SeatFactory(group=group, category="staff")
    )
    guest = PersonFactory()

    without_guest = queries.quorum_of(
        group, [m.person_id for m in members] + [worker.person_id]
    )
    with_guest = queries.quorum_of(
        group, [members[0].person_id, worker.person_id, guest.pk]
    )

    assert without_guest.is_met
    assert (with_guest.total_there, with_guest.is_met) == (2, False)
    assert without_guest.words == "Yes. We need 3 people, and 2 with lived experience."
