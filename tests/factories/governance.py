import datetime as dt

import factory

from groups.governance.enums import (
    GroupState,
    MembershipState,
    OfficeKind,
    SeatCategory,
)
from groups.governance.models import Group, Membership, Office, Seat
from tests.factories.people import PersonFactory


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Group {n}")
    slug = factory.Sequence(lambda n: f"group-{n}")
    state = GroupState.ACTIVE
    purpose = "To shape technology that helps people stay at home."
    quorum_total = 2


class SeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seat

    group = factory.SubFactory(GroupFactory)
    category = SeatCategory.MEMBER


class MembershipFactory(factory.django.DjangoModelFactory):
    """Somebody serving in a group, in a seat of her own."""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
    seat = factory.SubFactory(SeatFactory, group=factory.SelfAttribute("..group"))
    state = MembershipState.SERVING
    from_date = dt.date(2025, 1, 1)


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office

    group = factory.SubFactory(GroupFactory)
    person = factory.SubFactory(PersonFactory)
    kind = OfficeKind.CHAIR
    from_date = dt.date(2025, 1, 1)
