from django.db import models
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.enums import ConsentPurpose, GivenHow
from groups.people.models.person import Person


class ConsentWording(models.Model):
    """The exact words read out or shown when somebody is asked to agree to one thing."""

    purpose = models.CharField(max_length=12, choices=ConsentPurpose.choices)
    number = models.PositiveSmallIntegerField()
    words = models.TextField()
    from_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "number"], name="wording_once"),
            constraints.one_of("purpose", ConsentPurpose, "wording_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, version {self.number}"


class ConsentRecord(models.Model):
    """That a person agreed to one thing, in which words, how, and when she took it back."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="consents"
    )
    wording = models.ForeignKey(
        ConsentWording, on_delete=models.PROTECT, related_name="+"
    )
    given_how = models.CharField(max_length=10, choices=GivenHow.choices)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - pair

    class Meta:
        constraints = [
            constraints.one_of("given_how", GivenHow, "consent_how_known"),
            constraints.both_or_neither(
                "withdrawn_at", "withdrawn_by", "consent_withdrawn_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.wording}"
