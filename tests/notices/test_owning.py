import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent, User
from coprod.home import queries as home
from groups.notices import owners, queries
from groups.notices.actions import owning
from groups.notices.enums import DeliveryState
from groups.notices.models import Alert
from tests.factories import (
    DeliveryFactory,
    PersonFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tom():
    return UserFactory(name="Tom Ashworth", roles=[Role.INVOLVEMENT])


@pytest.fixture
def priya():
    return UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT])


def trouble(owner=None, **values):
    return DeliveryFactory(
        **{"state": DeliveryState.FAILED, "reason": "x", "owner": owner} | values
    )


def acting(user):
    return staff_actor(Role.INVOLVEMENT, user=user)


def test_a_worker_takes_a_message_over(client_as, priya, tom):
    delivery = trouble(owner=tom)

    client = client_as(priya)
    before = client.get(delivery.get_absolute_url()).content.decode()
    answer = client.post(f"{delivery.get_absolute_url()}take-over/", follow=True)

    delivery.refresh_from_db()
    assert "<b>Who sees to it:</b> Tom Ashworth." in before
    assert delivery.owner == priya
    assert "<b>Who sees to it:</b> you." in answer.content.decode()
    event = AuditEvent.objects.get(verb="gave to")
    assert event.changes == {"owner": ["Tom Ashworth", "Priya Nair"]}
    assert event.about_person_id == delivery.person_id


def test_a_worker_gives_a_message_to_a_colleague(client_as, priya, tom):
    delivery = trouble()
    url = f"{delivery.get_absolute_url()}hand-to/"

    client = client_as(priya)
    page = client.get(url).content.decode()
    answer = client.post(url, {"colleague": tom.pk}, follow=True)

    delivery.refresh_from_db()
    assert "Nobody has it now." in page
    assert delivery.owner == tom
    assert "Tom Ashworth finds it on the first page now." in answer.content.decode()


def test_giving_asks_to_whom_and_changes_nothing(client_as, priya):
    delivery = trouble()

    answer = client_as(priya).post(f"{delivery.get_absolute_url()}hand-to/", {})

    delivery.refresh_from_db()
    assert "Choose who sees to it" in answer.content.decode()
    assert delivery.owner is None


def test_only_who_sends_messages_and_is_still_here_can_be_given_one(priya):
    finance = UserFactory(name="Colin Webb", roles=[Role.FINANCE])
    gone = UserFactory(name="Gone Away", roles=[Role.INVOLVEMENT])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    lead = UserFactory(name="Helen Marsh", roles=[Role.LEAD, Role.INVOLVEMENT])

    assert list(owners.colleagues()) == [lead, priya]
    for other in (finance, gone):
        with pytest.raises(RuleBroken, match="does not send messages"):
            owning.hand_to(by=acting(priya), delivery=trouble(), colleague=other)


def test_of_two_who_take_it_over_one_is_told(priya, tom):
    delivery = trouble()
    seen_by_tom = type(delivery).objects.get()
    owning.take_over(by=acting(priya), delivery=delivery)

    with pytest.raises(InvalidTransition, match="taken it over"):
        owning.take_over(by=acting(tom), delivery=seen_by_tom)

    delivery.refresh_from_db()
    assert delivery.owner == priya


def test_what_is_sorted_out_cannot_be_taken_over(priya):
    delivery = trouble(dealt_with_at=timezone.now(), dealt_with_by=priya)

    with pytest.raises(InvalidTransition):
        owning.take_over(by=acting(priya), delivery=delivery)


def test_a_member_takes_nothing_over(client_as, priya):
    delivery = trouble()
    member = actor_for_person(PersonFactory())

    for act in (
        lambda: owning.take_over(by=member, delivery=delivery),
        lambda: owning.hand_to(by=member, delivery=delivery, colleague=priya),
    ):
        with pytest.raises(ActionDenied):
            act()
    url = f"{delivery.get_absolute_url()}take-over/"
    assert client_as(Role.FINANCE, fresh=True).post(url).status_code == 404


def test_the_outbox_says_who_sees_to_what_and_shows_mine_first(client_as, priya, tom):
    his = trouble(
        owner=tom, subject="His", due_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    nobodys = trouble(subject="Nobody's")
    hers = trouble(owner=priya, subject="Hers")

    page = client_as(priya).get("/outbox/").content.decode()

    assert list(queries.in_trouble(acting(priya))) == [hers, nobodys, his]
    assert "You see to it." in page
    assert "Tom Ashworth sees to it." in page
    assert "Nobody has it yet." in page


def test_the_first_page_lists_mine_one_by_one_and_of_others_the_number(priya, tom):
    now = timezone.now()
    for number in range(2):
        trouble(owner=priya, subject=f"Hers {number}", due_at=now)
        trouble(owner=tom, due_at=now - dt.timedelta(days=9))
    for _ in range(3):
        trouble(due_at=now)

    rows = home.today_for(acting(priya), only_mine=False, show_all=True).rows

    assert [(row.what, row.holder, row.is_late) for row in rows] == [
        ("Did not arrive: Hers 0", "You", False),
        ("Did not arrive: Hers 1", "You", False),
        ("2 messages did not arrive", "Tom Ashworth", True),
        ("3 messages did not arrive", "Anyone", False),
    ]
    assert rows[2].url == "/outbox/#failed"


def test_the_first_page_lists_alerts_that_nobody_has_dealt_with(priya):
    alert = Alert.objects.create(kind="count", about="2026-11-03", words="x")
    Alert.objects.create(
        kind="count",
        about="2026-11-02",
        words="x",
        dealt_with_at=timezone.now(),
        dealt_with_by=priya,
    )

    (row,) = home.today_for(acting(priya), only_mine=False, show_all=True).rows

    assert row.what == "Messages do not add up: Tuesday 3 November 2026"
    assert row.url == alert.get_absolute_url()
