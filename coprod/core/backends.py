"""How an account signs in, and how it is found again at each request."""

from allauth.account.auth_backends import AuthenticationBackend

from coprod.core.models import User
from coprod.core.prepared import Prepared

_ACCOUNT = Prepared(lambda user_id: User.objects.filter(pk=user_id))


class AccountBackend(AuthenticationBackend):
    """The library's own; only the look-up that every request begins with is prepared."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, or None when it is gone or switched off."""
        found = _ACCOUNT(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None
