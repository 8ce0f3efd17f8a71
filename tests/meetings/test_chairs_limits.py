"""Who does not chair a group finds no page to arrange its meetings, and no link to one."""

import datetime as dt

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from groups.governance.enums import OfficeKind
from groups.people.enums import SignInCapacity
from meetings import permissions
from meetings.actions import minutes as minutes_actions
from meetings.enums import MeetingState
from meetings.models import Decision, Meeting, Paper
from tests.factories import (
    AgendaItemFactory,
    MembershipFactory,
    MinutesFactory,
    OfficeFactory,
    PaperFactory,
    SignInFactory,
    SupporterFactory,
    actor_for_person,
    member_with_account,
    staff_actor,
)
from tests.meetings.test_chairs import ITEM, _today, address, chair, meeting_of

__all__ = ["_today", "chair"]
pytestmark = pytest.mark.django_db


def pages_to_manage(meeting, item, paper):
    return [
        address("meeting-edit", meeting),
        address("meeting-cancel", meeting),
        address("item-add", meeting),
        address("item-edit", meeting, item.pk),
        address("item-move", meeting, item.pk),
        address("item-remove", meeting, item.pk),
        address("paper-add", meeting, item.pk),
        address("paper-edit", meeting, paper.pk),
        address("paper-remove", meeting, paper.pk),
        address("minutes-start", meeting),
        address("note-edit", meeting, item.position),
        address("decision-record", meeting, item.position),
        address("minutes-circulate", meeting),
        address("minutes-approve", meeting),
        reverse("payments:meeting-publish", args=[meeting.reference]),
    ]


@pytest.fixture
def drafted(chair):
    """A meeting that is over, with its minutes being written."""
    meeting = meeting_of(chair, date=dt.date(2026, 10, 20), state=MeetingState.RECORDED)
    AgendaItemFactory(meeting=meeting, position=1, purpose="decision")
    PaperFactory(item=meeting.items.get())
    worker = staff_actor()
    return minutes_actions.start_minutes(meeting=meeting, by=worker)


def nobody_who_chairs(chair, kind):
    """Return an account near the chair that does not chair her group."""
    if kind == "member":
        person, account = member_with_account()
        MembershipFactory(group=chair.group, person=person)
    elif kind == "chair of another group":
        person, account = member_with_account()
        MembershipFactory(group=chair.group, person=person)
        OfficeFactory(person=person)
    elif kind == "minute-taker":
        person, account = member_with_account()
        MembershipFactory(group=chair.group, person=person)
        OfficeFactory(group=chair.group, person=person, kind=OfficeKind.MINUTE_TAKER)
    elif kind == "chair until yesterday":
        person, account = member_with_account()
        MembershipFactory(group=chair.group, person=person)
        OfficeFactory(group=chair.group, person=person, to_date=dt.date(2026, 10, 28))
    else:
        link = SupporterFactory(member=chair)
        key = SignInFactory(person=chair, capacity=SignInCapacity.SUPPORTER, link=link)
        account = key.user
    return account


NOT_CHAIRS = [
    "member",
    "chair of another group",
    "minute-taker",
    "chair until yesterday",
    "supporter of the chair",
]


@pytest.mark.parametrize("kind", NOT_CHAIRS)
def test_for_who_does_not_chair_there_are_no_such_pages_and_no_links(
    client_as, chair, drafted, kind
):
    meeting = drafted.meeting
    item, paper = meeting.items.get(), Paper.objects.get()
    upcoming = meeting_of(chair)
    client = client_as(nobody_who_chairs(chair, kind))

    for url in pages_to_manage(meeting, item, paper):
        assert client.get(url).status_code in (404, 405), url
        assert client.post(url, ITEM | {"reason": "x"}).status_code == 404, url
    page = client.get(upcoming.get_absolute_url()).content.decode()
    assert "You chair this group" not in page
    assert "edit/" not in page
    assert "Who is coming" not in page
    group = client.get(chair.group.get_absolute_url()).content.decode()
    assert reverse("meetings:meeting-add") not in group


@pytest.mark.parametrize("kind", NOT_CHAIRS)
def test_what_is_still_being_written_is_only_there_for_the_chair(
    client_as, chair, drafted, kind
):
    planned = meeting_of(chair, state=MeetingState.PLANNED)
    decision = Decision.objects.create(
        item=drafted.meeting.items.get(),
        wording="A secret so far",
        held_by="group",
        rule="consent",
        outcome="not_agreed",
    )
    urls = [
        planned.get_absolute_url(),
        address("minutes-detail", drafted.meeting),
        reverse("meetings:decision-detail", args=[decision.reference]),
    ]
    hers = client_as(chair.account)
    theirs = client_as(nobody_who_chairs(chair, kind))

    for url in urls:
        assert hers.get(url).status_code == 200, url
        assert theirs.get(url).status_code == 404, url


def test_her_own_pages_stay_shut_when_the_chair_acts_for_somebody_else(chair):
    her = actor_for_person(chair, chair.account)
    helping = type(her)(
        user=her.user,
        name=her.name,
        roles=frozenset({Role.SUPPORTER}),
        person_id=chair.pk,
        is_supporter=True,
    )
    meeting = meeting_of(chair)

    assert permissions.can_manage_meeting(her, meeting)
    assert not permissions.can_manage_meeting(helping, meeting)


def test_what_was_read_with_a_meeting_for_one_person_says_nothing_of_another(chair):
    meeting = meeting_of(chair)
    her = actor_for_person(chair, chair.account)
    marian = chair.group.memberships.get(person__known_as="Marian Okafor").person
    read = Meeting.objects.with_chair(her).get(pk=meeting.pk)

    assert permissions.can_manage_meeting(her, read)
    assert not permissions.can_manage_meeting(actor_for_person(marian), read)


def test_who_chaired_until_yesterday_reads_no_draft(client_as, chair):
    drafted = MinutesFactory(meeting__group=chair.group)
    chair.offices.update(to_date=dt.date(2026, 10, 28))

    page = client_as(chair.account).get(address("minutes-detail", drafted.meeting))

    assert page.status_code == 404
