from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import StoredFile, User
from coprod.core.references import new_reference
from payments.enums import PayRunState, ResultOutcome
from payments.models.claim import Claim


def pay_run_reference() -> str:
    return new_reference("PR")


class PayRun(models.Model):
    """A batch of approved claims that finance pays together, built by one person, released by
    another."""

    reference = models.CharField(max_length=20, unique=True, default=pay_run_reference)
    pay_date = models.DateField()
    state = models.CharField(
        max_length=12, choices=PayRunState.choices, default=PayRunState.BUILT
    )
    built_at = models.DateTimeField(default=timezone.now)
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    line_count = models.PositiveIntegerField(default=0)
    claim_count = models.PositiveIntegerField(default=0)
    total_pence = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            constraints.one_of("state", PayRunState, "pay_run_state_known"),
            constraints.both_or_neither(
                "released_at", "released_by", "pay_run_released_pair"
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("built_by")),
                name="pay_run_releaser_is_not_builder",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("payments:pay-run-detail", args=[self.reference])


class PayRunItem(models.Model):
    """One claim in one pay run, with the sum and the number finance pays it under."""

    pay_run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="items")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="pay_run_items"
    )
    invoice_number = models.CharField(max_length=50)
    supplier_number = models.CharField(max_length=30)
    payee_name = models.CharField(max_length=120)
    amount_pence = models.PositiveIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(live=True),
                name="claim_in_one_live_pay_run",
            ),
            models.UniqueConstraint(
                fields=["pay_run", "claim"], name="claim_once_in_pay_run"
            ),
        ]

    def __str__(self) -> str:
        return self.invoice_number


class ResultsFile(models.Model):
    """A file from the ledger that says what was paid. The same bytes are read only once."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    loaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    row_count = models.PositiveIntegerField()
    paid_count = models.PositiveIntegerField(default=0)
    exception_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Results loaded {self.loaded_at:%Y-%m-%d %H:%M}"


class PaymentResult(models.Model):
    """One line of a results file and what we made of it. A mismatch waits here for a person."""

    results_file = models.ForeignKey(
        ResultsFile, on_delete=models.PROTECT, related_name="results"
    )
    item = models.ForeignKey(
        PayRunItem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="results",
    )
    row_number = models.PositiveIntegerField()
    supplier_number = models.CharField(max_length=60, blank=True)
    invoice_number = models.CharField(max_length=60, blank=True)
    amount_text = models.CharField(max_length=40, blank=True)
    paid_date_text = models.CharField(max_length=40, blank=True)
    payment_reference = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=14, choices=ResultOutcome.choices)
    why = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            constraints.one_of("outcome", ResultOutcome, "result_outcome_known"),
            constraints.both_or_neither(
                "settled_at", "settled_by", "result_settled_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_number}: {self.get_outcome_display()}"
