from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.governance.models import Group
from payments.enums import LineKind, VersionState


class PaymentPolicy(models.Model):
    """What an organisation pays people for taking part, known by one name through its versions."""

    name = models.CharField(max_length=120, unique=True)
    pay_within_working_days = models.PositiveSmallIntegerField(default=20)
    claim_window_months = models.PositiveSmallIntegerField(default=3)

    def __str__(self) -> str:
        return self.name


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def published(self) -> Self:
        return self.filter(state=VersionState.PUBLISHED)

    def in_force_on(self, day: dt.date) -> Self:
        return (
            self.published()
            .filter(from_date__lte=day)
            .filter(Q(to_date__isnull=True) | Q(to_date__gte=day))
        )


class PolicyVersion(models.Model):
    """The rates in force between two dates. Never changed once published."""

    policy = models.ForeignKey(
        PaymentPolicy, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    summary = models.TextField()
    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number"], name="policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["policy", "from_date"], name="policy_version_starts_once"
            ),
            constraints.one_of("state", VersionState, "policy_version_state_known"),
            constraints.both_or_neither(
                "published_at", "published_by", "policy_published_pair"
            ),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="policy_version_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, version {self.number}"


class RateRule(models.Model):
    """What one hour of one kind of activity is worth, in pounds with four places."""

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="rates"
    )
    activity = models.CharField(max_length=40, default="meeting")
    hourly_rate = models.DecimalField(max_digits=9, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "activity"], name="rate_once"),
            constraints.not_negative("hourly_rate", "rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.hourly_rate} an hour"


class ExpenseRule(models.Model):
    """How one kind of cost is paid back: by the mile, or as spent, and from what sum with a receipt."""

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="expenses"
    )
    kind = models.CharField(max_length=12, choices=LineKind.choices)
    unit_rate = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, blank=True
    )
    threshold = models.DecimalField(
        max_digits=9, decimal_places=1, null=True, blank=True
    )
    rate_above_threshold = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, blank=True
    )
    receipt_above_pence = models.PositiveIntegerField(default=500)
    most_pence = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind"], name="expense_rule_once"
            ),
            constraints.one_of("kind", LineKind, "expense_rule_kind_known"),
            constraints.not_negative("unit_rate", "expense_rule_rate_not_negative"),
            constraints.not_negative("threshold", "expense_rule_from_not_negative"),
            constraints.not_negative(
                "rate_above_threshold", "expense_rule_above_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CostCode(models.Model):
    """Where in the organisation's books a payment is charged. Members never see it."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class GroupCostCode(models.Model):
    """Which cost code a group's payments are charged to."""

    group = models.OneToOneField(
        Group, on_delete=models.CASCADE, related_name="cost_coding"
    )
    cost_code = models.ForeignKey(
        CostCode, on_delete=models.PROTECT, related_name="groups"
    )

    def __str__(self) -> str:
        return f"{self.group}: {self.cost_code}"
