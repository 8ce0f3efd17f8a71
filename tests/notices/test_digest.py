import datetime as dt
import smtplib

import pytest
from django.core import mail

from coprod.core.actors import Actor
from groups.notices import actions, periodic
from groups.notices.actions import receipts
from groups.notices.channels.files import Files
from groups.notices.channels.transport import Receipt, Told
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, PersonFactory
from tests.notices import smtp_sink
from tests.notices.test_smtp import read

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)


def weekly(person, **values):
    given = {"person": person, "in_digest": True, "due_at": NOW} | values
    return DeliveryFactory(**given)


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_what_could_wait_comes_in_one_email_to_each_person():
    dot, ravi = PersonFactory(known_as="Dot"), PersonFactory(known_as="Ravi")
    weekly(dot, subject="First <thing>", body="One & all.", link_path="/a/")
    weekly(dot, subject="Second thing", body="Two.")
    weekly(ravi, subject="Third thing")
    weekly(dot, due_at=NOW + dt.timedelta(days=7))
    DeliveryFactory(person=dot, due_at=NOW, subject="By itself")

    swept = periodic.send_due(now=NOW)

    by_subject = {message.subject: message for message in mail.outbox}
    assert set(by_subject) == {
        "This week from Your Voice: 2 things",
        "This week from Your Voice: 1 thing",
        "By itself",
    }
    both = by_subject["This week from Your Voice: 2 things"]
    assert both.body.startswith("Dear Dot,\n")
    assert "First <thing>\n\nOne & all." in both.body
    assert "http://127.0.0.1:8000/a/" in both.body
    assert "Second thing\n\nTwo." in both.body
    assert "Third" not in both.body
    html = both.alternatives[0][0]
    assert "First &lt;thing&gt;</h2>" in html
    assert "<p>One &amp; all.</p>" in html
    assert (swept.sent, states()) == (4, ["handed_over"] * 4 + ["planned"])


def test_the_weekly_email_is_addressed_in_its_readers_own_language():
    weekly(PersonFactory(known_as="Owen", language="cy"), body="One.")

    periodic.send_due(now=NOW)

    (email,) = mail.outbox
    assert "\n\nAnnwyl Owen,\n" in email.body
    assert "\nCofion gorau,\n" in email.body
    assert '<p lang="cy" dir="ltr">Annwyl Owen,</p>' in email.alternatives[0][0]


def test_one_of_them_called_off_is_left_out():
    dot = PersonFactory()
    off = weekly(dot, subject="Off")
    weekly(dot, subject="On")
    actions.withdraw(
        by=Actor.system("test"), occasion=None, about=off.notice.about, reason="Off."
    )

    periodic.send_due(now=NOW)

    assert mail.outbox[0].subject == "This week from Your Voice: 1 thing"


@pytest.fixture
def sink(settings):
    with smtp_sink.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def test_a_break_in_the_words_leaves_all_of_them_uncertain_and_none_repeated(sink):
    dot = PersonFactory()
    weekly(dot)
    weekly(dot)
    sink.hangs_up_at.append("BODY")

    periodic.send_due(now=NOW)
    periodic.send_due(now=NOW + dt.timedelta(hours=1))

    assert (states(), sink.taken) == (["uncertain", "uncertain"], [])


def test_a_refusal_stands_on_all_of_them_and_stops_the_address_once(sink):
    dot = PersonFactory()
    weekly(dot)
    weekly(dot)
    sink.answers["RCPT"] = "550 5.1.1 Nobody"

    periodic.send_due(now=NOW)

    assert states() == ["failed", "failed"]
    assert dot.contact_points.get().stopped_at is not None


def test_when_the_email_comes_back_so_do_all_that_were_in_it(sink):
    dot = PersonFactory()
    rows = [weekly(dot), weekly(dot)]
    periodic.send_due(now=NOW)
    reference = read(sink.taken[0])["Message-ID"][1:37]

    told = Told(reference, "", Receipt.NOWHERE, NOW)
    changed = receipts.take_receipt(by=Actor.system("test"), told=told)

    assert reference == str(rows[0].message_id)
    assert (changed, states()) == (2, ["bounced", "bounced"])


def test_a_provider_that_can_be_asked_settles_all_of_them(settings, monkeypatch):
    settings.EMAIL_THROUGH = "file"
    dot = PersonFactory()
    weekly(dot)
    weekly(dot)
    real = Files.send

    def takes_and_breaks(self, outgoing):
        real(self, outgoing)
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(Files, "send", takes_and_breaks)
    periodic.send_due(now=NOW)
    unknown = states()
    monkeypatch.setattr(Files, "send", real)
    periodic.send_due(now=NOW + dt.timedelta(minutes=6))

    assert unknown == ["claimed", "claimed"]
    assert states() == ["handed_over", "handed_over"]
    assert len(list(settings.MAIL_DIR.glob("*.eml"))) == 1
