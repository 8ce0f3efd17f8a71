from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils import timezone

from coprod.core import addresses, constraints, dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.models import User
from coprod.core.references import new_reference
from groups.people import languages
from groups.people.enums import (
    Capacity,
    Channel,
    ContactKind,
    Language,
    PersonState,
    PrintSize,
    Purpose,
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

    def standing(self, state: str) -> Self:
        """Return people in a state as the clock has it: after a break one takes part again."""
        over = Q(state=PersonState.PAUSED, paused_until__lt=dates.today())
        if state == PersonState.ACTIVE:
            return self.filter(Q(state=state) | over)
        if state == PersonState.PAUSED:
            return self.filter(state=state).exclude(over)
        return self.filter(state=state)

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
    # Her letters and e-mails begin and end in it; staff write the rest in English.
    language = models.CharField(
        max_length=10, choices=Language.choices, default=Language.ENGLISH
    )
    call_after = models.TimeField(null=True, blank=True)
    call_before = models.TimeField(null=True, blank=True)
    voicemail_ok = models.BooleanField(default=False)
    # No e-mail and no text between these times; past midnight when the first is the later one.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # What can wait comes together, once a week.
    wants_digest = models.BooleanField(default=False)
    # The last day of a break, when the person said how long it is.
    paused_until = models.DateField(null=True, blank=True)
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
            constraints.one_of("language", Language, "person_language_known"),
            constraints.both_or_neither(
                "quiet_from", "quiet_until", "person_quiet_hours_pair"
            ),
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
    def can_be_written_to(self) -> bool:
        return self.state not in (
            PersonState.LEFT,
            PersonState.DECEASED,
            PersonState.ANONYMISED,
        )

    @property
    def other_language(self) -> str:
        """The language she is written to in, in words; empty when it is English."""
        is_english = self.language == Language.ENGLISH
        return "" if is_english else str(Language(self.language).label)

    @property
    def greeting(self) -> languages.Greeting:
        """How a message to her begins and ends."""
        return languages.greeting_in(self.language, self.known_as)

    def is_on_a_break(self, day: dt.date | None = None) -> bool:
        """Tell whether she takes a break on a day (today), by the clock and not by any job."""
        last = self.paused_until
        ahead = last is None or (day or dates.today()) <= last
        return self.state == PersonState.PAUSED and ahead

    @property
    def standing(self) -> PersonState:
        """Where she stands today: when her break is over, she takes part again."""
        if self.state == PersonState.PAUSED and not self.is_on_a_break():
            return PersonState.ACTIVE
        return PersonState(self.state)

    @property
    def standing_words(self) -> str:
        words = str(self.standing.label)
        if self.standing == PersonState.PAUSED and self.paused_until is not None:
            return f"{words} until {dates.long_date(self.paused_until)}"
        return words


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
            # Nobody stopped it: what we sent there came back, and the reason says so.
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False)
                | (Q(stopped_at__isnull=False) & ~Q(stopped_reason="")),
                name="contact_stopped_by_or_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class ChannelPreference(models.Model):
    """How a person wants to hear about one kind of thing, or that she does not want to.

    Without a channel it comes the same way as everything, without a size in the same print.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="preferences"
    )
    purpose = models.CharField(
        max_length=12, choices=Purpose.choices, default=Purpose.EVERYTHING
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    # Her own size of print for this kind of thing; without one, the size of all her letters.
    print_size = models.PositiveSmallIntegerField(
        choices=PrintSize.choices, null=True, blank=True
    )
    is_wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], name="preference_once"
            ),
            constraints.one_of(
                "channel", Channel, "preference_channel_known", blank=True
            ),
            constraints.one_of("purpose", Purpose, "preference_purpose_known"),
            constraints.one_of("print_size", PrintSize, "preference_print_size_known"),
        ]

    def __str__(self) -> str:
        way = self.get_channel_display() or "the same way as everything"
        return f"{self.get_purpose_display()}: {way}"
