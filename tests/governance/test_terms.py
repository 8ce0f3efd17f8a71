import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from coprod.home import queries as home
from groups.governance import actions, terms
from groups.governance.enums import MembershipState
from groups.governance.models import Group
from groups.notices import texts
from groups.notices.enums import DeliveryState
from groups.notices.models import Alert, Delivery
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC)
ENDS = dt.date(2026, 12, 18)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def membership():
    group = GroupFactory(name="Technology at Home")
    return MembershipFactory(
        group=group,
        person=PersonFactory(known_as="Marian Okafor"),
        seat=SeatFactory(group=group),
        from_date=dt.date(2024, 12, 18),
    )


def plan(moment=NOW):
    with time_machine.travel(moment, tick=False):
        return terms.plan_terms(now=moment)


def told():
    return list(Delivery.objects.filter(notice__occasion="term.ending").order_by("pk"))


def test_a_person_is_told_eight_weeks_before_her_term_ends(membership):
    terms.set_term(by=staff_actor(), membership=membership, to_date=ENDS)

    assert plan(NOW - dt.timedelta(days=7)) == 0
    assert plan() == 1

    (row,) = told()
    assert (
        "Your term in Technology at Home ends on Friday 18 December 2026." in row.body
    )
    assert row.due_at == NOW
    assert row.expires_at == dt.datetime(2026, 12, 19, tzinfo=dt.UTC)


def test_planning_again_or_by_the_command_adds_nothing(membership, capsys):
    terms.set_term(by=staff_actor(), membership=membership, to_date=ENDS)

    plan(), plan(NOW + dt.timedelta(days=3))
    call_command("plan_terms")

    assert len(told()) == 1
    assert "planned 0" in capsys.readouterr().out


def test_another_day_calls_off_the_word_and_tells_anew(membership):
    worker = staff_actor()
    terms.set_term(by=worker, membership=membership, to_date=ENDS)
    plan()

    terms.set_term(by=worker, membership=membership, to_date=dt.date(2026, 12, 20))
    plan()

    assert [row.state for row in told()] == [
        DeliveryState.WITHDRAWN,
        DeliveryState.PLANNED,
    ]
    assert AuditEvent.objects.filter(verb="set term").count() == 2


def test_the_first_day_again_lets_its_word_wait_again(membership):
    worker = staff_actor()
    for day in (ENDS, dt.date(2026, 12, 20), ENDS):
        terms.set_term(by=worker, membership=membership, to_date=day)
        plan()

    assert [(row.subject[-16:], row.state) for row in told()] == [
        ("18 December 2026", DeliveryState.PLANNED),
        ("20 December 2026", DeliveryState.WITHDRAWN),
    ]


def test_who_hears_by_text_reads_what_to_do_and_never_which_group(membership):
    Group.objects.update(name="Mental Health Forum", slug="mental-health-forum")
    membership.refresh_from_db()
    terms.set_term(by=staff_actor(), membership=membership, to_date=ENDS)

    plan()

    (row,) = told()
    assert texts.whole(row) == (
        "Your Voice: your time in a group ends on Friday 18 December 2026. "
        "We would like to talk with you about what comes next. "
        "See http://127.0.0.1:8000 or ring 01632 960 118."
    )


def compared(day):
    """Return what the comparison of a day says, run by the command."""
    try:
        call_command("compare_messages", "--day", day.isoformat())
    except CommandError as found:
        return str(found)
    return ""


def test_the_comparison_of_the_day_misses_word_that_was_never_planned(membership):
    terms.set_term(by=staff_actor(), membership=membership, to_date=ENDS)
    MembershipFactory(to_date=dt.date(2027, 6, 1))
    today = NOW.date()

    missed = "1 person has no message about “term.ending” (terms)."
    assert [compared(today), compared(ENDS - dt.timedelta(days=57))] == [missed, ""]
    assert Alert.objects.get().about == "2026-10-29"


def test_control_word_that_was_planned_adds_up_whatever_became_of_it(membership):
    worker = staff_actor()
    terms.set_term(by=worker, membership=membership, to_date=ENDS)
    plan(NOW - dt.timedelta(days=1))
    Delivery.objects.update(state=DeliveryState.FAILED, reason="No address.")
    assert compared(NOW.date()) == ""

    terms.set_term(by=worker, membership=membership, to_date=dt.date(2026, 12, 20))
    assert compared(NOW.date()) != ""


def test_a_term_without_an_end_tells_nobody(membership):
    worker = staff_actor()
    terms.set_term(by=worker, membership=membership, to_date=ENDS)
    terms.set_term(by=worker, membership=membership, to_date=None)

    assert plan() == 0


def test_who_leaves_before_is_not_told(membership):
    worker = staff_actor()
    terms.set_term(by=worker, membership=membership, to_date=ENDS)
    plan()

    actions.end_membership(
        by=worker, membership=membership, on_date=NOW.date(), reason="Moved away."
    )

    assert [row.state for row in told()] == [DeliveryState.WITHDRAWN]
    assert plan() == 0
    with pytest.raises(InvalidTransition):
        terms.set_term(by=worker, membership=membership, to_date=ENDS)


def test_only_the_team_sets_a_term_and_only_to_a_day_to_come(membership):
    with pytest.raises(ActionDenied):
        terms.set_term(
            by=actor_for_person(membership.person), membership=membership, to_date=ENDS
        )
    with pytest.raises(RuleBroken, match="still to come"):
        terms.set_term(by=staff_actor(), membership=membership, to_date=NOW.date())
    membership.refresh_from_db()
    assert membership.to_date is None


def test_the_team_owes_a_talk_before_a_term_ends(membership):
    worker = UserFactory(roles=[Role.INVOLVEMENT])
    membership.person.staff_contact = worker
    membership.person.save()
    membership.to_date = ENDS
    membership.save()
    later = MembershipFactory(to_date=dt.date(2027, 6, 1))

    page = home.today_for(staff_actor(), only_mine=False, show_all=True)

    rows = [row for row in page.rows if "term" in row.what]
    assert [(row.who, row.due_date, row.holder) for row in rows] == [
        ("Marian Okafor", dt.date(2026, 11, 20), worker.name)
    ]
    assert later.state == MembershipState.SERVING


def test_staff_set_the_day_on_the_page_of_the_group(client_as, membership):
    team = client_as(Role.INVOLVEMENT)
    url = reverse(
        "governance:membership-term", args=[membership.group.slug, membership.pk]
    )

    day = {"to_date_day": "18", "to_date_month": "12", "to_date_year": "2026"}
    assert team.post(url, day).url == membership.group.get_absolute_url()

    page = team.get(membership.group.get_absolute_url()).content.decode()
    assert "Until Friday 18 December 2026" in page
    assert url in page
    assert (
        "still to come"
        in team.post(url, day | {"to_date_year": "2025"}).content.decode()
    )
    assert client_as(Role.FINANCE).post(url, day).status_code == 404
