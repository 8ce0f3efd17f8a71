import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.errors import RuleBroken
from groups.notices.actions import keeping, mending
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.notices.periodic import remove_old_words
from tests.factories import (
    DeliveryFactory,
    UserFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
OLD = NOW - dt.timedelta(days=91)
WORDS = {
    "body": "Come and see.",
    "text_body": "Come.",
    "calendar": "BEGIN:VCALENDAR",
    "address": "dot@post.example",
    "link_path": "/meetings/M-1/",
}
SENT = {"state": DeliveryState.HANDED_OVER, "sent_by_name": "Your Voice"}


def old(**values):
    return DeliveryFactory(**{"due_at": OLD, **WORDS, **values})


def words_of(delivery):
    delivery.refresh_from_db()
    return {name: getattr(delivery, name) for name in WORDS}


def test_the_words_of_an_old_message_go_and_the_fact_stays():
    delivery = old(sent_at=OLD, subject="Invitation", **SENT)

    removed = keeping.remove_old_words(now=NOW)

    assert removed == 1
    assert set(words_of(delivery).values()) == {""}
    assert delivery.words_removed_at == NOW
    assert delivery.subject == "Invitation"
    assert (delivery.state, delivery.sent_at, delivery.sent_by_name) == (
        DeliveryState.HANDED_OVER,
        OLD,
        "Your Voice",
    )


@pytest.mark.parametrize(
    "state",
    [DeliveryState.WITHDRAWN, DeliveryState.TOO_LATE, DeliveryState.DELIVERED],
)
def test_a_message_that_ended_another_way_loses_its_words_too(state):
    sent = state == DeliveryState.DELIVERED
    delivery = old(
        state=state,
        sent_at=OLD if sent else None,
        sent_by_name="Your Voice" if sent else None,
    )

    keeping.remove_old_words(now=NOW)

    assert set(words_of(delivery).values()) == {""}


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.CLAIMED])
def test_an_open_message_keeps_its_words_however_old(state):
    delivery = old(state=state)

    assert keeping.remove_old_words(now=NOW) == 0
    assert words_of(delivery) == WORDS


def test_trouble_keeps_its_words_until_somebody_has_dealt_with_it():
    waiting = old(state=DeliveryState.FAILED)
    done = old(
        state=DeliveryState.FAILED, dealt_with_at=OLD, dealt_with_by=UserFactory()
    )

    keeping.remove_old_words(now=NOW)

    assert words_of(waiting) == WORDS
    assert set(words_of(done).values()) == {""}


def test_words_are_kept_for_as_long_as_the_settings_say(settings):
    settings.WORDS_KEPT = dt.timedelta(days=30)
    young = NOW - dt.timedelta(days=29)
    gone, kept = old(sent_at=OLD, **SENT), old(sent_at=young, **SENT)

    keeping.remove_old_words(now=NOW)

    assert words_of(kept) == WORDS
    assert set(words_of(gone).values()) == {""}


def test_removing_goes_on_where_it_was_stopped(monkeypatch):
    monkeypatch.setattr(keeping, "_AT_A_TIME", 2)
    for _ in range(5):
        old(sent_at=OLD, **SENT)

    stopped = keeping.remove_old_words(now=NOW, seconds=0)
    removed = keeping.remove_old_words(now=NOW)
    again = keeping.remove_old_words(now=NOW)

    assert (stopped, removed, again) == (0, 5, 0)


def test_the_worker_removes_old_words():
    delivery = old(sent_at=OLD, **SENT)

    remove_old_words()

    assert set(words_of(delivery).values()) == {""}


def without_words(**values):
    return old(
        sent_at=OLD,
        words_removed_at=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC),
        **(SENT | dict.fromkeys(WORDS, "") | values),
    )


SAID = "We keep the words for 90 days. They were removed on Tuesday 3 November 2026."


def test_staff_read_when_the_words_were_removed(client_as):
    delivery = without_words()

    page = client_as(Role.INVOLVEMENT).get(delivery.get_absolute_url())

    assert SAID in page.content.decode()
    assert "Dear " not in page.content.decode()


def test_the_member_reads_when_the_words_were_removed(client_as):
    person, user = member_with_account()
    delivery = without_words(person=person)

    page = client_as(user).get(f"/me/messages/{delivery.reference}/")

    assert SAID in page.content.decode()
    assert "Dear " not in page.content.decode()


def test_what_came_back_after_its_words_went_cannot_be_sent_again():
    delivery = without_words(state=DeliveryState.BOUNCED)

    with pytest.raises(RuleBroken, match="We no longer have its words"):
        mending.send_again(by=staff_actor(), delivery=delivery)

    assert Delivery.objects.get().state == DeliveryState.BOUNCED
