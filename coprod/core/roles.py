"""The one map from role to permission (DESIGN, roles). Group offices add rights inside their group."""

from collections.abc import Iterable

from coprod.core.enums import Permission, Role

_INVOLVEMENT = frozenset(
    {
        Permission.SEE_PEOPLE,
        Permission.MANAGE_PEOPLE,
        Permission.SEE_ACCESS_NEEDS,
        Permission.SEND_NOTICES,
        Permission.READ_GROUPS,
        Permission.MANAGE_GROUPS,
        Permission.MANAGE_MEETINGS,
        Permission.MANAGE_PROJECTS,
        Permission.HELP_WITH_CLAIMS,
        Permission.VERIFY_CLAIMS,
        Permission.SEE_ALL_CLAIMS,
        Permission.SEE_REPORTS,
        Permission.DRAFT_POLICY,
    }
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.MEMBER: frozenset(),
    Role.SUPPORTER: frozenset(),
    Role.INVOLVEMENT: _INVOLVEMENT,
    Role.LEAD: _INVOLVEMENT | {Permission.PUBLISH_POLICY},
    Role.APPROVER: frozenset({Permission.APPROVE_CLAIMS, Permission.SEE_ALL_CLAIMS}),
    Role.FINANCE: frozenset(
        {
            Permission.BUILD_PAY_RUNS,
            Permission.SEE_PAYEES,
            Permission.SEE_ALL_CLAIMS,
            Permission.SEE_REPORTS,
        }
    ),
    Role.RELEASER: frozenset(
        {
            Permission.RELEASE_PAY_RUNS,
            Permission.SEE_PAYEES,
            Permission.SEE_ALL_CLAIMS,
            Permission.SEE_REPORTS,
        }
    ),
    Role.SPONSOR: frozenset(),
    Role.AUDITOR: frozenset(
        {
            Permission.SEE_PEOPLE,
            Permission.READ_GROUPS,
            Permission.SEE_ALL_CLAIMS,
            Permission.SEE_REPORTS,
        }
    ),
}

# Roles that work in the product for the organisation: they need a second factor (trust.md S02).
WORKING_ROLES = frozenset(set(Role) - {Role.MEMBER, Role.SUPPORTER})


def roles_with(permission: str) -> frozenset[str]:
    """Return every role that holds this permission."""
    return frozenset(role for role, held in PERMISSIONS.items() if permission in held)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return every permission that any of these roles holds."""
    held: set[str] = set()
    for role in roles:
        held |= PERMISSIONS[role]
    return frozenset(held)
