"""Looking for one message among all that was ever sent."""

import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from groups.notices import history
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from tests.factories import DeliveryFactory, NoticeFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def sent(**values):
    given = {
        "state": DeliveryState.HANDED_OVER,
        "sent_at": timezone.now(),
        "sent_by_name": "Your Voice",
    }
    return DeliveryFactory(**given | values)


def on(day):
    return dt.datetime(2026, 10, day, 12, tzinfo=dt.UTC)


@pytest.fixture
def three(db):
    """Three messages that differ in everything one can look for."""
    invitation = NoticeFactory(occasion="meeting.invitation", about="M-AAAA-1111")
    paid = NoticeFactory(occasion="claim.paid", about="C-BBBB-2222")
    dot = PersonFactory(known_as="Dot Hargreaves", channel="letter")
    owen = PersonFactory(known_as="Owen Pritchard")
    return {
        "dot": sent(
            person=dot,
            notice=invitation,
            channel="letter",
            subject="For Dot",
            due_at=on(1),
        ),
        "owen": DeliveryFactory(
            person=owen,
            notice=invitation,
            state=DeliveryState.FAILED,
            reason="There is no such mailbox.",
            subject="For Owen",
            due_at=on(2),
        ),
        "paid": sent(person=owen, notice=paid, subject="Paid to Owen", due_at=on(3)),
    }


def shown(client, **query):
    page = client.get("/outbox/history/", query).content.decode()
    return [
        subject
        for subject in ("For Dot", "For Owen", "Paid to Owen")
        if subject in page
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["For Dot", "For Owen", "Paid to Owen"]),
        ({"words": "hargreaves"}, ["For Dot"]),
        ({"words": "  DOT   harg "}, ["For Dot"]),
        ({"words": "m-aaaa-1111"}, ["For Dot", "For Owen"]),
        ({"words": "C-BBBB-2222"}, ["Paid to Owen"]),
        ({"words": "M-ZZZZ-9999"}, []),
        ({"words": "100%_'\";--"}, []),
        ({"occasion": "claim.paid"}, ["Paid to Owen"]),
        ({"channel": "letter"}, ["For Dot"]),
        ({"state": "failed"}, ["For Owen"]),
        ({"from_date_day": "2", "from_date_month": "10", "from_date_year": "2026"},
         ["For Owen", "Paid to Owen"]),
        ({"until_date_day": "2", "until_date_month": "10", "until_date_year": "2026"},
         ["For Dot", "For Owen"]),
        ({"words": "owen", "channel": "email", "state": "handed_over"}, ["Paid to Owen"]),
    ],
)  # fmt: skip
def test_it_finds_by_name_reference_occasion_channel_state_and_day(
    staff, three, query, expected
):
    assert shown(staff, **query) == expected


def test_it_finds_by_the_reference_of_person_message_and_notice(staff, three):
    dot = three["dot"]
    for reference in (
        dot.reference,
        dot.person.reference,
        dot.person.reference.lower(),
    ):
        assert shown(staff, words=reference) == ["For Dot"]
    assert shown(staff, words=dot.notice.reference) == ["For Dot", "For Owen"]


def test_it_says_why_a_message_did_not_go(staff, three):
    assert "There is no such mailbox." in staff.get("/outbox/history/").content.decode()


def test_what_still_waits_is_shown_when_it_is_asked_for(staff):
    DeliveryFactory(subject="Still waiting")

    assert "Still waiting" not in staff.get("/outbox/history/").content.decode()
    for state in ("planned", "all"):
        page = staff.get("/outbox/history/", {"state": state}).content.decode()
        assert "Still waiting" in page


def test_a_day_that_is_none_is_said_at_the_field_and_finds_nothing(staff, three):
    page = staff.get("/outbox/history/", {"from_date_day": "31"}).content.decode()

    assert "There is a problem" in page
    assert "For Dot" not in page


def test_until_before_from_is_said(staff, three):
    query = {f"from_date_{part}": value for part, value in zip(("day", "month", "year"), ("2", "10", "2026"), strict=True)}  # fmt: skip
    query |= {f"until_date_{part}": value for part, value in zip(("day", "month", "year"), ("1", "10", "2026"), strict=True)}  # fmt: skip

    assert "same day as from, or later" in staff.get(
        "/outbox/history/", query
    ).content.decode().replace("&#x27;", "'")


def test_nothing_like_that_is_said_in_words(staff, three):
    page = staff.get("/outbox/history/", {"words": "Nobody"}).content.decode()

    assert "No message is like that" in page


def test_the_next_page_keeps_what_was_looked_for(staff):
    dot = PersonFactory(known_as="Dot Hargreaves")
    for _ in range(51):
        sent(person=dot)
    page = staff.get("/outbox/history/", {"words": "dot"}).content.decode()

    assert "?words=dot&amp;page=2" in page
    assert "51 messages" in page


def test_only_the_team_looks(client_as):
    for role in (Role.MEMBER, Role.FINANCE, Role.AUDITOR):
        assert client_as(role, fresh=True).get("/outbox/history/").status_code == 404


def test_an_occasion_is_said_in_words():
    assert history.occasion_words("meeting.reminder-again") == "Meeting: reminder again"
    assert history.occasion_words("person.sign_in") == "Person: sign in"


def mend(client, delivery, what):
    return client.post(f"/outbox/messages/{delivery.reference}/{what}/", follow=True)


def test_another_copy_goes_the_way_she_wants_now_and_the_first_stays(staff):
    dot = PersonFactory(known_as="Dot Hargreaves", channel="letter")
    first = sent(person=dot, channel="email", subject="Minutes", body="Here they are.")

    page = mend(staff, first, "copy").content.decode()

    assert "Another copy goes out" in page
    first.refresh_from_db()
    assert first.state == DeliveryState.HANDED_OVER
    copy = Delivery.objects.get(notice__occasion="message.copy")
    assert (copy.person, copy.channel, copy.state) == (
        dot,
        "letter",
        DeliveryState.PLANNED,
    )
    assert (copy.subject, copy.body) == ("Minutes", "Here they are.")
    mend(staff, first, "copy")
    assert Delivery.objects.filter(notice__occasion="message.copy").count() == 2


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "planned", "sent_at": None, "sent_by_name": None}, "not been sent"),
        ({"words_removed_at": on(3)}, "no longer keep the words"),
        ({"expires_at": on(3)}, "too late"),
    ],
)
def test_there_is_no_copy_of_what_was_not_sent_or_is_over(staff, values, why):
    page = mend(staff, sent(**values), "copy").content.decode()

    assert why in page
    assert Delivery.objects.count() == 1
