import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.prepared import Prepared
from groups.governance.enums import MembershipState, OfficeKind, SeatCategory
from groups.governance.models import (
    CHAIRS,
    CategoryQuorum,
    Group,
    GroupQuerySet,
    Membership,
    Office,
    Seat,
)
from groups.people.enums import Capacity
from groups.people.models import Person


def serving(group: Group) -> list[Membership]:
    """Return who serves in the group, in seat order, with what a letter or a call needs."""
    return list(
        group.memberships.serving()
        .select_related("person", "seat")
        .prefetch_related("person__contact_points", "person__preferences")
        .order_by("seat__position", "person__known_as", "pk")
    )


def is_chair(actor: Actor, group_id: int) -> bool:
    """Tell whether the actor herself (never her supporter) chairs or co-chairs the group today."""
    if actor.person_id is None or actor.is_supporter:
        return False
    return Office.objects.of_chair(actor).filter(group_id=group_id).exists()


def is_chair_of_any(actor: Actor) -> bool:
    """Tell whether the actor herself chairs or co-chairs any group today."""
    return Office.objects.of_chair(actor).exists()


def chairs(group: Group) -> list[Office]:
    """Return the chair and co-chairs of today, by name."""
    current = group.offices.filter(kind__in=CHAIRS).current(dates.today())
    return list(current.select_related("person").order_by("person__known_as", "pk"))


def sponsor(group: Group) -> Person | None:
    """Return today's senior sponsor, if there is one."""
    held = group.offices.filter(kind=OfficeKind.SPONSOR).current(dates.today())
    office = held.select_related("person").order_by("-from_date").first()
    return office.person if office else None


@dataclass(frozen=True)
class QuorumPart:
    words: str
    needed: int
    there: int

    @property
    def is_met(self) -> bool:
        return self.there >= self.needed


@dataclass(frozen=True)
class Quorum:
    """Whether enough people, and enough of each kind, are there to decide."""

    total_needed: int
    total_there: int
    parts: tuple[QuorumPart, ...]

    @property
    def is_met(self) -> bool:
        return self.total_there >= self.total_needed and all(
            part.is_met for part in self.parts
        )

    @property
    def needs(self) -> str:
        parts = [f"{self.total_needed} people"]
        parts += [f"{part.needed} {part.words}" for part in self.parts]
        return f"{', and '.join(parts)}."

    @property
    def words(self) -> str:
        return f"{'Yes' if self.is_met else 'No'}. We need {self.needs}"


_PART_WORDS = {
    SeatCategory.MEMBER: "with lived experience",
    SeatCategory.CARER: "who are carers",
    SeatCategory.STAFF: "from the staff",
    SeatCategory.PARTNER: "from partners",
    SeatCategory.COUNCILLOR: "who are councillors",
}


def _rows_of_quorum(group_id: int) -> QuerySet[Any, tuple[str, str, int]]:
    """Return who serves in a group and how many of each kind it needs, in one statement."""
    wanted = (
        CategoryQuorum.objects.filter(group_id=group_id)
        .annotate(what=Value(_NEEDED), number=F("minimum"))
        .values_list("what", "category", "number")
    )
    serving = (
        Membership.objects.serving()
        .filter(group_id=group_id)
        .annotate(
            what=Value(_SERVES),
            category=Coalesce("seat__category", Value("")),
            number=F("person_id"),
        )
        .values_list("what", "category", "number")
    )
    return wanted.union(serving, all=True)


_NEEDED, _SERVES = "needed", "serves"
_QUORUM: Prepared[tuple[str, str, int]] = Prepared(_rows_of_quorum)


def quorum_of(group: Group, person_ids: Collection[int]) -> Quorum:
    """Return whether these people are enough to decide: in all, and by seat category.

    Only people who serve in the group count; guests and supporters do not.
    """
    there, rows = set(person_ids), sorted(_QUORUM(group.pk))
    categories = [
        category
        for what, category, person_id in rows
        if what == _SERVES and person_id in there
    ]
    parts = tuple(
        QuorumPart(
            words=_PART_WORDS[SeatCategory(category)],
            needed=minimum,
            there=categories.count(category),
        )
        for what, category, minimum in rows
        if what == _NEEDED
    )
    return Quorum(
        total_needed=group.quorum_total, total_there=len(categories), parts=parts
    )


@dataclass(frozen=True)
class SeatRow:
    seat: Seat
    person: Person | None
    membership_pk: int | None
    until: dt.date | None
    offices: tuple[str, ...]

    @property
    def needs_somebody(self) -> bool:
        return self.person is None and self.seat.lived_experience_required


def seat_rows(group: Group) -> list[SeatRow]:
    """Return every seat in order with who sits in it and what office that person holds."""
    held: dict[int, list[str]] = {}
    for office in group.offices.current(dates.today()).order_by("kind"):
        held.setdefault(office.person_id, []).append(office.get_kind_display())
    live = group.memberships.serving().select_related("person")
    taken = {row.seat_id: row for row in live if row.seat_id}
    rows = []
    for seat in group.seats.order_by("position", "pk"):
        row = taken.get(seat.pk)
        rows.append(
            SeatRow(
                seat=seat,
                person=row.person if row else None,
                membership_pk=row.pk if row else None,
                until=row.to_date if row else None,
                offices=tuple(held.get(row.person_id, ())) if row else (),
            )
        )
    return rows


def lived_experience_count(memberships: Collection[Membership]) -> int:
    """Return how many of these people have lived experience or are unpaid carers."""
    return sum(
        row.person.capacity in (Capacity.LIVED, Capacity.CARER) for row in memberships
    )


def with_counts(groups: GroupQuerySet) -> GroupQuerySet:
    """Add how many people serve in each group, and how many seats it has, in one query."""
    return groups.annotate(
        serving_count=Count(
            "memberships",
            filter=Q(memberships__state=MembershipState.SERVING),
            distinct=True,
        ),
        seat_count=Count("seats", distinct=True),
    )
