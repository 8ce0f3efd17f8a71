import datetime as dt
import smtplib
import sys
import types
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import OperationalError

from coprod.core.actors import Actor
from coprod.core.models import Heartbeat
from groups.notices import actions, emails, periodic
from groups.notices.actions import claiming
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import PersonState
from tests.factories import DeliveryFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Answering(EmailBackend):
    """A mail server that answers what the test tells it to; it cannot be asked afterwards."""

    open_problem: Exception | None = None
    problem: Exception | None = None
    refuses: str = ""

    def open(self) -> None:
        if self.open_problem:
            raise self.open_problem

    def send_messages(self, messages: Any) -> int:
        if self.problem and (not self.refuses or messages[0].to == [self.refuses]):
            raise self.problem
        return super().send_messages(messages)


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Answering]:
    settings.EMAIL_BACKEND = "mailserver.Answering"
    module = types.ModuleType("mailserver")
    fresh = type("Answering", (Answering,), {})
    module.Answering = fresh  # type: ignore[attr-defined]  # a module made for this test
    monkeypatch.setitem(sys.modules, "mailserver", module)
    return fresh


def due(**values: Any) -> Delivery:
    return DeliveryFactory(**{"due_at": NOW - MINUTE} | values)


def again(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def test_a_due_email_is_sent_once_however_often_the_sweep_runs():
    delivery = due()

    first = periodic.send_due(now=NOW)
    second = periodic.send_due(now=NOW + MINUTE)

    assert (first.sent, second.sent, len(mail.outbox)) == (1, 0, 1)
    assert again(delivery).state == DeliveryState.HANDED_OVER
    assert delivery.address == mail.outbox[0].to[0]
    assert delivery.sent_by_name == "Your Voice"


def test_an_email_that_is_not_yet_due_waits():
    delivery = due(due_at=NOW + MINUTE)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.PLANNED, [])


@pytest.mark.parametrize("channel", ["letter", "phone"])
def test_letters_and_calls_are_left_to_people(channel):
    delivery = due(channel=channel)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.PLANNED, [])


@pytest.mark.parametrize("channel", ["email", "letter", "phone"])
def test_what_was_not_sent_before_its_time_passed_is_too_late(channel):
    delivery = due(channel=channel, expires_at=NOW)

    swept = periodic.send_due(now=NOW)

    assert (swept.too_late, mail.outbox) == (1, [])
    assert again(delivery).state == DeliveryState.TOO_LATE
    assert delivery.reason == "Its time had passed before it was sent."


def test_after_a_pause_of_26_hours_due_ones_go_once_and_past_ones_not_at_all():
    hours = dt.timedelta(hours=1)
    before = [due(due_at=NOW + n * hours) for n in range(0, 26, 5)]
    past = [due(due_at=NOW + hours, expires_at=NOW + 20 * hours) for _ in range(3)]
    ahead = due(due_at=NOW + 30 * hours)
    periodic.send_due(now=NOW)

    for _ in range(2):
        periodic.send_due(now=NOW + 26 * hours)

    assert {again(row).state for row in before} == {"handed_over"}
    assert {again(row).state for row in past} == {"too_late"}
    assert again(ahead).state == "planned"
    assert (
        len(mail.outbox)
        == len({message.to[0] for message in mail.outbox})
        == len(before)
    )


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.DECEASED])
def test_a_person_who_left_since_it_was_planned_is_not_written_to(state):
    delivery = due(person__state=state)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.WITHDRAWN, [])


def test_an_email_goes_to_the_address_of_today_not_of_the_day_it_was_planned():
    delivery = due(address="old@example.org")
    delivery.person.contact_points.update(value="new@example.org")

    periodic.send_due(now=NOW)

    assert mail.outbox[0].to == ["new@example.org"]
    assert again(delivery).address == "new@example.org"


def test_a_person_without_an_address_now_is_a_failure_staff_see():
    delivery = due()
    delivery.person.contact_points.all().delete()

    periodic.send_due(now=NOW)

    assert again(delivery).state == DeliveryState.FAILED
    assert (
        delivery.reason == "We have no e-mail address that works for this person now."
    )


def test_a_row_that_cannot_be_made_into_an_email_does_not_stop_the_others():
    poisoned = due()
    poisoned.person.contact_points.update(value="broken\nBcc: x@example.org")
    good = due()

    periodic.send_due(now=NOW)

    assert again(poisoned).state == DeliveryState.FAILED
    assert poisoned.reason == "This could not be made into an e-mail."
    assert again(good).state == DeliveryState.HANDED_OVER


@pytest.mark.parametrize(
    "refusal",
    [
        smtplib.SMTPRecipientsRefused({"gone@example.org": (550, b"No such mailbox")}),
        smtplib.SMTPDataError(550, b"No such mailbox"),
    ],
)
def test_a_permanent_refusal_is_tried_once_and_shown(server, refusal):
    server.problem = refusal
    delivery = due()

    for minutes in range(3):
        periodic.send_due(now=NOW + minutes * MINUTE)

    assert again(delivery).state == DeliveryState.FAILED
    assert delivery.attempts == 1
    assert delivery.reason == "The mail server refused it: 550 No such mailbox"


def test_a_temporary_refusal_is_tried_again_for_a_day_and_then_shown(server):
    server.problem = smtplib.SMTPDataError(451, b"Try later")
    delivery = due(due_at=NOW)

    waits = []
    now = NOW
    while len(waits) < 11:
        periodic.send_due(now=now)
        waits.append(round((again(delivery).due_at - now) / MINUTE))
        now = delivery.due_at
    periodic.send_due(now=now)

    assert waits == [1, 5, 15, 60] + 7 * [180]
    assert again(delivery).state == DeliveryState.FAILED
    assert delivery.reason == "We tried for a day and it was not taken."


def test_one_refused_address_does_not_stop_the_next_person(server):
    server.problem = smtplib.SMTPDataError(550, b"No")
    refused, taken = due(), due()
    server.refuses = refused.person.contact_points.get().value

    periodic.send_due(now=NOW)

    assert (again(refused).state, again(taken).state) == ("failed", "handed_over")


def test_a_mail_server_that_is_not_there_costs_nobody_a_try_and_nothing_is_lost(server):
    server.open_problem = ConnectionRefusedError()
    rows = [due(), due()]

    for minutes in range(24 * 60, 0, -120):
        periodic.send_due(now=NOW + minutes * MINUTE)
    down = [(again(row).state, row.attempts) for row in rows]
    server.open_problem = None
    periodic.send_due(now=NOW + 25 * 60 * MINUTE)

    assert down == [("planned", 0), ("planned", 0)]
    assert [again(row).state for row in rows] == ["handed_over", "handed_over"]
    assert len(mail.outbox) == 2


def test_a_connection_that_breaks_in_the_middle_may_have_sent_it_and_is_not_repeated(
    server,
):
    server.problem = smtplib.SMTPServerDisconnected("gone")
    delivery = due()

    periodic.send_due(now=NOW)
    server.problem = None
    periodic.send_due(now=NOW + 60 * MINUTE)

    assert again(delivery).state == DeliveryState.UNCERTAIN
    assert delivery.reason == "We stopped while it was being sent. It may have arrived."
    assert mail.outbox == []


def claimed(**values: Any) -> Delivery:
    given = {
        "state": DeliveryState.CLAIMED,
        "claimed_until": NOW - MINUTE,
        "claim_token": "11111111-1111-1111-1111-111111111111",
        "attempts": 1,
    }
    return due(**given | values)


def test_a_sender_that_died_before_the_hand_over_is_replaced():
    delivery = claimed(handing_over=False)

    periodic.send_due(now=NOW)

    assert again(delivery).state == DeliveryState.HANDED_OVER
    assert len(mail.outbox) == 1


def test_a_sender_that_died_in_the_hand_over_leaves_may_have_been_sent():
    delivery = claimed(handing_over=True)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.UNCERTAIN, [])


def test_a_transport_that_can_be_asked_settles_what_died_in_the_hand_over(settings):
    settings.EMAIL_THROUGH = "file"
    gone, held = (claimed(handing_over=True, provider="file") for _ in range(2))
    settings.MAIL_DIR.mkdir()
    (settings.MAIL_DIR / f"{gone.message_id}127.0.0.1.eml").write_text(
        "written before the kill"
    )

    periodic.send_due(now=NOW)

    assert (again(gone).state, again(held).state) == ("handed_over", "handed_over")
    files = {path.name: path.read_text() for path in settings.MAIL_DIR.iterdir()}
    assert files[f"{gone.message_id}127.0.0.1.eml"] == "written before the kill"
    assert "Something to tell" in files[f"{held.message_id}127.0.0.1.eml"]


def test_a_claim_whose_lease_still_runs_is_left_alone():
    delivery = claimed(claimed_until=NOW + MINUTE)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.CLAIMED, [])


def test_a_row_whose_senders_died_five_times_is_given_up_and_shown():
    delivery = claimed(attempts=5, handing_over=False)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.FAILED, [])


def test_what_was_called_off_between_claim_and_hand_over_is_not_sent(server):
    delivery = due()

    def call_off(_backend: Answering) -> None:
        actions.withdraw(
            by=Actor.system("test"),
            occasion=None,
            about=delivery.notice.about,
            reason="Off.",
        )

    server.open = call_off
    periodic.send_due(now=NOW)

    assert (again(delivery).state, mail.outbox) == (DeliveryState.WITHDRAWN, [])


def test_the_worker_task_sends_and_beats():
    due(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))

    periodic.sweep()

    assert len(mail.outbox) == 1
    assert Heartbeat.objects.filter(name="sweep").exists()


def test_a_sweep_out_of_time_says_that_more_waits():
    due()

    swept = periodic.send_due(now=NOW, seconds=-1)

    assert (swept.is_finished, swept.sent) == (False, 0)


def test_the_command_takes_the_moment_in_london():
    due(due_at=dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.UTC))
    out = StringIO()

    call_command("send_due", "--at", "2026-07-01T10:29", stdout=out)
    call_command("send_due", "--at", "2026-07-01T10:30", stdout=out)

    assert out.getvalue().splitlines() == [
        "sent 0, too late 0, taken up 0, broken 0",
        "sent 1, too late 0, taken up 0, broken 0",
    ]


@pytest.mark.parametrize("words", ["soon", "2026-02-31T10:00"])
def test_the_command_refuses_a_moment_that_is_none(words):
    with pytest.raises(CommandError):
        call_command("send_due", "--at", words)


def test_the_email_is_plain_and_html_to_one_person_with_a_lasting_message_id(settings):
    delivery = due(
        subject="Your meeting <soon>",
        body="First & last.\n\nBring <b>nothing</b>.",
        link_path="/meetings/M-1/",
        person__known_as="Dot Hargreaves",
    )

    periodic.send_due(now=NOW)

    (email,) = mail.outbox
    html, kind = email.alternatives[0]
    assert email.subject == "Your meeting <soon>"
    assert email.extra_headers == {"Message-ID": f"<{delivery.message_id}@127.0.0.1>"}
    assert email.body.startswith(
        "Dear Dot Hargreaves,\n\nFirst & last.\n\nBring <b>nothing</b>.\n"
    )
    assert f"{settings.SITE_URL}/meetings/M-1/" in email.body
    assert kind == "text/html"
    assert (
        "<p>First &amp; last.</p>\n\n<p>Bring &lt;b&gt;nothing&lt;/b&gt;.</p>" in html
    )
    assert '<html lang="en-GB">' in html


def test_each_email_of_an_evening_is_addressed_in_its_readers_own_language():
    for known_as, language in (("Agnieszka", "pl"), ("Dot", "en-GB"), ("Huda", "ar")):
        person = PersonFactory(known_as=f"{known_as} <b>", language=language)
        due(person=person, body="Come at 10am.")

    periodic.send_due(now=NOW)

    polish, english, arabic = mail.outbox
    assert polish.body.startswith("Ta wiadomość od Your Voice jest po angielsku.")
    assert "\n\nDzień dobry, Agnieszka <b>,\n\nCome at 10am.\n" in polish.body
    assert "\nZ serdecznymi pozdrowieniami\nThe Your Voice team" in polish.body
    html = polish.alternatives[0][0]
    assert '<p lang="pl" dir="ltr">Dzień dobry, Agnieszka &lt;b&gt;,</p>' in html
    assert '<html lang="en-GB">' in html
    assert "<p>Come at 10am.</p>" in html
    assert english.body.startswith("Dear Dot <b>,\n\nCome at 10am.\n")
    assert "lang=" not in english.alternatives[0][0].replace('<html lang="en-GB">', "")
    html = arabic.alternatives[0][0]
    assert (
        '<p lang="ar" dir="rtl">تحية طيبة إلى \u2068Huda &lt;b&gt;\u2069،</p>' in html
    )


def test_an_email_asks_the_database_no_more_for_its_language(
    django_assert_max_num_queries,
):
    for _ in range(3):
        due(person=PersonFactory(language="pl"))
    claimed = claiming.claim("email", now=NOW) or []

    with django_assert_max_num_queries(0):
        made = [emails.build(row, address="a@b.example") for row in claimed]

    assert len(made) == 3


def test_what_went_is_written_down_when_the_database_falters_before_the_next(
    monkeypatch,
):
    rows = [due() for _ in range(3)]
    step = claiming.step

    def falters(sent: Any, following: Any, **kwargs: Any) -> set[int]:
        if sent and following:
            raise OperationalError("the server closed the connection")
        return step(sent, following, **kwargs)

    monkeypatch.setattr(claiming, "step", falters)
    periodic.send_due(now=NOW)
    monkeypatch.setattr(claiming, "step", step)
    midway = sorted(again(row).state for row in rows)
    periodic.send_due(now=NOW + 6 * MINUTE)

    assert midway.count("handed_over") == 1
    assert {again(row).state for row in rows} == {"handed_over"}
    assert len(mail.outbox) == 3
