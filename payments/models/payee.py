from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.models import Person
from payments.enums import PayeeState


class Payee(models.Model):
    """How finance knows a person: a supplier number. We hold no bank details."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, related_name="payee"
    )
    name = models.CharField(max_length=120)
    supplier_number = models.CharField(max_length=30, blank=True)
    state = models.CharField(
        max_length=10, choices=PayeeState.choices, default=PayeeState.REQUESTED
    )
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    set_up_at = models.DateTimeField(null=True, blank=True)
    set_up_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            constraints.one_of("state", PayeeState, "payee_state_known"),
            constraints.both_or_neither("set_up_at", "set_up_by", "payee_set_up_pair"),
            models.CheckConstraint(
                condition=~Q(state=PayeeState.ACTIVE) | ~Q(supplier_number=""),
                name="payee_active_has_number",
            ),
            models.UniqueConstraint(
                fields=["supplier_number"],
                condition=~Q(supplier_number=""),
                name="supplier_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalLimit(models.Model):
    """Up to what sum one account may approve a claim."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="approval_limit"
    )
    limit_pence = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.user}: {self.limit_pence} pence"
