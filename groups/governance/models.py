from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from coprod.core import constraints, dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.governance.enums import (
    AttributionMode,
    DecisionRule,
    GroupKind,
    GroupState,
    MembershipState,
    OfficeKind,
    SeatCategory,
)
from groups.people.enums import SupportScope
from groups.people.models import Person

CHAIRS = (OfficeKind.CHAIR, OfficeKind.CO_CHAIR)


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return groups the actor may read: staff and auditors any, others those they serve in or
        sponsor."""
        if actor.can(Permission.READ_GROUPS):
            return self
        if not actor.has_scope(SupportScope.SEE):
            return self.none()
        serving = Membership.objects.serving().filter(person_id=actor.person_id or 0)
        offices = Office.objects.current(dates.today()).filter(
            person_id=actor.person_id or 0
        )
        return self.filter(
            Q(pk__in=serving.values("group_id")) | Q(pk__in=offices.values("group_id"))
        )

    def chaired_by(self, actor: Actor) -> Self:
        """Return the groups that the actor herself chairs or co-chairs today."""
        return self.filter(pk__in=Office.objects.of_chair(actor).values("group_id"))

    def with_chair(self, actor: Actor) -> Self:
        """Add `chair_id`: the actor's person where she chairs the group today, else nothing."""
        return self.annotate(chair_id=chair_of("pk", actor))


class Group(models.Model):
    """A set of people who meet to shape something together, with a remit it can rely on."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=12, choices=GroupKind.choices, default=GroupKind.PROJECT
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    state = models.CharField(
        max_length=10, choices=GroupState.choices, default=GroupState.FORMING
    )
    purpose = models.TextField()
    remit_can = models.TextField(blank=True)
    remit_influence = models.TextField(blank=True)
    remit_cannot = models.TextField(blank=True)
    remit_cannot_why = models.TextField(blank=True)
    attribution = models.CharField(
        max_length=10, choices=AttributionMode.choices, default=AttributionMode.ROLE
    )
    decision_rule = models.CharField(
        max_length=10, choices=DecisionRule.choices, default=DecisionRule.CONSENT
    )
    quorum_total = models.PositiveSmallIntegerField(default=3)
    papers_lead_days = models.PositiveSmallIntegerField(default=10)
    meets = models.CharField(max_length=200, blank=True)
    started_date = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("kind", GroupKind, "group_kind_known"),
            constraints.one_of("state", GroupState, "group_state_known"),
            constraints.one_of(
                "attribution", AttributionMode, "group_attribution_known"
            ),
            constraints.one_of("decision_rule", DecisionRule, "group_rule_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("governance:group-detail", args=[self.slug])


class CategoryQuorum(models.Model):
    """How many people of one seat category must be there before the group decides."""

    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, related_name="category_quorums"
    )
    category = models.CharField(max_length=12, choices=SeatCategory.choices)
    minimum = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "category"], name="quorum_once_per_category"
            ),
            constraints.one_of("category", SeatCategory, "quorum_category_known"),
        ]

    def __str__(self) -> str:
        return f"{self.minimum} of {self.get_category_display()}"


class Seat(models.Model):
    """A place at the table, kept for one kind of person."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="seats")
    category = models.CharField(max_length=12, choices=SeatCategory.choices)
    title = models.CharField(max_length=80, blank=True)
    lived_experience_required = models.BooleanField(default=False)
    office = models.CharField(max_length=12, choices=OfficeKind.choices, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            constraints.one_of("category", SeatCategory, "seat_category_known"),
            constraints.one_of("office", OfficeKind, "seat_office_known", blank=True),
        ]

    def __str__(self) -> str:
        return self.title or self.get_category_display()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def serving(self) -> Self:
        return self.filter(state=MembershipState.SERVING)

    def live(self) -> Self:
        return self.exclude(state=MembershipState.ENDED)


class Membership(models.Model):
    """One person's place in one group, from interest to leaving."""

    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="memberships"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships"
    )
    seat = models.ForeignKey(
        Seat,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    state = models.CharField(
        max_length=12, choices=MembershipState.choices, default=MembershipState.INVITED
    )
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", MembershipState, "membership_state_known"),
            models.UniqueConstraint(
                fields=["group", "person"],
                condition=~Q(state=MembershipState.ENDED),
                name="membership_once_while_live",
            ),
            models.UniqueConstraint(
                fields=["seat"],
                condition=~Q(state=MembershipState.ENDED) & Q(seat__isnull=False),
                name="seat_taken_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=MembershipState.ENDED) | Q(to_date__isnull=False),
                name="membership_ended_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.group}"


class OfficeQuerySet(models.QuerySet["Office"]):
    def current(self, day: dt.date) -> Self:
        return self.filter(from_date__lte=day).filter(
            Q(to_date__isnull=True) | Q(to_date__gte=day)
        )

    def of_chair(self, actor: Actor) -> Self:
        """Return the offices by which the actor chairs today. A supporter never chairs for her."""
        if actor.person_id is None or actor.is_supporter:
            return self.none()
        held = self.current(dates.today())
        return held.filter(person_id=actor.person_id, kind__in=CHAIRS)


class Office(models.Model):
    """A duty one person holds in one group for a time: chair, co-chair, minute-taker, sponsor."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="offices")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    kind = models.CharField(max_length=12, choices=OfficeKind.choices)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [constraints.one_of("kind", OfficeKind, "office_kind_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"


def chair_of(group: str, actor: Actor) -> Subquery:
    """Return the actor's person where she chairs the group at this path today, else nothing.

    Read with the row, it costs a page no statement of its own.
    """
    held = Office.objects.of_chair(actor).filter(group=OuterRef(group))
    return Subquery(held.values("person_id")[:1])
