"""A mail server that is down for a day: nothing is lost, staff are told, and it drains at once."""

import datetime as dt
import email
import email.policy
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from coprod.core import tasks
from coprod.core.enums import Role
from groups.notices import health
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, NoticeFactory
from tests.notices import smtp_sink

pytestmark = pytest.mark.django_db
DOWN_AT = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
BACK_AT = DOWN_AT + 24 * HOUR
BANNER = "E-mail is not going out"


@pytest.fixture
def sink(settings):
    with smtp_sink.running() as running:
        settings.EMAIL_THROUGH = "smtp"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def nobody_listens(sink, settings):
    settings.EMAIL_PORT = 9


def it_hangs_up(sink, settings):
    sink.hangs_up_at += ["EHLO", "HELO"] * 10_000


def it_says_not_now(sink, settings):
    sink.answers["MAIL"] = "451 not now"


def it_is_back(sink, settings):
    settings.EMAIL_PORT = sink.port
    sink.hangs_up_at.clear()
    sink.answers.clear()


def owe(sink):
    """Word to 30 people through the day, and reminders whose time passes before it is over."""
    notice = NoticeFactory(occasion="minutes.draft")
    for number in range(30):
        DeliveryFactory(notice=notice, due_at=DOWN_AT + number * 48 * MINUTE)
    reminder = NoticeFactory(occasion="meeting.reminder", stage="reminder-2")
    for number in range(20):
        due_at = DOWN_AT + number * HOUR
        DeliveryFactory(notice=reminder, due_at=due_at, expires_at=due_at + 2 * HOUR)


def sweep(now):
    call_command("send_due", at=now.isoformat(), stdout=StringIO())


def page_of(client):
    health.forget()
    return client.get("/people/").content.decode()


@pytest.mark.parametrize("how", [nobody_listens, it_hangs_up, it_says_not_now])
def test_a_day_without_the_mail_server_loses_nothing(
    how, sink, settings, client_as, time_machine
):
    owe(sink)
    how(sink, settings)
    told_after = None
    now = DOWN_AT
    while now < BACK_AT:
        time_machine.move_to(now, tick=False)
        tasks.beat("beat")
        tasks.beat("sweep")
        sweep(now)
        if told_after is None and BANNER in page_of(client_as(Role.INVOLVEMENT)):
            told_after = now - DOWN_AT
        now += MINUTE if now < DOWN_AT + 15 * MINUTE else 20 * MINUTE
    assert sink.taken == []

    it_is_back(sink, settings)
    for minute in range(16):
        now = BACK_AT + minute * MINUTE
        time_machine.move_to(now, tick=False)
        sweep(now)
    tasks.beat("beat")
    tasks.beat("sweep")

    late = Delivery.objects.filter(expires_at__lte=BACK_AT)
    assert told_after is not None
    assert told_after <= 10 * MINUTE
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {
        DeliveryState.HANDED_OVER: 50 - late.count(),
        DeliveryState.TOO_LATE: late.count(),
    }
    assert late.count() == 20
    assert {row.state for row in late} == {DeliveryState.TOO_LATE}
    assert len(sink.taken) == 30
    assert len({message_id(words) for words in sink.taken}) == 30
    assert BANNER not in page_of(client_as(Role.INVOLVEMENT))


def message_id(words):
    return email.message_from_bytes(words, policy=email.policy.default)["Message-ID"]
