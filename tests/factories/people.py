import datetime as dt
from typing import Any

import factory

from coprod.core.models import User
from groups.people.enums import (
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    NeedCategory,
    PersonState,
    Relation,
    SignInCapacity,
    SupportScope,
)
from groups.people.models import (
    AccessNeed,
    AccessPassport,
    ChannelPreference,
    ConsentWording,
    ContactPoint,
    Person,
    SignIn,
    Supporter,
)
from tests.factories.core import UserFactory


class PersonFactory(factory.django.DjangoModelFactory):
    """A member with e-mail. Pass channel="letter" for one with only a postal address."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    known_as = factory.Sequence(lambda n: f"Person {n}")
    state = PersonState.ACTIVE

    @factory.post_generation
    def channel(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        channel = extracted or Channel.EMAIL
        ChannelPreference.objects.create(person=self, channel=channel)
        if channel == Channel.EMAIL:
            value = f"{self.reference.lower()}@example.org"
            ContactPoint.objects.create(
                person=self, kind=ContactKind.EMAIL, value=value
            )
        elif channel == Channel.LETTER:
            ContactPoint.objects.create(
                person=self,
                kind=ContactKind.POST,
                value="1 Mill Lane\nElmsby",
                postcode="NS4 2QT",
            )
        elif channel == Channel.TEXT:
            ContactPoint.objects.create(
                person=self, kind=ContactKind.TEXT, value="+447700900123"
            )
        else:
            ContactPoint.objects.create(
                person=self, kind=ContactKind.LANDLINE, value="01632 960 001"
            )


class AccessNeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccessNeed

    class Params:
        person = factory.SubFactory(PersonFactory)

    passport = factory.LazyAttribute(
        lambda o: AccessPassport.objects.get_or_create(person=o.person)[0]
    )
    category = NeedCategory.ROOM
    detail = "A room with no steps"


class ConsentWordingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentWording

    purpose = ConsentPurpose.NETWORK
    number = factory.Sequence(lambda n: 100 + n)
    words = "We keep your name so that we can ask you to take part."
    from_date = dt.date(2026, 1, 1)


class SupporterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supporter

    member = factory.SubFactory(PersonFactory)
    supporter = factory.SubFactory(PersonFactory)
    relation = Relation.CARER
    scopes = factory.LazyFunction(lambda: list(SupportScope.values))
    agreed_how = GivenHow.PHONE
    from_date = dt.date(2026, 1, 1)


class SignInFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignIn

    user = factory.SubFactory(UserFactory)
    person = factory.SubFactory(PersonFactory)
    capacity = SignInCapacity.SELF


def member_with_account(**person: Any) -> tuple[Person, User]:
    """A member and the account that opens only her."""
    made = PersonFactory(**person)
    user = UserFactory(name=made.known_as)
    SignInFactory(user=user, person=made)
    return made, user
