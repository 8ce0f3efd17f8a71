"""Sessions in the database, read by a statement that is put into SQL only once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from coprod.core.prepared import Prepared

_SESSION = Prepared(lambda key: Session.objects.filter(session_key=key))


class SessionStore(DatabaseStore):
    """Django's own store; only the look-up that every request begins with is prepared."""

    def _get_session_from_db(self) -> Session | None:
        rows = _SESSION(self.session_key or "")
        if not rows or rows[0].expire_date <= timezone.now():
            self._session_key = None
            return None
        return rows[0]
