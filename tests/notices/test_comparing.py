import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coprod.core.models import AuditEvent, Heartbeat
from groups.notices import comparing
from groups.notices.actions import alerts
from groups.notices.comparing import Expected
from groups.notices.enums import DeliveryState
from groups.notices.models import Alert
from groups.notices.periodic import compare
from tests.factories import DeliveryFactory, NoticeFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 3)
ON_THE_DAY = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
MORNING_AFTER = dt.datetime(2026, 11, 4, 6, 30, tzinfo=dt.UTC)


@pytest.fixture
def rooms():
    """A room above that says whom it should have told; nothing else is asked."""
    before = dict(comparing._sources)
    comparing._sources.clear()
    wanted = []
    comparing.register("test room", lambda day: [each for each in wanted if day == DAY])
    yield wanted
    comparing._sources.clear()
    comparing._sources.update(before)


def expected(notice, person):
    return Expected(
        notice.occasion, notice.about, notice.version, notice.stage, person.pk
    )


SENT = {
    "state": DeliveryState.HANDED_OVER,
    "sent_at": ON_THE_DAY,
    "sent_by_name": "Your Voice",
}


def test_a_day_adds_up_when_everybody_expected_has_a_row(rooms):
    sent = DeliveryFactory(due_at=ON_THE_DAY, **SENT)
    called_off = DeliveryFactory(due_at=ON_THE_DAY, state=DeliveryState.WITHDRAWN)
    rooms += [expected(row.notice, row.person) for row in (sent, called_off)]

    found = comparing.compare(DAY)

    assert found.adds_up
    assert found.expected == 2
    assert found.words == ""


def test_a_person_without_a_row_does_not_add_up(rooms):
    sent = DeliveryFactory(due_at=ON_THE_DAY, **SENT)
    forgotten = PersonFactory(known_as="Marian Okafor")
    rooms += [expected(sent.notice, sent.person), expected(sent.notice, forgotten)]

    found = comparing.compare(DAY)

    assert not found.adds_up
    assert found.words == "1 person has no message about “test.occasion” (test room)."


@pytest.mark.parametrize(
    "other",
    [{"version": 2}, {"stage": "reminder-7"}, {"occasion": "test.else"}],
)
def test_a_row_of_another_version_stage_or_occasion_does_not_count(rooms, other):
    wanted = DeliveryFactory(due_at=ON_THE_DAY, **SENT)
    rooms.append(expected(wanted.notice, wanted.person))
    assert comparing.compare(DAY).adds_up

    for name, value in other.items():
        setattr(wanted.notice, name, value)
    wanted.notice.save()

    assert comparing.compare(DAY).missing == (("test room", "test.occasion", 1),)


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.CLAIMED])
def test_what_was_due_and_reached_no_end_does_not_add_up(rooms, state):
    DeliveryFactory(due_at=ON_THE_DAY, state=state)
    DeliveryFactory(due_at=ON_THE_DAY, state=state, channel="phone")
    DeliveryFactory(due_at=ON_THE_DAY, state=state, channel="phone")
    DeliveryFactory(due_at=ON_THE_DAY + dt.timedelta(days=1), state=state)
    DeliveryFactory(due_at=ON_THE_DAY - dt.timedelta(days=1), state=state)

    found = comparing.compare(DAY)

    assert found.words == (
        "1 e-mail that was due on this day has not gone.\n"
        "2 calls that were due on this day have not gone."
    )


@pytest.mark.parametrize(
    "state",
    [DeliveryState.FAILED, DeliveryState.TOO_LATE, DeliveryState.UNCERTAIN],
)
def test_what_ended_badly_is_in_the_outbox_and_not_counted_again(rooms, state):
    DeliveryFactory(due_at=ON_THE_DAY, state=state)

    assert comparing.compare(DAY).adds_up


def test_a_day_ends_at_midnight_in_london(rooms):
    summer = dt.date(2026, 7, 1)
    DeliveryFactory(due_at=dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC))

    assert not comparing.compare(summer).adds_up
    assert comparing.compare(summer - dt.timedelta(days=1)).adds_up


def test_a_reminder_that_went_to_nobody_is_reported(rooms):
    NoticeFactory(stage="reminder-7", planned_at=ON_THE_DAY)
    NoticeFactory(stage="first", planned_at=ON_THE_DAY)

    found = comparing.compare(DAY)

    assert found.words == "1 reminder about “test.occasion” went to nobody."


def test_a_difference_raises_one_alert_however_often_it_is_found(rooms, caplog):
    person = PersonFactory(known_as="Marian Okafor")
    rooms.append(Expected("test.occasion", "T-1", 1, "first", person.pk))

    for _ in range(3):
        alerts.compare_day(day=DAY)

    alert = Alert.objects.get()
    assert (alert.kind, alert.about) == ("count", "2026-11-03")
    assert "no message about “test.occasion”" in alert.words
    assert AuditEvent.objects.filter(verb="raised alert").count() == 1
    assert "Marian" not in alert.words + caplog.text


def test_an_alert_that_is_dealt_with_stays_so(rooms):
    DeliveryFactory(due_at=ON_THE_DAY)
    alerts.compare_day(day=DAY)
    Alert.objects.update(
        words="As it was.", dealt_with_at=ON_THE_DAY, dealt_with_by=UserFactory()
    )

    alerts.compare_day(day=DAY)

    assert Alert.objects.get().words == "As it was."


def days(found):
    return [comparison.day.day for comparison in found]


def test_each_day_is_compared_once_in_the_morning_after_it(rooms):
    DeliveryFactory(due_at=ON_THE_DAY)

    night = alerts.compare_due(now=MORNING_AFTER - dt.timedelta(hours=2))
    morning = alerts.compare_due(now=MORNING_AFTER)
    later = alerts.compare_due(now=MORNING_AFTER + dt.timedelta(hours=5))
    next_day = alerts.compare_due(now=MORNING_AFTER + dt.timedelta(days=1))

    assert [days(each) for each in (night, morning, later, next_day)] == [
        [],
        [3],
        [],
        [4],
    ]
    assert Alert.objects.count() == 1


def test_days_that_nobody_compared_are_compared_when_the_clock_is_back(rooms):
    alerts.compare_due(now=MORNING_AFTER)

    found = alerts.compare_due(now=MORNING_AFTER + dt.timedelta(days=3))

    assert days(found) == [4, 5, 6]


def test_a_comparison_that_dies_is_done_again(rooms):
    def dies(day):
        raise OSError("dead")

    comparing.register("dies", dies)
    with pytest.raises(OSError, match="dead"):
        alerts.compare_due(now=MORNING_AFTER)
    comparing.unregister("dies")

    assert days(alerts.compare_due(now=MORNING_AFTER)) == [3]


def test_the_worker_compares(rooms, time_machine):
    time_machine.move_to(MORNING_AFTER)

    compare()

    assert Heartbeat.objects.get(name="compared").beaten_at == MORNING_AFTER


def test_the_command_says_that_a_day_adds_up(rooms):
    out = StringIO()

    call_command("compare_messages", day="2026-11-03", stdout=out)

    assert out.getvalue() == "2026-11-03: 0 expected\nEverything adds up.\n"


def test_the_command_fails_when_a_day_does_not_add_up(rooms):
    DeliveryFactory(due_at=ON_THE_DAY)

    with pytest.raises(CommandError, match="1 e-mail that was due") as failed:
        call_command("compare_messages", day="2026-11-03", stdout=StringIO())

    assert failed.value.returncode == 1
    assert Alert.objects.get().about == "2026-11-03"


def test_the_command_asks_for_a_day_it_can_read(rooms):
    with pytest.raises(CommandError, match="Write the day like"):
        call_command("compare_messages", day="yesterday")
