from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints, dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import Document, User
from coprod.core.references import new_reference
from groups.notices.enums import (
    ARRIVING,
    IN_TROUBLE,
    SENT,
    STATE_COLOURS,
    AlertKind,
    DeliveryState,
    Stage,
)
from groups.people.enums import Channel, Purpose, SupportScope
from groups.people.models import Person

# How the reason of a letter begins that was called off, and had been posted all the same.
POSTED_ANYWAY = "It was called off, and posted all the same."


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
    # "first", or "reminder-7" for the reminder of seven days before.
    stage = models.CharField(max_length=12, default=Stage.FIRST)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    # A cancellation reaches everybody who was going, whatever she has switched off.
    is_essential = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    planned_at = models.DateTimeField(default=timezone.now)
    planned_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Nothing of it goes out before this moment, so that whoever sent it can undo it whole.
    held_until = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "about", "version", "stage"], name="notice_once"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.FIRST) | Q(stage__startswith=Stage.REMINDER),
                name="notice_stage_known",
            ),
            constraints.both_or_neither("undone_at", "undone_by", "notice_undone_pair"),
            constraints.one_of("purpose", Purpose, "notice_purpose_known"),
        ]
        indexes = [models.Index(fields=["about"], name="notice_by_about")]

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
        return self.filter(state=DeliveryState.PLANNED, due_at__lte=now).not_held(now)

    def not_held(self, now: dt.datetime) -> Self:
        """Leave out what can still be undone."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__lte=now))

    def in_trouble(self) -> Self:
        return self.filter(state__in=IN_TROUBLE, dealt_with_at__isnull=True)

    def letters_waiting(self) -> Self:
        """Return letters that wait and are in nobody's pile: for people or for a machine to post."""
        waiting = self.filter(
            state=DeliveryState.PLANNED, channel=Channel.LETTER, print_run__isnull=True
        )
        return waiting.not_held(timezone.now())

    def to_take_out(self) -> Self:
        """Return letters that were printed and then called off, and are still in their pile."""
        return self.filter(
            state=DeliveryState.WITHDRAWN,
            print_run__isnull=False,
            page_count__isnull=False,
            sent_at__isnull=True,
            taken_out_at__isnull=True,
        )

    def calls_to_make(self) -> Self:
        waiting = self.filter(state=DeliveryState.PLANNED, channel=Channel.PHONE)
        return waiting.not_held(timezone.now())


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

    @property
    def words_gone(self) -> str:
        """Return what stands in the place of a PDF that was removed; empty while it is there."""
        if self.document is None or self.document.removed_at is None:
            return ""
        return (
            f"We keep the words of letters for {settings.WORDS_KEPT.days} days. "
            f"The PDF was removed on {dates.long_date(self.document.removed_at)}."
        )


class Delivery(models.Model):
    """One message to one person by one channel. For letters and calls, staff are the worker."""

    reference = models.CharField(max_length=20, default=delivery_reference)
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    print_size = models.PositiveSmallIntegerField(default=14)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # The whole of a text message: no word of health or money (trust.md, messages).
    text_body = models.CharField(max_length=400, blank=True)
    # The calendar file that goes with an e-mail.
    calendar = models.TextField(blank=True)
    link_path = models.CharField(max_length=200, blank=True)
    # The words are kept for 90 days; that it was sent, when and how, is kept longer.
    words_removed_at = models.DateTimeField(null=True, blank=True)
    in_digest = models.BooleanField(default=False)
    held_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.PLANNED
    )
    reason = models.CharField(max_length=300, blank=True)
    address = models.TextField(blank=True)
    message_id = models.UUIDField(unique=True, default=uuid.uuid4)
    # Who took it from us ("smtp", "notify"), and the name it has there.
    provider = models.CharField(max_length=10, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    # The provider's own time of the receipt that counts: receipts come twice and out of order.
    receipt_at = models.DateTimeField(null=True, blank=True)
    # Who of the team has to see to it, when it did not arrive or nobody else can send it.
    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
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
        db_index=False,
    )
    # Where it stands in its pile once the PDF is made, and on how many pages.
    pile_number = models.PositiveSmallIntegerField(null=True, blank=True)
    page_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # A letter that was printed and then called off, taken out of the pile by hand.
    taken_out_at = models.DateTimeField(null=True, blank=True)
    taken_out_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    dealt_with_at = models.DateTimeField(null=True, blank=True)
    dealt_with_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            # Not by the field's own word: PostgreSQL would keep a second index, for LIKE.
            models.UniqueConstraint(fields=["reference"], name="delivery_reference"),
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
            constraints.both_or_neither(
                "taken_out_at", "taken_out_by", "delivery_taken_out_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_over", "delivered", "bounced"])
                | Q(sent_at__isnull=False),
                name="delivery_sent_has_time",
            ),
        ]
        # A row is written three times on its way, and each time into every index that it stands in: so
        # few, and those for what few rows have hold no others. `delivery_once_per_channel` finds
        # the rows of a notice.
        indexes = [
            models.Index(fields=["state", "channel", "due_at"], name="delivery_due"),
            models.Index(fields=["person", "-due_at"], name="delivery_by_person"),
            models.Index(
                fields=["-sent_at"],
                name="delivery_by_sent",
                condition=Q(sent_at__isnull=False),
            ),
            models.Index(
                fields=["print_run"],
                name="delivery_by_print_run",
                condition=Q(print_run__isnull=False),
            ),
            models.Index(fields=["provider_id"], name="delivery_by_provider_id"),
            models.Index(fields=["-due_at", "-id"], name="delivery_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("notices:delivery", args=[self.reference])

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    @property
    def language_words(self) -> str:
        """Return what the team does for who does not read or speak English; empty in English."""
        language = self.person.other_language
        if not language:
            return ""
        if self.channel == Channel.PHONE:
            return f"Speaks {language}; book an interpreter"
        return f"{language}: enclose a translation or ring with an interpreter"

    @property
    def words_gone(self) -> str:
        """Return what stands in the place of words that were removed; empty while they are there."""
        if self.words_removed_at is None:
            return ""
        return (
            f"We keep the words for {settings.WORDS_KEPT.days} days. "
            f"They were removed on {dates.long_date(self.words_removed_at)}."
        )

    @property
    def is_in_trouble(self) -> bool:
        return self.state in IN_TROUBLE and self.dealt_with_at is None

    @property
    def is_sent(self) -> bool:
        return self.state in SENT

    @property
    def was_called_off(self) -> bool:
        """Tell whether a letter was posted that had been called off."""
        return self.is_sent and self.reason.startswith(POSTED_ANYWAY)

    @property
    def icon(self) -> str:
        return str(self.channel)

    @property
    def tag_colour(self) -> str:
        return STATE_COLOURS[self.state]


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> Self:
        """Return what nobody has seen to yet."""
        return self.filter(dealt_with_at__isnull=True)


class Alert(models.Model):
    """Something that went wrong with what we owe people, until somebody of the team has seen to it."""

    kind = models.CharField(max_length=20, choices=AlertKind.choices)
    # What it is about: the day that was counted, or the reference of a thing.
    about = models.CharField(max_length=40)
    words = models.TextField()
    raised_at = models.DateTimeField(default=timezone.now)
    dealt_with_at = models.DateTimeField(null=True, blank=True)
    dealt_with_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=300, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="alert_once"),
            constraints.one_of("kind", AlertKind, "alert_kind_known"),
            constraints.both_or_neither(
                "dealt_with_at", "dealt_with_by", "alert_dealt_with_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about_words}"

    def get_absolute_url(self) -> str:
        return reverse("notices:alert", args=[self.kind, self.about])

    @property
    def about_words(self) -> str:
        if self.kind == AlertKind.COUNT:
            return dates.long_date(dt.date.fromisoformat(self.about))
        return self.about
