import datetime as dt

import pytest
import time_machine

from groups.notices import periodic
from groups.notices.enums import DeliveryState
from groups.people.enums import Channel, ContactKind
from groups.people.models import ContactPoint
from tests.factories import DeliveryFactory, UserFactory

pytestmark = pytest.mark.django_db
# Ten in the evening in London, in winter.
EVENING = dt.datetime(2026, 11, 4, 22, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 11, 5, 8, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def into_files(settings):
    settings.EMAIL_THROUGH = settings.TEXT_THROUGH = "file"


def owed(channel, **values):
    delivery = DeliveryFactory(**{"channel": channel, "due_at": EVENING} | values)
    for kind in (ContactKind.TEXT, ContactKind.LANDLINE):
        ContactPoint.objects.create(
            person=delivery.person, kind=kind, value="07700 900111"
        )
    return delivery


def own(start, end):
    return {"person__quiet_from": dt.time(start), "person__quiet_until": dt.time(end)}


def after(delivery, now):
    periodic.send_due(now=now)
    delivery.refresh_from_db()
    return delivery


def test_a_text_waits_until_the_morning_and_loses_no_try():
    delivery = after(owed(Channel.TEXT), EVENING)

    assert (delivery.state, delivery.due_at) == (DeliveryState.PLANNED, MORNING)
    assert delivery.attempts == 0
    assert after(delivery, MORNING).state == DeliveryState.HANDED_OVER


def test_an_email_goes_at_night_unless_the_person_said_otherwise():
    free = after(owed(Channel.EMAIL), EVENING)
    quiet = after(owed(Channel.EMAIL, **own(20, 9)), EVENING)

    assert free.state == DeliveryState.HANDED_OVER
    assert quiet.state == DeliveryState.PLANNED
    assert quiet.due_at == MORNING + dt.timedelta(hours=1)


def test_a_persons_own_hours_stand_in_for_the_councils():
    delivery = after(owed(Channel.TEXT, **own(12, 14)), EVENING)

    assert delivery.state == DeliveryState.HANDED_OVER


def test_hours_within_one_day_end_the_same_day():
    noon = EVENING.replace(hour=13)
    delivery = after(owed(Channel.EMAIL, due_at=noon, **own(12, 14)), noon)

    assert delivery.due_at == noon.replace(hour=14)


def test_what_would_be_too_late_by_then_is_rung_instead():
    priya = UserFactory()
    delivery = owed(Channel.TEXT, expires_at=MORNING, person__staff_contact=priya)

    after(delivery, EVENING)

    assert (delivery.state, delivery.channel) == (DeliveryState.PLANNED, Channel.PHONE)
    assert delivery.owner == priya
    assert delivery.address == "07700 900111"
    assert (
        delivery.reason
        == "It would have come in their quiet hours, and later is too late."
    )


def test_what_cannot_be_rung_either_is_a_task():
    delivery = owed(Channel.TEXT, expires_at=MORNING)
    delivery.person.contact_points.filter(kind=ContactKind.LANDLINE).delete()

    after(delivery, EVENING)

    assert (delivery.state, delivery.channel) == (DeliveryState.FAILED, Channel.TEXT)


def test_what_everybody_must_hear_goes_at_night_when_later_is_too_late():
    delivery = owed(Channel.TEXT, expires_at=MORNING, notice__is_essential=True)

    assert after(delivery, EVENING).state == DeliveryState.HANDED_OVER


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # The clocks go forward at 1am: half past one does not come.
        ("2027-03-28T00:30:00+00:00", "2027-03-28T01:30:00+00:00"),
        # The clocks go back at 2am: half past one comes twice.
        ("2026-10-25T00:10:00+00:00", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T01:10:00+00:00", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_quiet_hours_end_once_on_the_nights_the_clocks_change(now, end):
    moment = dt.datetime.fromisoformat(now)
    hours = {
        "person__quiet_from": dt.time(22),
        "person__quiet_until": dt.time(1, 30),
    }
    with time_machine.travel(moment):
        delivery = after(owed(Channel.EMAIL, due_at=moment, **hours), moment)

    assert delivery.state == DeliveryState.PLANNED
    assert delivery.due_at == dt.datetime.fromisoformat(end)
