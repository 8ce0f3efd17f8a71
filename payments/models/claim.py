from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone

from coprod.core import constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission, Role
from coprod.core.models import StoredFile, User
from coprod.core.references import new_reference
from groups.people.enums import GivenHow, SupportScope
from groups.people.models import Person
from meetings.models import Meeting
from payments.enums import CLAIM_STATE_FOR_TEAM, ClaimState, LineKind, Unit
from payments.models.payee import Payee
from payments.models.policy import CostCode, PolicyVersion

# What an approver or finance may see: nothing that is still the member's own draft.
_SENT_IN = frozenset(set(ClaimState) - {ClaimState.DRAFT, ClaimState.WITHDRAWN})


def claim_reference() -> str:
    return new_reference("C")


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return claims the actor may open.

        Involvement staff every claim (they help with drafts); approvers, finance and auditors
        those that have been sent in; a member her own; a supporter only with the claim scope.
        """
        if actor.can(Permission.HELP_WITH_CLAIMS):
            return self
        own = Q(pk__in=[])
        if actor.has_scope(SupportScope.CLAIM):
            own = Q(person_id=actor.person_id)
        if actor.can(Permission.SEE_ALL_CLAIMS):
            return self.filter(own | Q(state__in=_SENT_IN))
        return self.filter(own)

    def with_totals(self) -> Self:
        return self.annotate(
            claimed_total=Sum("lines__claimed_pence", default=0),
            allowed_total=Sum("lines__allowed_pence", default=0),
        )


class Claim(models.Model):
    """What one member asks to be paid for taking part: her time and what it cost her."""

    # Pence over all lines, on rows read through with_totals().
    claimed_total: int
    allowed_total: int

    reference = models.CharField(max_length=20, unique=True, default=claim_reference)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    payee = models.ForeignKey(
        Payee, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    cost_code = models.ForeignKey(
        CostCode, null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    state = models.CharField(
        max_length=14, choices=ClaimState.choices, default=ClaimState.DRAFT
    )
    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    declared_words = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    told_how = models.CharField(max_length=10, choices=GivenHow.choices, blank=True)
    # Only of a claim that was first sent after the time the policy asks for.
    late_reason = models.CharField(max_length=300, blank=True)
    helpers = models.ManyToManyField(User, blank=True, related_name="helped_claims")
    pay_by_date = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    paid_date = models.DateField(null=True, blank=True)
    reissue = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", ClaimState, "claim_state_known"),
            constraints.one_of(
                "told_how", GivenHow, "claim_told_how_known", blank=True
            ),
            constraints.both_or_neither(
                "submitted_at", "submitted_by", "claim_submitted_pair"
            ),
            constraints.both_or_neither(
                "verified_at", "verified_by", "claim_verified_pair"
            ),
            constraints.both_or_neither(
                "approved_at", "approved_by", "claim_approved_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state=ClaimState.PAID) | Q(paid_date__isnull=False),
                name="claim_paid_has_date",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True)
                | Q(approved_by__isnull=True)
                | ~Q(verified_by=F("approved_by")),
                name="claim_verifier_is_not_approver",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="claim_by_state"),
            models.Index(fields=["person", "-drafted_at"], name="claim_by_person"),
            models.Index(fields=["-drafted_at", "-id"], name="claim_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("payments:claim-detail", args=[self.reference])

    @property
    def invoice_number(self) -> str:
        """Return the number finance knows it by: unique for ever, new only after a bank return."""
        return (
            self.reference if not self.reissue else f"{self.reference}-R{self.reissue}"
        )

    @property
    def state_for_team(self) -> str:
        """Return where it is, in words for staff: the label of the state speaks to the member."""
        return CLAIM_STATE_FOR_TEAM.get(self.state, str(self.get_state_display()))


class ClaimLine(models.Model):
    """One thing claimed, with the rate of the day it happened kept on it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="claim_lines"
    )
    kind = models.CharField(max_length=12, choices=LineKind.choices)
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claim_lines",
    )
    activity_date = models.DateField()
    description = models.CharField(max_length=300, blank=True)
    journey_from = models.CharField(max_length=120, blank=True)
    journey_to = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=9, decimal_places=2)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    rate = models.DecimalField(max_digits=9, decimal_places=4)
    # Of `quantity`, the part beyond a yearly threshold, which is paid at its own rate.
    quantity_above = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    rate_above = models.DecimalField(
        max_digits=9, decimal_places=4, null=True, blank=True
    )
    policy_version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="claim_lines"
    )
    claimed_pence = models.PositiveIntegerField()
    allowed_pence = models.PositiveIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    no_receipt_reason = models.CharField(max_length=300, blank=True)
    counts = models.BooleanField(default=True)

    class Meta:
        constraints = [
            constraints.one_of("kind", LineKind, "line_kind_known"),
            constraints.one_of("unit", Unit, "line_unit_known"),
            constraints.not_negative("quantity", "line_quantity_not_negative"),
            constraints.not_negative("rate", "line_rate_not_negative"),
            constraints.not_negative("quantity_above", "line_above_not_negative"),
            constraints.not_negative("rate_above", "line_rate_above_not_negative"),
            models.UniqueConstraint(
                fields=["person", "meeting"],
                condition=Q(kind=LineKind.INVOLVEMENT, counts=True),
                name="time_claimed_once_per_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(kind=LineKind.INVOLVEMENT) | Q(meeting__isnull=False),
                name="time_line_has_meeting",
            ),
            models.CheckConstraint(
                condition=Q(quantity_above=0) | Q(rate_above__isnull=False),
                name="line_above_threshold_has_rate",
            ),
            models.CheckConstraint(
                condition=Q(quantity_above__lte=F("quantity")),
                name="line_above_threshold_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(allowed_pence__lte=F("claimed_pence")),
                name="line_allowed_not_above_claimed",
            ),
            models.CheckConstraint(
                condition=Q(allowed_pence=F("claimed_pence")) | ~Q(reason=""),
                name="line_reduced_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["activity_date"], name="line_by_date")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.activity_date}"


class Receipt(models.Model):
    """A photo or PDF of a receipt for one line."""

    line = models.ForeignKey(
        ClaimLine, on_delete=models.CASCADE, related_name="receipts"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Receipt for {self.line}"


class ClaimDecision(models.Model):
    """One step in the life of a claim as the member may read it: who, what, when and why."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="decisions")
    what = models.CharField(max_length=40)
    to_state = models.CharField(max_length=14, choices=ClaimState.choices)
    words = models.TextField(blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            constraints.one_of("to_state", ClaimState, "claim_decision_state_known"),
            constraints.one_of("role", Role, "claim_decision_role_known", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.claim}"
