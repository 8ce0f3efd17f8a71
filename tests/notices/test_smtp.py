"""E-mail over the wire, to a mail server on this machine."""

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from groups.notices import periodic
from groups.notices.channels import Outgoing, Unfit, mime
from groups.notices.channels.smtp import as_email
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, UserFactory
from tests.notices import smtp_sink

NOW = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Café\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def sink(settings: Any) -> Iterator[smtp_sink.Sink]:
    with smtp_sink.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def due(**values: Any) -> Delivery:
    return DeliveryFactory(**{"due_at": NOW - MINUTE} | values)


def again(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def read(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def words_of(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n").strip())
        for part in message.walk()
        if not part.is_multipart()
    ]


@pytest.mark.django_db
def test_one_connection_carries_a_whole_sweep(sink):
    rows = [due() for _ in range(3)]

    swept = periodic.send_due(now=NOW)

    assert (swept.sent, sink.sessions, len(sink.taken)) == (3, 1, 3)
    assert {again(row).state for row in rows} == {DeliveryState.HANDED_OVER}
    assert {row.provider for row in rows} == {"smtp"}


@pytest.mark.django_db
def test_what_arrives_is_what_was_written(sink, settings):
    delivery = due(
        subject="Café – your “meeting”",
        body=".A line that begins with a dot.\n.\nÉ long: " + "word " * 300,
        person__known_as="Zoë",
    )

    periodic.send_due(now=NOW)

    message = read(sink.taken[0])
    plain = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert message["Subject"] == "Café – your “meeting”"
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert message["To"] == again(delivery).address
    assert message["Message-ID"] == f"<{delivery.message_id}@127.0.0.1>"
    assert plain.startswith(f"Dear Zoë,\n\n{delivery.body}\n")
    assert max(map(len, sink.taken[0].split(b"\r\n"))) < 200
    assert sink.taken[0].isascii()


@pytest.mark.parametrize("calendar", ["", CALENDAR])
@pytest.mark.parametrize("subject", ["Plain", "Café " * 40])
def test_our_bytes_say_the_same_as_djangos(calendar, subject):
    outgoing = Outgoing(
        reference="11111111-1111-1111-1111-111111111111",
        channel="email",
        to="dot@example.org",
        subject=subject,
        plain="Dear Dot,\n\nÉ = 1 \n=_a\n.\n",
        html="<p>Dear Dot</p>",
        calendar=calendar,
    )

    ours = read(mime.compose(outgoing, mail_from="Team <team@example.org>"))
    djangos = read(as_email(outgoing).message().as_bytes())

    assert ours.defects == []
    assert ours["Subject"].strip() == subject.strip() == djangos["Subject"].strip()
    assert ours["Message-ID"] == djangos["Message-ID"]
    assert set(words_of(djangos)) <= set(words_of(ours))


def test_a_subject_that_looks_encoded_arrives_as_it_was_written():
    outgoing = Outgoing("ref", "email", "dot@example.org", "=?utf-8?q?trick?=", "P")

    message = read(mime.compose(outgoing, mail_from="team@example.org"))

    assert message["Subject"] == "=?utf-8?q?trick?="


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("Dear Dot,\n\n.A line that begins with a dot.\n", "7bit"),
        ("Dear Zoë,\n\nSee you.\n", "quoted-printable"),
        ("word " * 300, "quoted-printable"),
        ("A bell\x07 rings.", "quoted-printable"),
    ],
    ids=["short lines of ASCII", "other letters", "a long line", "no letter at all"],
)
def test_a_body_goes_as_it_is_only_when_every_server_takes_it_so(words, way):
    outgoing = Outgoing(
        reference="r", channel="email", to="dot@example.org", subject="s", plain=words
    )

    message = read(mime.compose(outgoing, mail_from="team@example.org"))

    part = next(message.iter_parts())
    assert part["Content-Transfer-Encoding"] == way
    assert part.get_content().replace("\r\n", "\n").strip() == words.strip()


def test_a_calendar_file_comes_as_an_invitation_and_as_a_file():
    outgoing = Outgoing("ref", "email", "dot@example.org", "S", "P", "", CALENDAR)

    message = read(mime.compose(outgoing, mail_from="team@example.org"))

    parts = [
        part for part in message.walk() if part.get_content_subtype() == "calendar"
    ]
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST"]
    assert [part.get_filename() for part in parts] == [None, "meeting.ics"]
    assert "SUMMARY:Café" in parts[1].get_content()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", "dot@example.org\nBcc: x@example.org"),
        ("to", "dot"),
        ("to", "dot@example.org, x@example.org"),
        ("to", "zoë@example.org"),
        ("subject", "Hello\r\nBcc: x@example.org"),
    ],
)
def test_nothing_can_be_smuggled_into_a_header(field, value):
    given = {"to": "dot@example.org", "subject": "S"} | {field: value}
    outgoing = Outgoing(reference="r", channel="email", plain="P", **given)

    with pytest.raises(Unfit):
        mime.compose(outgoing, mail_from="team@example.org")


def test_a_domain_with_other_letters_is_written_as_mail_servers_know_it():
    assert mime.plain_address("dot@café.example") == "dot@xn--caf-dma.example"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_connection_that_went_stale_before_the_words_is_opened_again(sink, verb):
    rows = [due(), due()]
    sink.hangs_up_at.append(verb)

    periodic.send_due(now=NOW)

    assert {again(row).state for row in rows} == {DeliveryState.HANDED_OVER}
    assert (sink.sessions, len(sink.taken)) == (2, 2)


@pytest.mark.django_db
def test_a_connection_that_breaks_in_the_words_leaves_us_not_knowing(sink):
    planner = UserFactory()
    row, other = due(notice__planned_by=planner), due()
    sink.hangs_up_at.append("BODY")

    periodic.send_due(now=NOW)
    periodic.send_due(now=NOW + 60 * MINUTE)

    assert again(row).state == DeliveryState.UNCERTAIN
    assert row.owner == planner
    assert again(other).state == DeliveryState.HANDED_OVER
    assert len(sink.taken) == 1


@pytest.mark.django_db
def test_a_server_that_closes_each_time_is_one_that_is_not_there(sink):
    rows = [due() for _ in range(3)]
    sink.answers["MAIL"] = "421 too busy"

    swept = periodic.send_due(now=NOW)

    assert (swept.sent, swept.broken) == (0, 1)
    assert [(again(row).state, row.attempts) for row in rows] == [("planned", 0)] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "answer", "is_stopped"),
    [
        ("RCPT", "550 No such mailbox", True),
        ("RCPT", "550 5.1.1 Nobody of this name", True),
        ("RCPT", "550 5.7.1 We do not take mail from you", False),
        ("BODY", "554 5.1.1 Nobody of this name", True),
        ("BODY", "554 Looks like spam", False),
        ("MAIL", "550 We do not know you", False),
    ],
)
def test_a_permanent_refusal_stops_the_address_only_when_it_is_the_address(
    sink, verb, answer, is_stopped
):
    delivery = due()
    sink.answers[verb] = answer

    periodic.send_due(now=NOW)

    assert again(delivery).state == DeliveryState.FAILED
    assert delivery.reason == f"The mail server refused it: {answer}"
    point = delivery.person.contact_points.get()
    assert (point.stopped_at is not None) == is_stopped
    assert bool(point.stopped_reason) == is_stopped


@pytest.mark.django_db
def test_a_refused_address_does_not_spoil_the_connection_for_the_next(sink):
    first = due(due_at=NOW - 2 * MINUTE)
    second = due()
    sink.answers["RCPT"] = "450 Try later"
    periodic.send_due(now=NOW)
    sink.answers.clear()

    periodic.send_due(now=NOW + 2 * MINUTE)

    assert {again(row).state for row in (first, second)} == {DeliveryState.HANDED_OVER}


@pytest.mark.django_db
def test_the_soonest_to_be_pointless_goes_first(sink):
    late = due(due_at=NOW - 9 * MINUTE)
    soon = due(expires_at=NOW + 5 * MINUTE)
    sooner = due(expires_at=NOW + 2 * MINUTE)

    periodic.send_due(now=NOW)

    order = [read(data)["Message-ID"][1:37] for data in sink.taken]
    assert order == [str(row.message_id) for row in (sooner, soon, late)]
