"""Mail that comes back, piped in by a mail server."""

import io
import sys
import types
import uuid
from typing import Any

import pytest
from django.core.management import call_command

from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.notices.test_receipts import again, sent

pytestmark = pytest.mark.django_db
REPORT = """\
From: MAILER-DAEMON@mail.example.org
To: hello@yourvoice.example
Subject: Undelivered Mail Returned to Sender
Date: Wed, 4 Nov 2026 10:05:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Wed, 4 Nov 2026 10:04:59 +0000

Final-Recipient: rfc822; gone@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user here

--B
Content-Type: {kind}

From: Your Voice <hello@yourvoice.example>
Message-ID: <{reference}@127.0.0.1>
Subject: Something to tell

{body}
--B--
"""


def report(delivery: Delivery, **values: str) -> str:
    given = {
        "action": "failed",
        "status": "5.1.1",
        "kind": "message/rfc822",
        "reference": str(delivery.message_id),
        "body": "Dear Dot",
    }
    return REPORT.format(**given | values)


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    stdin: Any = types.SimpleNamespace(buffer=io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    out = io.StringIO()
    call_command("read_bounce", stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_returned_mail_marks_its_message_once_however_often_it_is_piped(
    monkeypatch, kind
):
    delivery = sent(provider="smtp", provider_id="")
    text = report(delivery, kind=kind)

    answers = [pipe(monkeypatch, text) for _ in range(5)]

    assert answers == ["changed 1"] + ["changed 0"] * 4
    assert again(delivery).state == DeliveryState.BOUNCED
    assert delivery.reason == (
        "It came back: nobody is reached at this address. 550 5.1.1 No such user here"
    )
    assert delivery.person.contact_points.get().stopped_at is not None


@pytest.mark.parametrize("status", ["5.2.2", "4.4.1", "5.7.1"])
def test_a_full_mailbox_is_trouble_and_the_address_stays(monkeypatch, status):
    delivery = sent(provider="smtp", provider_id="")

    pipe(monkeypatch, report(delivery, status=status))

    assert again(delivery).state == DeliveryState.BOUNCED
    assert delivery.reason.startswith("It could not be delivered. ")
    assert delivery.person.contact_points.get().stopped_at is None


def test_word_that_it_arrived_is_kept(monkeypatch):
    delivery = sent(provider="smtp", provider_id="")

    pipe(monkeypatch, report(delivery, action="delivered", status="2.0.0"))

    assert again(delivery).state == DeliveryState.DELIVERED


@pytest.mark.parametrize(
    "change",
    [
        {"action": "delayed"},
        {"action": "relayed"},
        {"reference": "somebody-elses"},
        {"reference": str(uuid.uuid4())},
        {"kind": "text/html"},
    ],
)
def test_what_settles_nothing_of_ours_changes_nothing(monkeypatch, change):
    delivery = sent(provider="smtp", provider_id="")

    pipe(monkeypatch, report(delivery, **change))

    assert again(delivery).state == DeliveryState.HANDED_OVER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01\x02",
        "Subject: I am away\n\nBack on Monday.",
        "Content-Type: multipart/report\n\nno parts",
        "Content-Type: message/delivery-status\n\nAction: failed",
    ],
)
def test_a_mail_that_is_no_report_is_only_looked_at(monkeypatch, text):
    assert pipe(monkeypatch, text) == "not a report about one of our messages"


def test_a_date_nobody_can_read_is_now(monkeypatch):
    delivery = sent(provider="smtp", provider_id="")
    text = report(delivery).replace("Wed, 4 Nov 2026 10:05:00 +0000", "some day")

    assert pipe(monkeypatch, text) == "changed 1"
