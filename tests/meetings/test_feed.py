import datetime as dt
import json
import logging
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from coprod.core import logs
from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from groups.people.enums import PersonState
from meetings.enums import MeetingState, Reply
from meetings.models import CalendarFeed
from tests.factories import (
    AccessNeedFactory,
    InvitationFactory,
    MeetingFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)
from tests.meetings import calendar_readers
from tests.meetings.published import NOW

pytestmark = pytest.mark.django_db
PAGE = "/me/calendar/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def marian():
    return member_with_account(known_as="Marian Okafor")


def make(client):
    """Make an address and return its path, read from the page that shows it once."""
    assert client.post(PAGE + "make/").url == PAGE
    page = client.get(PAGE).content.decode()
    found = re.search(re.escape(settings.SITE_URL) + r"(/calendar/[^<\s]+)", page)
    assert found, page
    return found[1]


def read(path):
    response = Client().get(path)
    assert response.status_code == 200
    return response


def events(path):
    return list(Calendar.from_ical(read(path).content).walk("VEVENT"))


def test_a_member_reads_title_time_and_place_of_her_meetings(client_as, marian):
    person, account = marian
    meeting = MeetingFactory(
        venue_address="Mill Lane, Elmsby", join_link="https://join.example.org/1"
    )
    InvitationFactory(meeting=meeting, person=person)
    MeetingFactory()

    (event,) = events(make(client_as(account)))

    assert str(event["SUMMARY"]) == meeting.group.name
    assert str(event["LOCATION"]) == "Millbrook Library, Room 2, Mill Lane, Elmsby"
    assert event["DTSTART"].dt == dt.datetime(
        2026, 12, 8, 10, tzinfo=event["DTSTART"].dt.tzinfo
    )
    assert {"DESCRIPTION", "URL", "ATTENDEE", "COMMENT"}.isdisjoint(event)


def test_the_feed_names_nobody_and_no_need(client_as, marian):
    person, account = marian
    meeting = MeetingFactory(join_link="https://join.example.org/secret-room")
    other = InvitationFactory(meeting=meeting, person__known_as="Dot Hargreaves")
    InvitationFactory(meeting=meeting, person=person, offer_words="We offer £27.50.")
    for needing in (person, other.person):
        AccessNeedFactory(person=needing, detail="A hearing loop")

    text = read(make(client_as(account))).content.decode()

    for hidden in (
        "Dot",
        "Marian",
        person.reference,
        "hearing",
        "secret-room",
        "27.50",
    ):
        assert hidden not in text


def test_the_secret_is_shown_once_and_kept_only_as_a_hash(client_as, marian):
    client = client_as(marian[1])
    path = make(client)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")

    page = client.get(PAGE).content.decode()

    assert secret not in page
    assert "You have an address since Thursday 29 October 2026" in page
    assert len(secret) == 43
    row = CalendarFeed.objects.get()
    assert row.secret_hash != secret
    assert secret not in json.dumps(list(AuditEvent.objects.values("changes", "verb")))
    assert secret not in str(dict(client.session))


def test_a_new_address_ends_the_old_one_and_ending_ends_it(client_as, marian):
    client = client_as(marian[1])
    first = make(client)
    second = make(client)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (
        404,
        200,
    )

    client.post(PAGE + "end/")

    assert Client().get(second).status_code == 404
    assert "You have no address yet." in client.get(PAGE).content.decode()
    assert CalendarFeed.objects.filter(revoked_at__isnull=False).count() == 2


def test_each_address_reads_only_its_own_persons_meetings(client_as, marian):
    person, account = marian
    owen, owens = member_with_account(known_as="Owen")
    hers = InvitationFactory(person=person).meeting
    his = InvitationFactory(person=owen).meeting

    assert [str(e["UID"]) for e in events(make(client_as(account)))] == [uid(hers)]
    assert [str(e["UID"]) for e in events(make(client_as(owens)))] == [uid(his)]


def uid(meeting):
    return f"{meeting.reference}@{settings.SITE_URL.partition('://')[2]}"


@pytest.mark.parametrize("state", [PersonState.LEFT, PersonState.DECEASED])
def test_the_address_is_dead_when_the_person_has_gone(client_as, marian, state):
    person, account = marian
    path = make(client_as(account))

    type(person).objects.filter(pk=person.pk).update(state=state)

    assert Client().get(path).status_code == 404


def test_unknown_and_odd_addresses_are_not_found(client_as, marian):
    path = make(client_as(marian[1]))

    for wrong in (
        "/calendar/x.ics",
        path.replace(".ics", "A.ics"),
        "/calendar/%00.ics",
    ):
        assert Client().get(wrong).status_code == 404
    assert (
        Client()
        .get(f"/calendar/{CalendarFeed.objects.get().secret_hash}.ics")
        .status_code
        == 404
    )


def test_it_is_read_only_and_sets_no_cookie(client_as, marian):
    path = make(client_as(marian[1]))

    assert Client().head(path).status_code == 200
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)(path).status_code in (400, 405)
    response = read(path)
    assert not response.cookies
    assert "private" in response["Cache-Control"]
    assert CalendarFeed.objects.get().revoked_at is None


def test_who_asks_too_often_is_told_to_wait(client_as, marian):
    path = make(client_as(marian[1]))

    answers = [Client().get(path).status_code for _ in range(121)]

    assert answers == [200] * 120 + [429]
    with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        assert Client().get(path).status_code == 200


def test_a_cancelled_meeting_stays_as_cancelled_and_one_she_said_no_to_goes(
    client_as, marian
):
    person, account = marian
    off = MeetingFactory(state=MeetingState.CANCELLED, version=3)
    InvitationFactory(meeting=off, person=person)
    InvitationFactory(person=person, reply=Reply.NOT_COMING)
    planned = MeetingFactory(state=MeetingState.PLANNED)
    InvitationFactory(meeting=planned, person=person)

    (event,) = events(make(client_as(account)))

    assert (str(event["UID"]), str(event["STATUS"])) == (uid(off), "CANCELLED")
    assert int(event["SEQUENCE"]) == 3


def test_two_readers_agree_on_the_times_of_a_feed(client_as, marian):
    person, account = marian
    days = [dt.date(2026, 12, 8), dt.date(2027, 3, 28), dt.date(2027, 7, 6)]
    for day in days:
        InvitationFactory(meeting=MeetingFactory(date=day), person=person)

    data = read(make(client_as(account))).content

    by_library = [
        event["DTSTART"].dt.astimezone(dt.UTC)
        for event in Calendar.from_ical(data).walk("VEVENT")
    ]
    assert by_library == [
        dt.datetime(2026, 12, 8, 10, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 28, 9, tzinfo=dt.UTC),
        dt.datetime(2027, 7, 6, 9, tzinfo=dt.UTC),
    ]
    assert [start for start, _ in calendar_readers.all_instants(data)] == by_library


def test_only_the_person_herself_makes_an_address(client_as, marian):
    person, _ = marian
    link = SupporterFactory(member=person)
    account = UserFactory(name=link.supporter.known_as)
    SignInFactory(user=account, person=person, capacity="supporter", link=link)

    client = client_as(account, person=person)

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE + "make/").status_code == 404
    assert client_as(Role.INVOLVEMENT).get(PAGE).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_no_log_holds_the_secret(client_as, marian, caplog):
    path = make(client_as(marian[1]))
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    client = Client()

    with caplog.at_level(logging.DEBUG):
        answers = [client.get(path), client.post(path), client.get(path + "x")]

    written = [logs.JsonFormatter().format(record) for record in caplog.records]
    assert any("/calendar/..." in line for line in written)
    assert not [line for line in written if secret in line]
    # The web server writes the path of its log from here.
    assert [a.wsgi_request.META["PATH_INFO"] for a in answers] == ["/calendar/..."] * 3


def test_the_page_of_a_meeting_leads_to_it(client_as, marian):
    person, account = marian
    meeting = InvitationFactory(person=person).meeting

    page = client_as(account).get(meeting.get_absolute_url()).content.decode()

    assert f'href="{reverse("meetings:my-calendar")}"' in page
