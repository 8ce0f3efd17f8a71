from __future__ import annotations

from django.db import models
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.enums import GivenHow
from groups.people.models import Person
from meetings.models import Meeting
from payments.enums import OfferAnswer
from payments.models.policy import PolicyVersion


class Offer(models.Model):
    """What was offered to one person for one meeting, before it. Added to, never changed."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="offers"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offers")
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="+"
    )
    hourly_rate = models.DecimalField(max_digits=9, decimal_places=4)
    expected_minutes = models.PositiveSmallIntegerField()
    words = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="offer_once"),
            constraints.not_negative("hourly_rate", "offer_rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"Offer to {self.person} for {self.meeting}"


class OfferChoice(models.Model):
    """What the member chose, when and with whose help. The newest row is the choice in force."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="choices")
    answer = models.CharField(max_length=14, choices=OfferAnswer.choices)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.CharField(max_length=120)
    told_how = models.CharField(
        max_length=10, choices=GivenHow.choices, default=GivenHow.ONLINE
    )
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            constraints.one_of("answer", OfferAnswer, "offer_answer_known"),
            constraints.one_of("told_how", GivenHow, "offer_told_how_known"),
        ]

    def __str__(self) -> str:
        return self.get_answer_display()
