import datetime as dt

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.models import AuditEvent, Heartbeat
from groups.notices import health
from groups.notices.models import Alert
from tests.factories import (
    DeliveryFactory,
    NoticeFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
LONG_AGO = dt.timedelta(minutes=10)


def seen(name, ago=dt.timedelta(0)):
    Heartbeat.objects.update_or_create(
        name=name, defaults={"beaten_at": timezone.now() - ago}
    )


@pytest.fixture(autouse=True)
def looking():
    """Everything runs, and every page looks anew."""
    health.forget()
    seen("beat")
    seen("sweep")


def waiting(count=1, *, ago=LONG_AGO, **values):
    for _ in range(count):
        DeliveryFactory(due_at=timezone.now() - ago, **values)


def page_of(client):
    health.forget()
    return client.get("/people/").content.decode()


@pytest.fixture
def staff(client_as):
    return client_as(Role.INVOLVEMENT)


BANNER = "Something is wrong with the sending"


def test_no_banner_stands_on_a_page_when_all_is_well(staff):
    waiting(ago=dt.timedelta(minutes=2))
    waiting(channel="letter", ago=dt.timedelta(days=3))
    waiting(channel="phone", ago=dt.timedelta(days=3))
    waiting(held_until=timezone.now() + dt.timedelta(minutes=5))

    assert BANNER not in page_of(staff)


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("email", "E-mail is not going out.</b> 2 e-mails wait"),
        ("text", "Text messages are not going out.</b> 2 text messages wait"),
    ],
)
def test_the_banner_names_what_waits_for_ten_minutes(staff, channel, words):
    waiting(2, channel=channel)

    page = page_of(staff)

    assert words in page
    assert "Nothing is lost" in page
    assert "/outbox/health/" in page


def test_letters_that_a_provider_prints_are_named_too(staff, settings):
    settings.LETTERS_THROUGH = "notify"
    waiting(channel="letter")

    assert "1 letter waits" in page_of(staff)


def test_the_banner_says_that_the_worker_has_stopped_but_not_the_clock(staff):
    seen("sweep", LONG_AGO)

    page = page_of(staff)

    assert "The sending has stopped" in page
    assert "Nothing starts the sending" not in page


def test_the_banner_says_that_the_clock_has_stopped_but_accuses_no_worker(staff):
    seen("sweep", LONG_AGO)
    seen("beat", LONG_AGO)

    page = page_of(staff)

    assert "Nothing starts the sending" in page
    assert "The sending has stopped" not in page


def test_a_service_started_for_the_first_time_is_given_time():
    Heartbeat.objects.all().delete()
    found = health.look()

    assert found.troubles(up_for=dt.timedelta(minutes=1)) == []
    assert len(found.troubles(up_for=dt.timedelta(minutes=4))) == 1


@pytest.mark.parametrize("role", [Role.APPROVER, Role.FINANCE, Role.SPONSOR])
def test_other_staff_see_the_banner_without_a_link_they_may_not_open(client_as, role):
    seen("beat", LONG_AGO)
    client = client_as(role, fresh=True)

    page = client.get("/").content.decode()

    assert BANNER in page
    assert "/outbox/health/" not in page
    assert client.get("/outbox/health/").status_code == 404


def test_neither_members_nor_visitors_see_the_banner(client, client_as):
    seen("beat", LONG_AGO)
    _, user = member_with_account()

    assert BANNER not in client_as(user).get("/").content.decode()
    assert BANNER not in client.get("/accounts/login/").content.decode()
    assert BANNER in page_of(client_as(Role.INVOLVEMENT))


def test_the_banner_costs_one_statement_and_is_kept(staff):
    waiting(2)
    Alert.objects.create(kind="count", about="2026-11-03", words="x")
    staff.get("/people/")
    with CaptureQueriesContext(connection) as kept:
        staff.get("/people/")
    health.forget()
    with CaptureQueriesContext(connection) as anew:
        staff.get("/people/")

    assert len(anew) == len(kept) + 1


def test_a_database_that_does_not_answer_breaks_no_page(staff):
    broken = []

    def refuse(execute, sql, params, many, context):
        if "core_heartbeat" in sql:
            broken.append(sql)
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    health.forget()
    with connection.execute_wrapper(refuse):
        assert health.lately() is None
        page = staff.get("/people/")

    assert len(broken) == 1
    assert page.status_code == 200
    assert BANNER not in page.content.decode()


def test_readyz_says_that_every_part_is_well(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "queue": "ok",
        "worker": "ok",
        "beat": "ok",
        "oldest_waiting_seconds": 0,
    }


@pytest.mark.parametrize(
    ("stopped", "worker", "beat"),
    [
        (["sweep"], "not seen", "ok"),
        (["beat"], "ok", "not seen"),
        (["sweep", "beat"], "not rung", "not seen"),
    ],
)
def test_readyz_tells_a_stopped_worker_from_a_stopped_clock(
    client, stopped, worker, beat
):
    for name in stopped:
        seen(name, LONG_AGO)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert (answer.json()["worker"], answer.json()["beat"]) == (worker, beat)


def test_readyz_says_how_old_the_queue_is(client):
    waiting(ago=dt.timedelta(minutes=30))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["queue"] == "late"
    assert 1795 <= answer.json()["oldest_waiting_seconds"] <= 1805


def test_readyz_says_that_the_database_does_not_answer(client):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "does not answer"}


def test_readyz_asks_one_statement(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_of_health_asks_a_fixed_number_of_times(
    staff, django_assert_num_queries, count
):
    for number in range(count):
        waiting()
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        for kind in (None, UserFactory()):
            Alert.objects.create(
                kind="count",
                about=(day if kind else day.replace(year=2025)).isoformat(),
                words="x",
                dealt_with_at=timezone.now() if kind else None,
                dealt_with_by=kind,
            )
    staff.get("/outbox/health/")

    health.keep(health.Health.good())
    with django_assert_num_queries(7):
        assert staff.get("/outbox/health/").status_code == 200


def test_the_page_of_health_shows_each_channel_and_who_takes_it(staff, settings):
    settings.EMAIL_THROUGH, settings.TEXT_THROUGH = "notify", ""
    seen("compared")
    waiting(3)
    DeliveryFactory(
        state="delivered",
        sent_at=timezone.now(),
        sent_by_name="x",
        receipt_at=timezone.now(),
    )

    page = staff.get("/outbox/health/").content.decode()

    for words in (
        "GOV.UK Notify",
        "Not set up: each is a task for the team",
        "Printed and posted by the team",
        "3, the oldest since",
        "everything adds up",
        "We last heard that one arrived or not",
        "Nothing to look at",
    ):
        assert words in page


def test_the_page_of_health_says_what_has_stopped(staff):
    seen("sweep", LONG_AGO)

    page = staff.get("/outbox/health/").content.decode()

    assert "Has stopped" in page
    assert "No day has been compared yet." in page


def missing_a_reminder():
    NoticeFactory(
        stage="reminder-7",
        occasion="meeting.reminder",
        planned_at=dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC),
    )


def test_an_alert_stands_on_every_staff_page_until_somebody_deals_with_it(staff):
    missing_a_reminder()
    with pytest.raises(Exception, match="went to nobody"):
        call_command("compare_messages", day="2026-11-03")
    alert = Alert.objects.get()

    before = page_of(staff)
    answer = staff.post(alert.get_absolute_url(), {"note": "Nobody said yes."})
    after = page_of(staff)

    assert "1 alert waits for somebody" in before
    assert answer.headers["Location"] == "/outbox/health/"
    assert BANNER not in after
    alert.refresh_from_db()
    assert alert.outcome == "Nobody said yes."
    assert alert.dealt_with_by is not None
    assert AuditEvent.objects.filter(verb="dealt with alert").count() == 1
    page = staff.get("/outbox/health/").content.decode()
    assert "Messages do not add up: Tuesday 3 November 2026" in page
    assert "Nobody said yes." in page


def test_an_alert_is_dealt_with_once(staff):
    alert = Alert.objects.create(kind="count", about="2026-11-03", words="x")
    staff.post(alert.get_absolute_url(), {"note": "First."})

    answer = staff.post(alert.get_absolute_url(), {"note": "Second."})

    assert "Somebody has already sorted this out." in answer.content.decode()
    alert.refresh_from_db()
    assert alert.outcome == "First."


def put_off(**values):
    waiting(attempts=3, ago=-dt.timedelta(minutes=15), **values)


def test_the_banner_names_what_a_provider_puts_off_again_and_again(staff):
    put_off()

    assert "1 e-mail waits, and each was tried three times" in page_of(staff)


def test_one_message_put_off_is_nothing_while_others_go(staff):
    put_off()
    DeliveryFactory(
        state="handed_over", sent_at=timezone.now(), sent_by_name="Your Voice"
    )

    assert BANNER not in page_of(staff)
