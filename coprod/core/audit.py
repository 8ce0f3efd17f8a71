from collections.abc import Mapping
from typing import Any

from django.db import models

from coprod.core.actors import Actor
from coprod.core.models import AuditEvent


def record(
    *,
    by: Actor,
    verb: str,
    on: models.Model | str,
    about_person_id: int | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    object_kind: str = "",
) -> AuditEvent:
    """Write one line of the audit trail, in the caller's transaction.

    `verb` is a past-tense word or two ("approved", "recorded reply"). `changes` maps a field to
    [old, new]; never put bank details, access needs or people's own words in it. `about_person_id`
    is the person whose record this concerns, so that she can ask who looked.
    """
    if isinstance(on, str):
        kind, ref = object_kind, on
    else:
        kind = on._meta.model_name or ""
        ref = str(getattr(on, "reference", None) or getattr(on, "slug", None) or on.pk)
    return AuditEvent.objects.create(
        user=by.user,
        actor_name=by.name,
        for_person_id=by.person_id,
        for_person_name=by.person_name,
        verb=verb,
        object_kind=kind,
        object_ref=ref,
        about_person_id=about_person_id,
        changes=dict(changes or {}),
        reason=reason,
        request_id=by.request_id,
    )
