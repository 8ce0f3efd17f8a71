import datetime as dt

import pytest
import time_machine

from tests.factories import (
    AttendanceFactory,
    MeetingFactory,
    OfferFactory,
    PersonFactory,
    actor_for_person,
    make_policy,
    staff_actor,
)


@pytest.fixture
def soon_after():
    """A few weeks after the meetings of the worked sums, so that no claim comes late."""
    with time_machine.travel(dt.datetime(2026, 1, 5, 10, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def policy(db):
    return make_policy()


@pytest.fixture
def marian(db):
    return PersonFactory(known_as="Marian Okafor")


@pytest.fixture
def dot(db):
    return PersonFactory(known_as="Dot Hargreaves", channel="letter")


@pytest.fixture
def worker(db):
    return staff_actor(name="Priya Nair")


@pytest.fixture
def as_marian(marian):
    return actor_for_person(marian)


@pytest.fixture
def attended(policy):
    """Make a meeting at which somebody was, with an offer unless told otherwise."""

    def make(
        person, date=dt.date(2025, 11, 12), minutes=120, *, offered=True, group=None
    ):
        more = {"group": group} if group else {}
        meeting = MeetingFactory(date=date, **more)
        AttendanceFactory(meeting=meeting, person=person, minutes=minutes)
        if offered:
            OfferFactory(meeting=meeting, person=person)
        return meeting

    return make
