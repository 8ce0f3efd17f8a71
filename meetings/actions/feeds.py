"""The secret address by which a person's own diary reads her meetings."""

import secrets

from django.db import transaction
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from groups.people.models import Person
from meetings import permissions
from meetings.models import CalendarFeed
from meetings.models.feed import hash_of

# 256 bits: nobody guesses it (trust.md S76).
_SECRET_BYTES = 32


def make_feed(*, by: Actor, person: Person) -> str:
    """Make a person's address and return its secret, which is shown once and never again.

    An address she had before ends. Raises ActionDenied for anybody but herself.
    """
    permissions.check_can_have_feed(by, person.pk)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        # Two who make one at once take turns here, so that one address is live.
        Person.objects.select_for_update().get(pk=person.pk)
        ended = _end(by, person)
        CalendarFeed.objects.create(
            person=person, secret_hash=hash_of(secret), made_by=by.user
        )
        audit.record(
            by=by,
            verb="made calendar address",
            on=person,
            about_person_id=person.pk,
            changes={"ended": [0, ended]},
        )
    return secret


def end_feed(*, by: Actor, person: Person) -> int:
    """End a person's address at once, and return how many were live. Raises ActionDenied."""
    permissions.check_can_have_feed(by, person.pk)
    with transaction.atomic():
        ended = _end(by, person)
        if ended:
            audit.record(
                by=by,
                verb="ended calendar address",
                on=person,
                about_person_id=person.pk,
            )
    return ended


def _end(by: Actor, person: Person) -> int:
    live = CalendarFeed.objects.filter(person=person, revoked_at__isnull=True)
    return live.update(revoked_at=timezone.now(), revoked_by=by.user)
