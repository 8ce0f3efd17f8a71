"""One page for the team: each invited person, each telling, and who does not have it."""

import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from groups.notices.enums import DeliveryState
from meetings import telling_queries
from tests.factories import (
    DeliveryFactory,
    InvitationFactory,
    MeetingFactory,
    NoticeFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


@pytest.fixture
def meeting(db):
    return MeetingFactory()


def invited(meeting, name):
    person = PersonFactory(known_as=name)
    InvitationFactory(meeting=meeting, person=person)
    return person


def told(meeting, occasion="meeting.invitation", **values):
    about = values.pop("about", meeting.reference)
    return NoticeFactory(occasion=occasion, about=about, **values)


def has(notice, person, state, **values):
    if state in (DeliveryState.HANDED_OVER, DeliveryState.BOUNCED):
        values |= {"sent_at": timezone.now(), "sent_by_name": "Your Voice"}
    return DeliveryFactory(notice=notice, person=person, state=state, **values)


def cells(meeting):
    found = telling_queries.who_has_what(meeting)
    return {
        row.person.known_as: {
            cell.telling.title: cell.delivery.state if cell.delivery else None
            for cell in row.cells
        }
        for row in found.rows
    }


def test_it_shows_each_person_and_each_telling_in_the_order_things_are_told(meeting):
    dot, owen = invited(meeting, "Dot"), invited(meeting, "Owen")
    two = told(meeting, "meeting.reminder", stage="reminder-2")
    seven = told(meeting, "meeting.reminder", stage="reminder-7")
    first = told(meeting)
    has(first, dot, DeliveryState.HANDED_OVER)
    has(first, owen, DeliveryState.BOUNCED)
    has(seven, dot, DeliveryState.PLANNED)
    has(two, dot, DeliveryState.PLANNED)

    found = telling_queries.who_has_what(meeting)

    assert [telling.title for telling in found.tellings] == [
        "The invitation",
        "Reminder, 7 days before",
        "Reminder, 2 days before",
    ]
    assert cells(meeting)["Owen"] == {
        "The invitation": "bounced",
        "Reminder, 7 days before": None,
        "Reminder, 2 days before": None,
    }
    assert [person.known_as for person, _ in found.without] == ["Owen"]


def test_what_failed_and_was_then_posted_is_no_trouble_any_more(meeting):
    dot = invited(meeting, "Dot")
    notice = told(meeting)
    has(notice, dot, DeliveryState.WITHDRAWN)
    has(notice, dot, DeliveryState.HANDED_OVER, channel="letter")

    assert cells(meeting)["Dot"] == {"The invitation": "handed_over"}
    assert not telling_queries.who_has_what(meeting).without


def test_what_went_stays_when_another_way_is_still_being_tried(meeting):
    dot = invited(meeting, "Dot")
    notice = told(meeting)
    has(notice, dot, DeliveryState.HANDED_OVER)
    has(notice, dot, DeliveryState.FAILED, channel="letter")

    assert cells(meeting)["Dot"] == {"The invitation": "handed_over"}


def test_a_newer_word_of_a_change_takes_the_place_of_the_older(meeting):
    dot = invited(meeting, "Dot")
    has(told(meeting, "meeting.changed", version=2), dot, DeliveryState.FAILED)
    has(told(meeting, "meeting.changed", version=3), dot, DeliveryState.PLANNED)

    assert cells(meeting)["Dot"] == {"Word of the change": "planned"}


def test_another_meetings_messages_are_not_shown(meeting):
    dot = invited(meeting, "Dot")
    has(told(MeetingFactory()), dot, DeliveryState.HANDED_OVER)

    assert cells(meeting) == {"Dot": {}}


def test_the_page_names_who_does_not_have_it_and_leads_to_what_can_be_done(
    staff, meeting
):
    dot, owen = invited(meeting, "Dot"), invited(meeting, "Owen")
    notice = told(meeting)
    has(notice, dot, DeliveryState.HANDED_OVER)
    failed = has(notice, owen, DeliveryState.FAILED, reason="There is no such mailbox.")

    page = staff.get(f"{meeting.get_absolute_url()}messages/").content.decode()

    assert "Who does not have it" in page
    assert "There is no such mailbox." in page
    assert failed.get_absolute_url() in page
    assert "Could not be sent" in page
    assert (
        f"{meeting.get_absolute_url()}messages/"
        in staff.get(meeting.get_absolute_url()).content.decode()
    )


def test_a_meeting_nobody_was_told_of_says_so(staff, meeting):
    address = f"{meeting.get_absolute_url()}messages/"
    assert "Nobody is invited yet" in staff.get(address).content.decode()
    invited(meeting, "Dot")
    assert "Nobody has been written to yet" in staff.get(address).content.decode()


def test_only_the_team_reads_it(client_as, meeting):
    for role in (Role.MEMBER, Role.FINANCE, Role.AUDITOR, Role.SPONSOR):
        client = client_as(role, fresh=True)
        assert client.get(f"{meeting.get_absolute_url()}messages/").status_code == 404


def test_while_it_can_be_undone_the_meeting_says_when_it_goes(staff, meeting):
    until = timezone.now() + dt.timedelta(minutes=8)
    notice = told(meeting, held_until=until)
    for name in ("Dot", "Owen"):
        has(notice, invited(meeting, name), DeliveryState.PLANNED, held_until=until)

    page = staff.get(meeting.get_absolute_url()).content.decode()

    assert "2 messages go out at" in page
    assert f"/outbox/notices/{notice.reference}/undo/" in page
