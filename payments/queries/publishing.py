from dataclasses import dataclass

from coprod.core.errors import RuleBroken
from groups.governance.queries import serving
from groups.notices.queries import reachable_channel
from groups.people.enums import Channel, Purpose
from groups.people.models import Person
from meetings.models import Meeting
from meetings.telling_queries import not_told
from payments.queries.claims import PAID_CAPACITIES
from payments.queries.rates import Rates, rates_on


@dataclass(frozen=True)
class Told:
    """One person publishing will write to: by which channel, and whether payment is offered."""

    person: Person
    channel: str
    is_offered: bool
    is_new: bool

    @property
    def channel_words(self) -> str:
        return Channel(self.channel).label if self.channel else "No way to reach them"


@dataclass(frozen=True)
class PublishingPlan:
    """What publishing a meeting will do. `problem` says why it cannot be done now."""

    people: list[Told]
    rates: Rates | None = None
    problem: str = ""

    @property
    def new_count(self) -> int:
        return sum(told.is_new for told in self.people)


def publishing_plan(meeting: Meeting) -> PublishingPlan:
    """Return who publishing would tell, by which channel, and whether each is offered payment."""
    already = set(meeting.invitations.values_list("person_id", flat=True))
    already -= set(not_told(meeting).values_list("person_id", flat=True))
    people = [
        Told(
            person=row.person,
            channel=reachable_channel(row.person, Purpose.MEETINGS),
            is_offered=row.person.capacity in PAID_CAPACITIES,
            is_new=row.person_id not in already,
        )
        for row in serving(meeting.group)
        if row.person.can_be_written_to
    ]
    if not any(told.is_offered for told in people):
        return PublishingPlan(people)
    try:
        return PublishingPlan(people, rates_on(meeting.date))
    except RuleBroken as refusal:
        return PublishingPlan(people, problem=str(refusal))
