from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coprod.core.enums import Role
from coprod.core.roles import permissions_of

if TYPE_CHECKING:
    from coprod.core.models import User


@dataclass(frozen=True)
class Actor:
    """Who is doing something, and for whom.

    `user` is the account (None for the product's own due work). `person_id` is the person this
    account is acting as: the member herself, or the member a supporter is helping. `own_person_id`
    is the account holder's own person, when there is one. `scopes` is what a supporter may do
    (people.enums.SupportScope); empty for everyone else.
    """

    user: User | None
    name: str
    roles: frozenset[str] = frozenset()
    person_id: int | None = None
    person_name: str = ""
    own_person_id: int | None = None
    is_supporter: bool = False
    scopes: frozenset[str] = frozenset()
    request_id: str = ""
    permissions: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "permissions", permissions_of(self.roles))

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the actor for due work that nobody pressed a button for."""
        return cls(user=None, name=name)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def is_member(self) -> bool:
        return Role.MEMBER in self.roles or Role.SUPPORTER in self.roles

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def has_scope(self, scope: str) -> bool:
        """Tell whether the actor may do this for the person it acts as."""
        return self.person_id is not None and (
            not self.is_supporter or scope in self.scopes
        )
