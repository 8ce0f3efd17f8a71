from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils import timezone

from coprod.core import addresses, constraints
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.people.enums import (
    Capacity,
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    NeedCategory,
    PersonState,
    PrintSize,
    Purpose,
    Relation,
    SignInCapacity,
)

LONGEST_NAME = 120
# Fewer digits than this are part of a reference, not of a telephone number.
SHORTEST_NUMBER = 5


def person_reference() -> str:
    return new_reference("P")


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return people whose record the actor may open: staff any, others herself."""
        if actor.can(Permission.SEE_PEOPLE):
            return self
        if actor.person_id is not None:
            return self.filter(pk=actor.person_id)
        return self.none()

    def on_the_network(self) -> Self:
        return self.exclude(
            state__in=[PersonState.LEFT, PersonState.DECEASED, PersonState.ANONYMISED]
        )

    def search(self, words: str) -> Self:
        """Find by any part of the name, by reference, or by telephone number."""
        digits = "".join(char for char in words if char.isdigit())
        if len(digits) >= SHORTEST_NUMBER and not any(char.isalpha() for char in words):
            return self.filter(pk__in=_rung_on(digits))
        found = self
        for word in words.split()[:6]:
            found = found.filter(
                Q(known_as__icontains=word) | Q(reference__iexact=word)
            )
        return found


def _rung_on(digits: str) -> models.QuerySet[ContactPoint, int]:
    """Return the people with this number, however it was typed: 01632 and +44 1632 are one."""
    tail = digits.removeprefix("44").removeprefix("0")
    bare = Replace("value", Value(" "), Value(""), output_field=models.TextField())
    live = ContactPoint.objects.filter(stopped_at__isnull=True)
    return (
        live.annotate(bare=bare)
        .filter(bare__contains=tail)
        .values_list("person_id", flat=True)
    )


class Person(models.Model):
    """Somebody we know: a member, a supporter, staff or a partner. No e-mail or account needed."""

    reference = models.CharField(max_length=20, unique=True, default=person_reference)
    known_as = models.CharField(max_length=LONGEST_NAME, db_index=True)
    capacity = models.CharField(
        max_length=20, choices=Capacity.choices, default=Capacity.LIVED
    )
    job_title = models.CharField(max_length=120, blank=True)
    organisation = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=20, choices=PersonState.choices, default=PersonState.WELCOMING
    )
    heard_from = models.CharField(max_length=200, blank=True)
    print_size = models.PositiveSmallIntegerField(
        choices=PrintSize.choices, default=PrintSize.STANDARD
    )
    call_after = models.TimeField(null=True, blank=True)
    call_before = models.TimeField(null=True, blank=True)
    voicemail_ok = models.BooleanField(default=False)
    staff_contact = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.one_of("state", PersonState, "person_state_known"),
            constraints.one_of("capacity", Capacity, "person_capacity_known"),
            constraints.one_of("print_size", PrintSize, "person_print_size_known"),
        ]
        indexes = [
            models.Index(fields=["known_as", "id"], name="person_by_name"),
            models.Index(
                fields=["state", "known_as", "id"], name="person_by_state_and_name"
            ),
        ]

    def __str__(self) -> str:
        return self.known_as

    def get_absolute_url(self) -> str:
        return addresses.address("people:detail", self.reference)

    @property
    def first_name(self) -> str:
        return self.known_as.split(" ")[0]

    @property
    def can_be_written_to(self) -> bool:
        return self.state not in (
            PersonState.LEFT,
            PersonState.DECEASED,
            PersonState.ANONYMISED,
        )


class ContactPoint(models.Model):
    """One way to reach a person. The value is not unique and is nobody's identity."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="contact_points"
    )
    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    value = models.TextField()
    postcode = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=200, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            constraints.one_of("kind", ContactKind, "contact_kind_known"),
            constraints.both_or_neither(
                "stopped_at", "stopped_by", "contact_stopped_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class ChannelPreference(models.Model):
    """How a person wants to hear about one kind of thing."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="preferences"
    )
    purpose = models.CharField(
        max_length=12, choices=Purpose.choices, default=Purpose.EVERYTHING
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], name="preference_once"
            ),
            constraints.one_of("channel", Channel, "preference_channel_known"),
            constraints.one_of("purpose", Purpose, "preference_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_channel_display()}"


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


class Topic(models.Model):
    """Something people can be interested in, like technology at home."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Interest(models.Model):
    """A person wants to hear about a topic."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="interests"
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="interests")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="interest_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.topic}"


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
