"""Groups and who serves in them."""

import datetime as dt
from dataclasses import dataclass

from coprod.home.bulk.people import Known
from coprod.home.bulk.rows import CHANCE, TOWNS, save, write
from groups.governance.enums import (
    GroupState,
    MembershipState,
    OfficeKind,
    SeatCategory,
)
from groups.governance.models import Group, Membership, Office, Seat

_THEMES = [
    "Technology at Home",
    "Getting About",
    "Carers’ Voice",
    "Homes for Life",
    "Living with Dementia",
    "Good Mornings",
    "Out and About",
    "Work and Skills",
]


@dataclass(frozen=True)
class Gathered:
    """A group and the people who serve in it."""

    group: Group
    people: list[Known]


def _group(number: int, started: dt.date) -> Group:
    return Group(
        slug=f"bulk-group-{number}",
        name=f"{CHANCE.choice(_THEMES)}, {CHANCE.choice(TOWNS)} {number}",
        state=GroupState.ACTIVE,
        purpose="To shape services together with the people who use them.",
        remit_can="How the service works from day to day.",
        remit_influence="What is bought and from whom.",
        remit_cannot="How much money there is.",
        remit_cannot_why="The council sets its budget in public each March.",
        started_date=started,
    )


def gather(
    count: int, size: int, people: list[Known], started: dt.date
) -> list[Gathered]:
    """Write groups of one size, each with seats, members and a chair."""
    groups = save(Group, (_group(number, started) for number in range(1, count + 1)))
    gathered = [Gathered(group, CHANCE.sample(people, size)) for group in groups]
    seats = iter(
        save(
            Seat,
            (
                Seat(group=each.group, category=SeatCategory.MEMBER, position=position)
                for each in gathered
                for position in range(1, size + 1)
            ),
        )
    )
    write(
        Membership,
        (
            Membership(
                group=each.group,
                person_id=person.pk,
                seat=next(seats),
                state=MembershipState.SERVING,
                from_date=started,
            )
            for each in gathered
            for person in each.people
        ),
    )
    write(
        Office,
        (
            Office(
                group=each.group,
                person_id=each.people[0].pk,
                kind=OfficeKind.CHAIR,
                from_date=started,
            )
            for each in gathered
        ),
    )
    return gathered
