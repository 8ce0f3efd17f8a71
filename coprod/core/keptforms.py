"""A session that ends in the middle of a long form loses nothing that was typed.

Every form of ours carries `form_owner`: who it was shown to, signed. A post that comes after the
session has ended is put aside, sealed, in the new session; after sign-in the same account sees
what it wrote and can send it. Anybody else who signs in on that device sees nothing of it.
"""

import json
import time
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest

from coprod.core import secrets

FIELD = "form_owner"
_SESSION = "kept_form"
_SALT = "coprod.form_owner"
# WCAG 2.2.6: what was typed is kept for more than 20 hours.
_KEPT_SECONDS = 24 * 60 * 60
_NOT_KEPT = frozenset({FIELD, "form_key", "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class KeptForm:
    path: str
    fields: tuple[tuple[str, str], ...]
    owner_id: int
    had_files: bool

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Return what a person would recognise: the words and choices, named in plain words."""
        return [
            (name.replace("_", " ").capitalize(), value)
            for name, value in self.fields
            if value
        ]


def owner_mark(user_id: int) -> str:
    """Return the signed mark of who a form is shown to."""
    return signing.dumps(user_id, salt=_SALT)


def put_aside(request: HttpRequest) -> bool:
    """Keep a post that came without a session. Returns False when it is not a form of ours."""
    try:
        owner_id = int(signing.loads(request.POST.get(FIELD, ""), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return False
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        if name not in _NOT_KEPT
        for value in values
    ]
    kept = {
        "path": request.path,
        "fields": fields,
        "owner": owner_id,
        "files": bool(request.FILES),
        "at": time.time(),
    }
    request.session[_SESSION] = secrets.encrypt(json.dumps(kept))
    return True


def read(session: SessionBase, user_id: int | None) -> KeptForm | None:
    """Return what this account had typed, or None: nothing kept, too old, or somebody else's."""
    sealed = session.get(_SESSION)
    if not sealed:
        return None
    kept = json.loads(secrets.decrypt(sealed))
    if kept["owner"] != user_id or time.time() - kept["at"] > _KEPT_SECONDS:
        return None
    return KeptForm(
        path=kept["path"],
        fields=tuple((name, value) for name, value in kept["fields"]),
        owner_id=kept["owner"],
        had_files=kept["files"],
    )


def throw_away(session: SessionBase) -> None:
    session.pop(_SESSION, None)
