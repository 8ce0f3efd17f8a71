from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import Document, User
from coprod.core.references import new_reference
from groups.notices.enums import (
    ARRIVING,
    IN_TROUBLE,
    SENT,
    STATE_COLOURS,
    DeliveryState,
    Stage,
)
from groups.people.enums import Channel, Purpose, SupportScope
from groups.people.models import Person


def notice_reference() -> str:
    return new_reference("N")


def delivery_reference() -> str:
    return new_reference("L")


def print_run_reference() -> str:
    return new_reference("LP")


class Notice(models.Model):
    """Something we owe people because of one occasion: an invitation, a reminder, an answer.

    `occasion` says what kind ("meeting.invitation"), `about` which thing (its reference), and
    `version` which state of that thing: a moved meeting has a new version and so a new notice.
    """

    reference = models.CharField(max_length=20, unique=True, default=notice_reference)
    occasion = models.CharField(max_length=60)
    about = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.FIRST)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    title = models.CharField(max_length=200)
    planned_at = models.DateTimeField(default=timezone.now)
    planned_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "about", "version", "stage"], name="notice_once"
            ),
            constraints.one_of("stage", Stage, "notice_stage_known"),
            constraints.one_of("purpose", Purpose, "notice_purpose_known"),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return what is owed to anybody for the team; for others what the person was sent.

        A supporter sees what the member allows: money only with her claims, the rest only with
        her meetings and papers.
        """
        if actor.can(Permission.SEND_NOTICES):
            return self
        if actor.person_id is None:
            return self.none()
        mine = self.filter(person_id=actor.person_id, state__in=ARRIVING)
        if not actor.has_scope(SupportScope.SEE):
            mine = mine.filter(notice__purpose=Purpose.MONEY)
        if not actor.has_scope(SupportScope.CLAIM):
            mine = mine.exclude(notice__purpose=Purpose.MONEY)
        return mine

    def due(self, now: dt.datetime) -> Self:
        return self.filter(state=DeliveryState.PLANNED, due_at__lte=now)

    def in_trouble(self) -> Self:
        return self.filter(state__in=IN_TROUBLE, dealt_with_at__isnull=True)

    def letters_to_print(self) -> Self:
        """Return letters that wait and are not yet in anybody's pile."""
        return self.filter(
            state=DeliveryState.PLANNED, channel=Channel.LETTER, print_run__isnull=True
        )

    def calls_to_make(self) -> Self:
        return self.filter(state=DeliveryState.PLANNED, channel=Channel.PHONE)


class PrintRun(models.Model):
    """One pile of letters made into one PDF, to be printed and posted together."""

    reference = models.CharField(
        max_length=20, unique=True, default=print_run_reference
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"Letters {self.reference}"

    def get_absolute_url(self) -> str:
        return reverse("notices:print-run", args=[self.reference])


class Delivery(models.Model):
    """One message to one person by one channel. For letters and calls, staff are the worker."""

    reference = models.CharField(max_length=20, unique=True, default=delivery_reference)
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="deliveries"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="deliveries"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    print_size = models.PositiveSmallIntegerField(default=14)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    link_path = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.PLANNED
    )
    reason = models.CharField(max_length=300, blank=True)
    address = models.TextField(blank=True)
    message_id = models.UUIDField(unique=True, default=uuid.uuid4)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    handing_over = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by_name = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - pair
    outcome = models.CharField(max_length=300, blank=True)
    print_run = models.ForeignKey(
        PrintRun,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters",
    )
    dealt_with_at = models.DateTimeField(null=True, blank=True)
    dealt_with_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person", "channel"], name="delivery_once_per_channel"
            ),
            constraints.one_of("state", DeliveryState, "delivery_state_known"),
            constraints.one_of("channel", Channel, "delivery_channel_known"),
            constraints.both_or_neither(
                "sent_at", "sent_by_name", "delivery_sent_pair"
            ),
            constraints.both_or_neither(
                "dealt_with_at", "dealt_with_by", "delivery_dealt_with_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_over", "delivered", "bounced"])
                | Q(sent_at__isnull=False),
                name="delivery_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "channel", "due_at"], name="delivery_due"),
            models.Index(fields=["person", "-due_at"], name="delivery_by_person"),
            models.Index(fields=["-sent_at"], name="delivery_by_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("notices:delivery", args=[self.reference])

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    @property
    def is_in_trouble(self) -> bool:
        return self.state in IN_TROUBLE and self.dealt_with_at is None

    @property
    def is_sent(self) -> bool:
        return self.state in SENT

    @property
    def icon(self) -> str:
        return str(self.channel)

    @property
    def tag_colour(self) -> str:
        return STATE_COLOURS[self.state]
