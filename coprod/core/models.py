from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from coprod.core import constraints
from coprod.core.enums import DocumentState, Role
from coprod.core.references import new_reference


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> User:
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account that can sign in. It is not a person: it may open one or more people."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once_whatever_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        # A name is kept as people gave it: where it may be cut, only they know.
        return self.name


class RoleGrant(models.Model):
    """One working role held by one account, and who gave it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], name="role_once_per_account"
            ),
            constraints.one_of("role", Role, "role_grant_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("The audit trail is only ever added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is only ever added to.")


class AuditEvent(models.Model):
    """One thing somebody did or read: who, for whom, what, on what, when and why."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=120)
    for_person_id = models.BigIntegerField(null=True, db_index=True)
    for_person_name = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=80)
    about_person_id = models.BigIntegerField(null=True, db_index=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_kind", "object_ref"], name="audit_object")
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.object_kind} {self.object_ref}"


class FormKey(models.Model):
    """The one-time key of a form whose effect was kept, with the answer that was given."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="+"
    )
    path = models.CharField(max_length=300)
    answer_url = models.CharField(max_length=500, blank=True)
    message = models.TextField(blank=True)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return str(self.key)


def document_reference() -> str:
    return new_reference("D")


class StoredFile(models.Model):
    """A file somebody gave us or we made, kept outside the web root under a random name."""

    reference = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=200, unique=True)
    stored_at = models.DateTimeField(default=timezone.now)
    stored_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A PDF somebody asked for, made by the worker while the page shows how far it is.

    `task` is the name of the task that makes it, so that the sweep can ring again for one
    the worker lost. `about` names the thing it was made from (meeting M-…), `version` which
    state of that thing.
    """

    reference = models.CharField(max_length=20, unique=True, default=document_reference)
    task = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=40)
    version = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    large_print = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=DocumentState.choices, default=DocumentState.QUEUED
    )
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_for_person_id = models.BigIntegerField(null=True)
    claimed_until = models.DateTimeField(null=True)
    # How often it was begun since anything of it was last finished.
    attempts = models.PositiveSmallIntegerField(default=0)
    # What is made part by part (core.parts): the parts there are, and how many things are in them.
    parts = models.JSONField(default=list)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    page_count = models.PositiveIntegerField(null=True)
    file = models.ForeignKey(
        StoredFile, null=True, on_delete=models.PROTECT, related_name="+"
    )
    problem = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            constraints.one_of("state", DocumentState, "document_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=DocumentState.READY)
                | models.Q(file__isnull=False),
                name="document_ready_has_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DocumentState.REMOVED)
                | models.Q(file__isnull=True, removed_at__isnull=False),
                name="document_removed_has_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="document_waiting")]

    def __str__(self) -> str:
        return self.title


class Heartbeat(models.Model):
    """When a piece of due work last ran: what the readiness page and the banner look at."""

    name = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
