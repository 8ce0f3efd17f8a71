import datetime as dt

import pytest

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.errors import InvalidTransition
from groups.people import actions
from groups.people.models import Person
from tests.factories import (
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_20_november(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def marian():
    return member_with_account(known_as="Marian Okafor")


@pytest.mark.parametrize(
    ("length", "until"),
    [
        ("", dt.date(2027, 2, 20)),
        ("1", dt.date(2026, 12, 20)),
        ("3", dt.date(2027, 2, 20)),
        ("6", dt.date(2027, 5, 20)),
        ("open", None),
    ],
)
def test_a_member_takes_a_break_with_one_press(client_as, marian, length, until):
    person, user = marian

    client_as(user).post("/me/pause/", {"length": length})

    person.refresh_from_db()
    assert (person.state, person.paused_until) == ("paused", until)


def test_the_team_records_a_break_on_one_call_and_changes_how_long(client_as):
    person, staff = PersonFactory(), client_as(Role.INVOLVEMENT)
    base = f"/people/{person.reference}/record"

    staff.post(f"{base}/pause/", {"length": "3", "reason": "A new grandchild"})
    shown = staff.get(person.get_absolute_url()).content.decode()
    staff.post(f"{base}/break-length/", {"length": "6"})

    assert "Taking a break until Saturday 20 February 2027" in shown
    person.refresh_from_db()
    assert person.paused_until == dt.date(2027, 5, 20)


def test_she_comes_back_by_herself_when_she_likes(client_as, marian):
    person, user = marian
    member = client_as(user)
    member.post("/me/pause/", {"length": "open"})

    assert "Come back now" in member.get("/me/pause/").content.decode()
    member.post("/me/pause/end/")

    person.refresh_from_db()
    assert (person.state, person.paused_until) == ("active", None)


def test_after_its_last_day_the_break_is_over_on_every_page_whatever_any_job_did(
    client_as, time_machine
):
    person = PersonFactory(
        known_as="Marian", state="paused", paused_until=dt.date(2026, 11, 20)
    )

    def listed(state: str) -> bool:
        # A new sign-in: the old one does not last the night.
        staff = client_as(Role.INVOLVEMENT)
        return "Marian" in staff.get(f"/people/?state={state}").content.decode()

    assert (listed("paused"), listed("active")) == (True, False)
    # The last minute of the day in London, and the first of the next.
    time_machine.move_to(dt.datetime(2026, 11, 20, 23, 59, tzinfo=dt.UTC), tick=False)
    assert person.is_on_a_break()
    time_machine.move_to(dt.datetime(2026, 11, 21, 0, 0, tzinfo=dt.UTC), tick=False)

    assert (listed("paused"), listed("active")) == (False, True)
    shown = client_as(Role.INVOLVEMENT).get(person.get_absolute_url()).content.decode()
    assert "Taking a break" not in shown
    assert "Record a break" in shown
    assert Person.objects.get(pk=person.pk).state == "paused"


def test_a_new_break_can_begin_where_the_last_is_over_but_not_written_down(client_as):
    person = PersonFactory(state="paused", paused_until=dt.date(2026, 11, 1))

    client_as(Role.INVOLVEMENT).post(
        f"/people/{person.reference}/record/pause/", {"length": "1"}
    )

    person.refresh_from_db()
    assert person.is_on_a_break()
    assert person.paused_until == dt.date(2026, 12, 20)


def test_no_supporter_takes_a_break_for_a_member(client_as):
    link = SupporterFactory()
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)

    client_as(user).post("/me/pause/", {"length": "3"})

    assert not link.member.__class__.objects.get(pk=link.member_id).is_on_a_break()


def test_nobody_comes_back_who_took_no_break(client_as, marian):
    answer = client_as(marian[1]).post("/me/pause/end/")

    assert answer.status_code < 500
    marian[0].refresh_from_db()
    assert marian[0].state == "active"


def test_a_break_that_lasts_is_not_ended_by_the_clock():
    person = PersonFactory(state="paused", paused_until=dates.today())

    with pytest.raises(InvalidTransition):
        actions.end_break_by_the_clock(by=Actor.system("test"), person=person)
