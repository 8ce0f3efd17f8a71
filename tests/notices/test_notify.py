"""E-mail, texts and letters through GOV.UK Notify: the official client against a stub of its HTTP."""

import base64
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from coprod.core.enums import Role
from groups.notices import channels, health, periodic
from groups.notices.actions import printing
from groups.notices.channels import notify
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice, PrintRun
from groups.people.enums import Channel, ContactKind
from groups.people.models import ContactPoint
from tests.factories import DeliveryFactory, UserFactory, staff_actor
from tests.notices import notify_stub

pytestmark = pytest.mark.django_db
# A Wednesday morning, outside everybody's quiet hours.
NOW = dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
AFTER_THE_LEASE = NOW + 6 * MINUTE


@pytest.fixture
def stub(settings: Any) -> Iterator[notify_stub.Stub]:
    settings.EMAIL_THROUGH = settings.TEXT_THROUGH = settings.LETTERS_THROUGH = "notify"
    settings.NOTIFY_KEY = notify_stub.KEY
    settings.NOTIFY_EMAIL_TEMPLATE = "email-template"
    settings.NOTIFY_TEXT_TEMPLATE = "text-template"
    with notify_stub.running() as running:
        settings.NOTIFY_URL = running.url
        yield running


def due(**values: Any) -> Delivery:
    return DeliveryFactory(**{"due_at": NOW - MINUTE} | values)


def again(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def with_mobile(delivery: Delivery) -> Delivery:
    ContactPoint.objects.create(
        person=delivery.person, kind=ContactKind.MOBILE, value="+447700900111"
    )
    return delivery


def test_an_email_goes_with_our_reference_and_the_words_in_one_template(stub, settings):
    delivery = due(link_path="/meetings/M-1/", person__known_as="Dot")

    periodic.send_due(now=NOW)

    (taken,) = stub.taken
    assert taken["reference"] == str(delivery.message_id)
    assert taken["asked"]["template_id"] == "email-template"
    words = taken["asked"]["personalisation"]
    assert words["subject"] == "Something to tell"
    assert words["body"].startswith("Dear Dot,\n\nWe want to tell you something.")
    assert f"{settings.SITE_URL}/meetings/M-1/" in words["body"]
    assert again(delivery).state == DeliveryState.HANDED_OVER
    assert (delivery.provider, delivery.provider_id) == ("notify", taken["id"])


def test_an_email_with_a_calendar_file_says_where_to_find_it(stub):
    due(link_path="/meetings/M-1/", calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    periodic.send_due(now=NOW)

    body = stub.taken[0]["asked"]["personalisation"]["body"]
    assert "You can put it in your calendar from there." in body
    assert "VCALENDAR" not in body


def test_a_text_goes_to_the_mobile_as_people_write_it(stub):
    delivery = with_mobile(
        due(channel=Channel.TEXT, text_body="Your Voice: we meet on Tuesday at 10am.")
    )

    periodic.send_due(now=NOW)

    (taken,) = stub.taken
    assert taken["type"] == "sms"
    assert taken["asked"]["phone_number"] == "07700 900111"
    assert taken["asked"]["personalisation"] == {
        "body": "Your Voice: we meet on Tuesday at 10am."
    }
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_a_letter_goes_as_a_pdf_of_its_own(stub):
    delivery = due(
        channel=Channel.LETTER, person__channel="letter", address="Dot\n1 Mill Lane"
    )

    periodic.send_due(now=NOW)

    (taken,) = stub.taken
    assert base64.b64decode(taken["asked"]["content"]).startswith(b"%PDF")
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_a_letter_is_left_to_people_who_print_and_post(stub, settings):
    settings.LETTERS_THROUGH = "print"
    delivery = due(channel=Channel.LETTER, person__channel="letter")

    periodic.send_due(now=NOW)

    assert (again(delivery).state, stub.taken) == (DeliveryState.PLANNED, [])


def test_what_notify_refuses_is_tried_once_and_gets_an_owner(stub):
    planner = UserFactory()
    delivery = due(notice__planned_by=planner)
    stub.always = (400, "email_address Not a valid email address")

    for minutes in range(3):
        periodic.send_due(now=NOW + minutes * MINUTE)

    assert again(delivery).state == DeliveryState.FAILED
    assert (delivery.attempts, delivery.owner) == (1, planner)
    assert delivery.reason == (
        "GOV.UK Notify refused it: 400 email_address Not a valid email address"
    )
    point = delivery.person.contact_points.get()
    assert point.stopped_reason == "GOV.UK Notify refused it"


def test_a_refusal_that_is_not_the_address_leaves_the_address(stub):
    delivery = due()
    stub.always = (400, "Missing personalisation: body")

    periodic.send_due(now=NOW)

    assert again(delivery).state == DeliveryState.FAILED
    assert delivery.person.contact_points.get().stopped_at is None


def test_too_many_at_once_is_tried_again_later(stub):
    delivery = due()
    stub.how.append((429, "Exceeded rate limit"))

    periodic.send_due(now=NOW)
    waits = again(delivery).due_at
    periodic.send_due(now=NOW + 2 * MINUTE)

    assert NOW + MINUTE <= waits < NOW + 2 * MINUTE
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_a_lost_answer_is_asked_for_and_not_sent_again(stub):
    delivery = due()
    stub.how.append("drop")

    periodic.send_due(now=NOW)
    unknown = again(delivery).state
    for minutes in range(1, 10):
        periodic.send_due(now=NOW + minutes * MINUTE)

    assert unknown == DeliveryState.CLAIMED
    assert stub.asked == [str(delivery.message_id)]
    assert len(stub.taken) == 1
    assert again(delivery).state == DeliveryState.HANDED_OVER
    assert delivery.provider_id == stub.taken[0]["id"]


def test_a_slow_answer_is_asked_for_and_not_sent_again(stub, monkeypatch):
    monkeypatch.setattr(notify, "TIMEOUTS", (0.3, 0.3))
    delivery = due()
    stub.how.append("slow")

    periodic.send_due(now=NOW)
    periodic.send_due(now=AFTER_THE_LEASE)

    assert len(stub.taken) == 1
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_an_error_of_theirs_that_took_nothing_is_sent_once_they_were_asked(stub):
    delivery = due()
    stub.how.append((500, "Internal server error"))

    periodic.send_due(now=NOW)
    periodic.send_due(now=AFTER_THE_LEASE)

    assert stub.asked == [str(delivery.message_id)]
    assert len(stub.taken) == 1
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_a_provider_that_is_down_for_a_day_loses_nothing_and_repeats_nothing(stub):
    rows = [due() for _ in range(5)]
    stub.is_down = True

    for hours in range(24):
        periodic.send_due(now=NOW + hours * 60 * MINUTE)
    states = {again(row).state for row in rows}
    stub.is_down = False
    for minutes in range(2):
        periodic.send_due(now=NOW + (25 * 60 + minutes) * MINUTE)

    assert states <= {DeliveryState.PLANNED, DeliveryState.CLAIMED}
    assert {again(row).state for row in rows} == {DeliveryState.HANDED_OVER}
    assert len(stub.taken) == len({each["reference"] for each in stub.taken}) == 5


@pytest.mark.parametrize("trouble", ["nobody there", "wrong key"])
def test_a_provider_that_cannot_be_reached_costs_nobody_a_try(stub, settings, trouble):
    rows = [due() for _ in range(2)]
    if trouble == "wrong key":
        settings.NOTIFY_KEY = notify_stub.KEY[:-1] + "f"
    else:
        # Port 1 is nobody's.
        settings.NOTIFY_URL = "http://127.0.0.1:1"

    swept = periodic.send_due(now=NOW)

    assert (swept.sent, swept.broken) == (0, 1)
    assert [(again(row).state, row.attempts) for row in rows] == [("planned", 0)] * 2


def test_one_that_breaks_off_each_time_does_not_stop_the_others(stub):
    stub.how.append((500, "Internal server error"))
    rows = [due() for _ in range(6)]

    periodic.send_due(now=NOW)

    states = sorted(again(row).state for row in rows)
    assert states == ["claimed"] + ["handed_over"] * 5


def test_what_is_waiting_for_a_channel_that_was_switched_off_is_a_task(settings):
    planner = UserFactory()
    settings.EMAIL_THROUGH = ""
    delivery = due(notice__planned_by=planner)

    periodic.send_due(now=NOW)

    assert again(delivery).state == DeliveryState.FAILED
    assert delivery.reason == "Nothing here sends e-mail now. Write or ring instead."
    assert delivery.owner == planner


def test_the_owner_of_trouble_is_who_knows_the_person_best(settings):
    priya = UserFactory()
    settings.TEXT_THROUGH = ""
    delivery = due(channel=Channel.TEXT, person__staff_contact=priya)

    periodic.send_due(now=NOW)

    assert (again(delivery).state, delivery.owner) == (DeliveryState.FAILED, priya)


def test_only_what_is_set_up_is_set_up(settings):
    settings.EMAIL_THROUGH, settings.TEXT_THROUGH = "smtp", ""
    settings.LETTERS_THROUGH = "print"

    ways = {channel: channels.is_set_up(channel) for channel in Channel}

    assert ways == {"email": True, "text": False, "letter": True, "phone": True}
    assert channels.for_channel(Channel.LETTER) is None
    assert channels.for_channel(Channel.TEXT) is None


def letter(**values: Any) -> Delivery:
    return due(channel=Channel.LETTER, person__channel="letter", **values)


def test_letters_that_notify_posts_are_not_offered_to_be_printed(
    stub, client_as, time_machine
):
    time_machine.move_to(NOW)
    delivery = letter(person__known_as="Dot")
    staff = client_as(Role.INVOLVEMENT, fresh=True)

    page = staff.get("/outbox/").content.decode()
    first_page = staff.get("/").content.decode()
    answer = staff.post("/outbox/letters/", {"which": "all"}, follow=True)

    assert "Goes by itself" in page
    assert "Letters <b>0</b>" in page
    assert "Make the" not in page
    assert "Post a letter" not in first_page
    assert "Letters go by themselves. There is none to print." in (
        answer.content.decode()
    )
    assert not PrintRun.objects.exists()
    periodic.send_due(now=NOW)
    assert again(delivery).state == DeliveryState.HANDED_OVER


def test_letters_that_people_post_are_offered_and_do_not_go_by_themselves(
    stub, settings, client_as, time_machine
):
    time_machine.move_to(NOW)
    settings.LETTERS_THROUGH = "print"
    letter()
    staff = client_as(Role.INVOLVEMENT, fresh=True)

    page = staff.get("/outbox/").content.decode()
    first_page = staff.get("/").content.decode()

    assert "Goes by itself" not in page
    assert "Letters <b>1</b>" in page
    assert "Make the letters PDF" in page
    assert "Post a letter" in first_page


def test_what_is_in_a_pile_when_notify_takes_over_stays_there(
    stub, settings, client_as, time_machine
):
    time_machine.move_to(NOW)
    settings.LETTERS_THROUGH = "print"
    printed = letter(due_at=NOW - 60 * MINUTE)
    printing.make_print_run(by=staff_actor(), due_before=None)
    settings.LETTERS_THROUGH = "notify"
    health.forget()

    periodic.send_due(now=NOW)
    page = client_as(Role.INVOLVEMENT).get("/outbox/").content.decode()

    assert (again(printed).state, stub.taken) == (DeliveryState.PLANNED, [])
    assert "Letters <b>1</b>" in page
    assert "Open this pile" in page
    assert "Letters are not being handed over" not in page


LONG = "\n\n".join(["We met and talked about hospital transport. " * 12] * 60)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"body": LONG}, "This letter has more than 10 pages. Print it and post it."),
        (
            {"person__channel": "email"},
            "We have no postal address that works for this person now.",
        ),
    ],
)
def test_a_letter_notify_cannot_post_is_a_task_with_an_owner(
    stub, client_as, broken, said
):
    planner = UserFactory(name="Tom Ashworth")
    delivery = due(**{"channel": "letter", "person__channel": "letter"} | broken)
    Notice.objects.update(planned_by=planner)

    periodic.send_due(now=NOW)
    page = client_as(Role.INVOLVEMENT).get("/outbox/").content.decode()

    assert (again(delivery).state, delivery.owner) == (DeliveryState.FAILED, planner)
    assert (delivery.reason, stub.taken) == (said, [])
    assert said in page
    assert "Tom Ashworth sees to it." in page


def test_a_letter_notify_cannot_post_is_printed_by_the_team(stub, client_as):
    delivery = letter(
        state=DeliveryState.FAILED, reason="This letter has more than 10 pages."
    )
    staff = client_as(Role.INVOLVEMENT)
    page = staff.get(delivery.get_absolute_url()).content.decode()
    address = f"{delivery.get_absolute_url()}print/"

    answer = staff.post(address, follow=True)
    twice = staff.post(address, follow=True)
    periodic.send_due(now=NOW)

    run = PrintRun.objects.get()
    assert "Print it and post it ourselves" in page
    assert "1 letter in this pile" in answer.content.decode()
    assert "Somebody has already sorted this out." in twice.content.decode()
    assert (again(delivery).state, delivery.print_run) == (DeliveryState.PLANNED, run)
    assert stub.taken == []


def test_nothing_but_a_letter_is_printed_by_the_team(stub, client_as):
    delivery = due(state=DeliveryState.FAILED)
    staff = client_as(Role.INVOLVEMENT)

    page = staff.get(delivery.get_absolute_url()).content.decode()
    answer = staff.post(f"{delivery.get_absolute_url()}print/", follow=True)

    assert "Print it and post it ourselves" not in page
    assert "Only a letter can be printed." in answer.content.decode()
    assert not PrintRun.objects.exists()
