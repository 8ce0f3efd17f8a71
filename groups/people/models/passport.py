from django.db import models
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.enums import NeedCategory
from groups.people.models.person import Person


class AccessPassport(models.Model):
    """What a member told us once about joining in. She owns it; we carry it to each meeting."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="passport"
    )
    own_words = models.TextField(blank=True)
    agreed_to_share_at = models.DateTimeField(null=True, blank=True)
    agreed_to_share_by = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - pair

    class Meta:
        constraints = [
            constraints.both_or_neither(
                "agreed_to_share_at", "agreed_to_share_by", "passport_agreed_pair"
            )
        ]

    def __str__(self) -> str:
        return f"Access passport of {self.person}"


class AccessNeed(models.Model):
    """One thing a person needs so that she can take part."""

    passport = models.ForeignKey(
        AccessPassport, on_delete=models.CASCADE, related_name="needs"
    )
    category = models.CharField(max_length=10, choices=NeedCategory.choices)
    detail = models.CharField(max_length=300)
    must = models.BooleanField(default=False)
    for_meetings = models.BooleanField(default=True)
    lead_days = models.PositiveSmallIntegerField(default=5)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            constraints.one_of("category", NeedCategory, "need_category_known"),
            constraints.both_or_neither("ended_at", "ended_by", "need_ended_pair"),
        ]

    def __str__(self) -> str:
        return self.detail
