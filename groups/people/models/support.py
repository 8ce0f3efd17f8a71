from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coprod.core import constraints
from coprod.core.models import User
from groups.people.enums import GivenHow, Relation, SignInCapacity
from groups.people.models.person import Person


class SupporterQuerySet(models.QuerySet["Supporter"]):
    def current(self, day: dt.date) -> Self:
        return self.filter(from_date__lte=day, ended_at__isnull=True).filter(
            Q(to_date__isnull=True) | Q(to_date__gte=day)
        )


class Supporter(models.Model):
    """One person who helps one member, with what the member allows, until she ends it."""

    member = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="supporters"
    )
    supporter = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="supports"
    )
    relation = models.CharField(max_length=10, choices=Relation.choices)
    scopes = models.JSONField(default=list)
    agreed_how = models.CharField(max_length=10, choices=GivenHow.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SupporterQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("relation", Relation, "supporter_relation_known"),
            constraints.one_of("agreed_how", GivenHow, "supporter_agreed_how_known"),
            constraints.both_or_neither("ended_at", "ended_by", "supporter_ended_pair"),
            models.CheckConstraint(
                condition=~Q(member=models.F("supporter")),
                name="supporter_is_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supporter} supports {self.member}"


class SignIn(models.Model):
    """A key to one person's pages held by one account: her own, or as her supporter."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="sign_ins"
    )
    capacity = models.CharField(max_length=10, choices=SignInCapacity.choices)
    link = models.ForeignKey(
        Supporter,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sign_ins",
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "person", "capacity"], name="sign_in_once"
            ),
            constraints.one_of("capacity", SignInCapacity, "sign_in_capacity_known"),
            models.CheckConstraint(
                condition=Q(capacity=SignInCapacity.SELF, link__isnull=True)
                | Q(capacity=SignInCapacity.SUPPORTER, link__isnull=False),
                name="sign_in_supporter_has_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} opens {self.person}"
