import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.models import RoleGrant
from coprod.home import queries
from groups.governance.enums import OfficeKind
from groups.people.enums import SupportScope
from meetings.enums import MeetingState, MinutesState
from payments.enums import ClaimState
from tests.factories import (
    ClaimFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    OfficeFactory,
    UserFactory,
    actor_for_person,
    make_policy,
    member_with_account,
    staff_actor,
    time_line,
)
from tests.payments.story import approver, ready_claim

pytestmark = pytest.mark.django_db

# What the pages may ask the database, whatever there is.
MOST_FOR_STAFF = 21
MOST_FOR_MEMBER = 14
MOST_FOR_AUDITOR = 14


def coming_meeting(**values):
    day = dt.date.today() + dt.timedelta(days=5)  # noqa: DTZ011 - any day ahead does
    return MeetingFactory(date=day, state=MeetingState.PUBLISHED, **values)


@pytest.mark.parametrize(
    ("role", "heading"),
    [
        (Role.INVOLVEMENT, "Today"),
        (Role.APPROVER, "To decide"),
        (Role.FINANCE, "Waiting"),
        (Role.RELEASER, "Waiting"),
    ],
)
def test_first_page_on_the_first_morning_opens_for_each_role(client_as, role, heading):
    response = client_as(role).get("/")

    assert response.status_code == 200
    assert f"<title>{heading}" in response.content.decode()


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.AUDITOR])
def test_first_page_opens_for_people_who_come_to_read(client_as, role):
    assert client_as(role).get("/").status_code == 200


def test_a_sponsor_sees_her_groups_and_their_next_meeting_and_no_money(client_as):
    ruth, account = member_with_account(known_as="Ruth Calloway")
    RoleGrant.objects.create(user=account, role=Role.SPONSOR)
    group = OfficeFactory(person=ruth, kind=OfficeKind.SPONSOR).group
    coming = coming_meeting(group=group)

    html = client_as(account).get("/").content.decode()

    assert group.name in html
    assert coming.get_absolute_url() in html
    assert "Your money" not in html


def test_an_auditor_sees_what_there_is_to_read_in_figures_with_links(client_as):
    held = MeetingFactory(state=MeetingState.RECORDED, date=dt.date(2026, 1, 6))
    MinutesFactory(
        meeting=held,
        state=MinutesState.CIRCULATED,
        circulated_at=timezone.now(),
        circulated_by=UserFactory(),
    )
    MinutesFactory(meeting__group=held.group, meeting__date=dt.date(2026, 1, 7))
    MeetingFactory(state=MeetingState.PLANNED, date=dt.date(2026, 1, 8))
    ClaimFactory(state=ClaimState.PAID)
    ClaimFactory(state=ClaimState.SUBMITTED)
    make_policy()

    found = queries.to_read(staff_actor(Role.AUDITOR))
    html = client_as(Role.AUDITOR).get("/").content.decode()

    assert (found.held_count, found.waiting_count, found.paid_count) == (2, 1, 1)
    assert found.rates_count == 3
    assert "What there is to read" in html
    for url in (
        "/groups/",
        "/meetings/?when=past",
        "/decisions/",
        "/claims/?state=paid",
    ):
        assert f'href="{url}"' in html
    assert f"{held.get_absolute_url()}minutes/" in html
    assert "Every result matches." in html


def test_an_auditor_on_the_first_morning_is_told_what_will_be_here(client_as):
    html = client_as(Role.AUDITOR).get("/").content.decode()

    assert "No meeting has been held yet" in html
    assert "No minutes wait" in html


def test_a_chair_sees_what_is_in_her_hands_and_a_member_does_not(client_as):
    bernadette, account = member_with_account()
    group = OfficeFactory(person=bernadette).group
    planned = MeetingFactory(group=group, state=MeetingState.PLANNED)
    draft = MinutesFactory(meeting__group=group).meeting
    MinutesFactory()

    html = client_as(account).get("/").content.decode()

    assert "You chair" in html
    assert planned.get_absolute_url() in html
    assert "The minutes are being written." in html
    chairing = queries.member_home(actor_for_person(bernadette)).chairing
    assert {row for row, _ in chairing.meetings} == {planned, draft}
    _, other = member_with_account()
    assert "You chair" not in client_as(other).get("/").content.decode()


def test_finance_sees_what_is_ready_and_what_it_comes_to(client_as):
    ready_claim()

    html = client_as(Role.FINANCE).get("/").content.decode()

    assert "Ready to pay" in html
    assert "£67.00 in all" in html


def test_approver_sees_each_claim_that_needs_her_decision(client_as):
    grace = approver(name="Grace Mensah")
    claim = ClaimFactory(state=ClaimState.VERIFIED, person__known_as="Owen Pritchard")
    time_line(claim)
    mine = ClaimFactory(state=ClaimState.VERIFIED, verified_by=grace.user)

    found = queries.deciding(grace)

    assert list(found.rows) == [claim]
    assert found.total_pence == 5500
    assert mine not in found.rows
    assert "Owen Pritchard" in client_as(grace.user).get("/").content.decode()


def test_member_sees_her_next_meeting_first(client_as):
    person, user = member_with_account()
    meeting = coming_meeting()
    InvitationFactory(meeting=meeting, person=person)

    found = queries.member_home(actor_for_person(person))
    html = client_as(user).get("/").content.decode()

    assert found.invitation.meeting == meeting
    assert found.kicker == "Your next meeting is in 5 days"
    assert meeting.get_absolute_url() in html


def test_supporter_without_the_claim_scope_sees_no_money():
    person, _user = member_with_account()
    time_line(ClaimFactory(person=person))
    actor = actor_for_person(person)
    helper = type(actor)(
        user=actor.user,
        name="Leon Okafor",
        roles=frozenset({Role.SUPPORTER}),
        person_id=person.pk,
        is_supporter=True,
        scopes=frozenset({SupportScope.SEE}),
    )

    assert len(queries.member_home(actor).claims) == 1
    assert queries.member_home(helper).claims == []
    assert not queries.member_home(helper).may_see_claims


@pytest.mark.parametrize("count", [1, 3])
def test_staff_page_asks_a_fixed_number_of_times(
    count, client_as, django_assert_max_num_queries
):
    for _ in range(count):
        InvitationFactory(meeting=coming_meeting())
        time_line(ClaimFactory(state=ClaimState.SUBMITTED))
    client = client_as(UserFactory(roles=[Role.INVOLVEMENT]))
    client.get("/")

    with django_assert_max_num_queries(MOST_FOR_STAFF):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_auditor_page_asks_a_fixed_number_of_times(
    count, client_as, django_assert_max_num_queries
):
    for _ in range(count):
        MinutesFactory(meeting__date=dt.date(2026, 1, 6))
        ClaimFactory(state=ClaimState.PAID)
    client = client_as(Role.AUDITOR)
    client.get("/")

    with django_assert_max_num_queries(MOST_FOR_AUDITOR):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_chair_asks_a_fixed_number_of_times(
    count, client_as, django_assert_max_num_queries
):
    person, user = member_with_account()
    for _ in range(count):
        group = OfficeFactory(person=person).group
        InvitationFactory(meeting=coming_meeting(group=group), person=person)
        MeetingFactory(group=group, state=MeetingState.PLANNED)
    client = client_as(user)
    client.get("/")

    with django_assert_max_num_queries(MOST_FOR_MEMBER):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_member_page_asks_a_fixed_number_of_times(
    count, client_as, django_assert_max_num_queries
):
    person, user = member_with_account()
    for _ in range(count):
        InvitationFactory(meeting=coming_meeting(), person=person)
        time_line(ClaimFactory(person=person))
    client = client_as(user)
    client.get("/")

    with django_assert_max_num_queries(MOST_FOR_MEMBER):
        assert client.get("/").status_code == 200


def test_today_shows_only_mine_when_asked():
    tom = staff_actor(Role.INVOLVEMENT, name="Tom Ashworth")
    time_line(ClaimFactory(state=ClaimState.SUBMITTED))

    everything = queries.today_for(tom, only_mine=False, show_all=True)
    mine = queries.today_for(tom, only_mine=True, show_all=True)

    assert everything.to_check_count == 1
    assert all(row.holder_is_me for row in mine.rows)
    assert mine.all_count == everything.mine_count
