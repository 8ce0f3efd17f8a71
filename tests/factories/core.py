from typing import Any

import factory

from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.models import RoleGrant, StoredFile, User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"account{n}@example.org")
    name = factory.Sequence(lambda n: f"Account {n}")

    @factory.post_generation
    def roles(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        for role in extracted or ():
            RoleGrant.objects.create(user=self, role=role)


class StoredFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StoredFile

    name = "file.pdf"
    content_type = "application/pdf"
    size = 10
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    path = factory.Sequence(lambda n: f"00/{n}")


def staff_actor(
    *roles: str, user: User | None = None, name: str = "Priya Nair"
) -> Actor:
    """An account that works for the organisation; involvement when no role is named."""
    wanted = roles or (Role.INVOLVEMENT,)
    user = user or UserFactory(name=name, roles=wanted)
    return Actor(user=user, name=user.name, roles=frozenset(wanted), request_id="test")


def actor_for_person(person: Any, user: User | None = None) -> Actor:
    """The person herself, signed in with an account of her own."""
    user = user or UserFactory(name=person.known_as)
    return Actor(
        user=user,
        name=user.name,
        roles=frozenset({Role.MEMBER}),
        person_id=person.pk,
        person_name=person.known_as,
        own_person_id=person.pk,
        request_id="test",
    )
