"""The secret address by which a person's own diary reads her meetings."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.models import Person


def hash_of(secret: str) -> str:
    """Return what is kept of a secret. A plain hash does: nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class CalendarFeed(models.Model):
    """One address of one person. Only a hash of its secret is kept; a new one ends the old."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="feed_once_while_live",
            ),
            constraints.both_or_neither(
                "revoked_at", "revoked_by", "feed_revoked_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.person}"
