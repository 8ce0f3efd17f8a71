"""The list of people, found, filtered and turned page by page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.nested import Count, Lists, Rows, same
from groups.people.enums import Channel, ContactKind, PersonState, Purpose
from groups.people.models import (
    AccessNeed,
    ChannelPreference,
    ContactPoint,
    Person,
    Topic,
)
from groups.people.queries.flags import Flag, Reach, flags_of, reach_of, state_colour
from groups.people.queries.wishes import fallback_channel

PER_PAGE = 20
# Counting stops here, so that a page of 200,000 people costs what a page of 1,000 does.
MOST_COUNTED = 1000
EVERYBODY = "everybody"


@dataclass(frozen=True)
class PeopleFilter:
    """What somebody is looking for; empty means everybody on the network."""

    words: str = ""
    state: str = ""
    channel: str = ""
    topic: str = ""

    @property
    def is_empty(self) -> bool:
        return self == PeopleFilter()


@dataclass
class PersonRow:
    """One line of the list."""

    person: Person
    reach: list[Reach]
    flags: list[Flag]
    may_see_needs: bool
    groups: list[str]

    @property
    def state_tag(self) -> str:
        """The state in words, unless it is the usual one."""
        usual = self.person.standing == PersonState.ACTIVE
        return "" if usual else self.person.standing_words

    @property
    def state_colour(self) -> str:
        return state_colour(self.person.standing)


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list. `before` and `after` are references to turn the page from."""

    rows: list[PersonRow]
    count: int
    before: str
    after: str

    @property
    def is_counted(self) -> bool:
        """Tell whether `count` is the whole truth, not where the counting stopped."""
        return self.count <= MOST_COUNTED


def topics() -> list[Topic]:
    """Return every topic that somebody can be interested in, by name."""
    return list(Topic.objects.order_by("name", "pk"))


def people_page(
    actor: Actor, wanted: PeopleFilter, *, after: str = "", before: str = ""
) -> PeoplePage:
    """Return a page of people by name, starting after or ending before a reference.

    Two statements, whatever the number of people or rows. Pages are turned from a person, not by
    counting rows, so the last page costs what the first does.
    """
    found = filtered(Person.objects.visible_to(actor), wanted)
    counted = Count(found.order_by().values("pk")[: MOST_COUNTED + 1])
    window = _window(found.annotate(found_count=counted), after, before)
    people = list(window[: PER_PAGE + 1])
    is_more = len(people) > PER_PAGE
    people = people[:PER_PAGE]
    if before:
        people.reverse()
    more_before, more_after = (is_more, True) if before else (bool(after), is_more)
    may_see = actor.can(Permission.SEE_ACCESS_NEEDS)
    lists = _LISTS.around([person.pk for person in people])
    return PeoplePage(
        rows=[
            _row(person, lists[person.pk], may_see_needs=may_see) for person in people
        ],
        count=getattr(people[0], "found_count", 0) if people else 0,
        before=people[0].reference if people and more_before else "",
        after=people[-1].reference if people and more_after else "",
    )


def filtered(people: QuerySet[Person], wanted: PeopleFilter) -> QuerySet[Person]:
    """Return the people who fit a filter."""
    if wanted.words:
        people = people.search(wanted.words)  # type: ignore[attr-defined]  # our own queryset
    if wanted.state in PersonState.values:
        people = people.standing(wanted.state)  # type: ignore[attr-defined]  # our own queryset
    elif wanted.state != EVERYBODY:
        people = people.on_the_network()  # type: ignore[attr-defined]  # our own queryset
    if wanted.channel in Channel.values:
        people = people.filter(_hears_by(wanted.channel))
    if wanted.topic:
        people = people.filter(interests__topic_id=wanted.topic)
    return people


def _hears_by(channel: str) -> Q:
    """Return people who asked for a channel, or get it because they have not said."""
    asked = ChannelPreference.objects.filter(
        person=OuterRef("pk"), purpose=Purpose.EVERYTHING
    )
    points = ContactPoint.objects.filter(person=OuterRef("pk"), stopped_at__isnull=True)
    has_email = Exists(points.filter(kind=ContactKind.EMAIL))
    has_post = Exists(points.filter(kind=ContactKind.POST))
    by_default = {
        Channel.EMAIL: Q(has_email),
        Channel.LETTER: ~Q(has_email) & Q(has_post),
        Channel.PHONE: ~Q(has_email) & ~Q(has_post),
        # Nobody is texted who has not asked for it.
        Channel.TEXT: Q(pk__in=[]),
    }[Channel(channel)]
    return Q(Exists(asked.filter(channel=channel))) | (~Q(Exists(asked)) & by_default)


def _columns(_today: dt.date) -> dict[str, Rows]:
    mine = {"person": OuterRef("pk")}
    needs = AccessNeed.objects.filter(
        passport__person=OuterRef("pk"), ended_at__isnull=True
    )
    # The room of groups is above this one, so its names come by relation.
    served = Person.objects.filter(pk=OuterRef("pk"), memberships__state="serving")
    return {
        "points": Rows(
            ContactPoint.objects.filter(stopped_at__isnull=True, **mine), kind="kind"
        ),
        "asked": Rows(
            ChannelPreference.objects.filter(purpose=Purpose.EVERYTHING, **mine),
            channel="channel",
        ),
        "needs": Rows(
            needs.order_by("-must", "pk"), **same("category", "detail", "must")
        ),
        "groups": Rows(
            served.order_by("memberships__group__name"), name="memberships__group__name"
        ),
    }


_LISTS = Lists(Person, _columns, most=PER_PAGE)


def _window(people: QuerySet[Person], after: str, before: str) -> QuerySet[Person]:
    turned_on = Person.objects.filter(reference=before or after)
    name, pk = Subquery(turned_on.values("known_as")), Subquery(turned_on.values("pk"))
    if before:
        earlier = Q(known_as__lt=name) | Q(known_as=name, pk__lt=pk)
        return people.filter(earlier, known_as__lte=name).order_by("-known_as", "-pk")
    if after:
        later = Q(known_as__gt=name) | Q(known_as=name, pk__gt=pk)
        people = people.filter(later, known_as__gte=name)
    return people.order_by("known_as", "pk")


def _row(
    person: Person, lists: Mapping[str, list[Any]], *, may_see_needs: bool
) -> PersonRow:
    kinds = [point["kind"] for point in lists["points"]]
    asked = [row["channel"] for row in lists["asked"]]
    return PersonRow(
        person=person,
        reach=reach_of(person, asked[0] if asked else fallback_channel(kinds), kinds),
        flags=flags_of(person, kinds, lists["needs"]) if may_see_needs else [],
        may_see_needs=may_see_needs,
        groups=[row["name"] for row in lists["groups"]],
    )
