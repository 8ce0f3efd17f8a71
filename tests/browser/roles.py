"""Who looks at the pages: the cast of the demonstration, and each of them in an empty network."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coprod.core.enums import Role
from groups.people.enums import SignInCapacity
from tests.browser_fixtures import World
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)


@dataclass(frozen=True)
class Viewer:
    """A role with its person in the demonstration's cast, and how to make one from nothing."""

    role: str
    person: str
    make: Callable[[], Any]
    starts: tuple[str, ...] = ("/", "/accounts/reauthenticate/")

    def __str__(self) -> str:
        return self.role

    def in_demo(self, world: World) -> Any:
        from coprod.core.models import User

        return User.objects.get(email=world.sign(self.person).sign_in)


def _staff(*roles: str) -> Callable[[], Any]:
    return lambda: UserFactory(name="Ada Newcomer", roles=roles)


def _member() -> Any:
    return member_with_account(known_as="Ada Newcomer")[1]


def _co_chair() -> Any:
    person, user = member_with_account(known_as="Ada Newcomer")
    group = GroupFactory()
    MembershipFactory(group=group, person=person)
    OfficeFactory(group=group, person=person)
    return user


def _supporter() -> Any:
    link = SupporterFactory()
    user = UserFactory(name=link.supporter.known_as)
    SignInFactory(
        user=user,
        person=link.member,
        capacity=SignInCapacity.SUPPORTER,
        link=link,
    )
    return user


def _shared_address() -> Any:
    user = UserFactory(name="Two at home")
    SignInFactory(user=user, person=PersonFactory())
    SignInFactory(user=user, person=PersonFactory())
    return user


def _nobody() -> None:
    return None


# What no link leads to from the first page of somebody who is not signed in.
_OPEN_PAGES = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/done/",
    "/demonstration/gallery/",
    "/demonstration/gallery/?wrong",
    "/demonstration/mail/",
    "/nothing-is-here/",
)

VIEWERS = (
    Viewer("involvement", "Priya Nair", _staff(Role.INVOLVEMENT)),
    Viewer("lead", "Helen Marsh", _staff(Role.INVOLVEMENT, Role.LEAD)),
    Viewer("approver", "Graham Oduya", _staff(Role.APPROVER)),
    Viewer("finance", "Colin Webb", _staff(Role.FINANCE)),
    Viewer("releaser", "Anita Desai", _staff(Role.RELEASER)),
    Viewer("sponsor", "Ruth Calloway", _staff(Role.SPONSOR)),
    Viewer("auditor", "Moira Finch", _staff(Role.AUDITOR)),
    Viewer("member", "Marian Okafor", _member),
    Viewer("co-chair", "Bernadette Quinn", _co_chair),
    Viewer("supporter", "Leon Okafor", _supporter),
    Viewer("shared address", "Jean and Frank", _shared_address),
    Viewer("anonymous", "", _nobody, _OPEN_PAGES),
)
