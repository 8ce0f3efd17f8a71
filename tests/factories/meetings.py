import datetime as dt

import factory

from coprod.core import dates
from groups.governance.enums import AttributionMode
from meetings.enums import (
    AttendanceStatus,
    ItemPurpose,
    JoinMode,
    MeetingMode,
    MeetingState,
)
from meetings.models import (
    AgendaItem,
    Attendance,
    Invitation,
    Meeting,
    Minutes,
    Paper,
    Series,
)
from tests.factories.core import UserFactory
from tests.factories.governance import GroupFactory
from tests.factories.people import PersonFactory


class MeetingFactory(factory.django.DjangoModelFactory):
    """A published two-hour hybrid meeting; the instants follow from the wall-clock times."""

    class Meta:
        model = Meeting

    group = factory.SubFactory(GroupFactory)
    date = dt.date(2026, 12, 8)
    start_time = dt.time(10, 0)
    end_time = dt.time(12, 0)
    starts_at = factory.LazyAttribute(
        lambda o: dates.wall_to_instant(o.date, o.start_time)
    )
    ends_at = factory.LazyAttribute(lambda o: dates.wall_to_instant(o.date, o.end_time))
    mode = MeetingMode.HYBRID
    venue = "Millbrook Library, Room 2"
    state = MeetingState.PUBLISHED
    planned_by = factory.SubFactory(UserFactory)
    published_at = factory.LazyAttribute(
        lambda o: (
            None
            if o.state == MeetingState.PLANNED
            else o.starts_at - dt.timedelta(days=20)
        )
    )
    published_by = factory.LazyAttribute(
        lambda o: None if o.state == MeetingState.PLANNED else o.planned_by
    )


class SeriesFactory(factory.django.DjangoModelFactory):
    """Every month on the second Tuesday, 10am to 12pm, from December 2026; it has no meeting yet."""

    class Meta:
        model = Series

    group = factory.SubFactory(GroupFactory)
    rule = "FREQ=MONTHLY;BYDAY=2TU"
    first_date = dt.date(2026, 12, 8)
    last_date = dt.date(2027, 5, 11)
    start_time = dt.time(10, 0)
    end_time = dt.time(12, 0)
    made_by = factory.SubFactory(UserFactory)


class AgendaItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Item {n}")
    purpose = ItemPurpose.DISCUSSION


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paper

    item = factory.SubFactory(AgendaItemFactory)
    title = "What we found"
    body = "Eleven people tried a reminder box."


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    status = AttendanceStatus.PRESENT
    join_mode = JoinMode.ROOM
    minutes = 120


class MinutesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory, state=MeetingState.RECORDED)
    attribution = AttributionMode.ROLE
