import datetime as dt
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.models import AuditEvent
from groups.notices import actions, queries
from groups.notices.enums import DeliveryState
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice
from groups.people.enums import Channel, ContactKind, PersonState, Purpose
from groups.people.models import ChannelPreference, ContactPoint
from tests.factories import DeliveryFactory, NoticeFactory, PersonFactory, staff_actor

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def plan(*people: Any, **values: Any) -> Notice:
    given: dict[str, Any] = {
        "by": SYSTEM,
        "occasion": "meeting.invitation",
        "about": "M-1",
        "purpose": Purpose.MEETINGS,
        "title": "You are invited",
        "messages": [
            Message(person, "You are invited", "Please come.") for person in people
        ],
        "due_at": timezone.now(),
    }
    return actions.plan_notice(**given | values)


def test_each_person_gets_one_delivery_in_the_channel_she_asked_for():
    reader, poster, caller = (
        PersonFactory(channel=name) for name in ("email", "letter", "phone")
    )

    plan(reader, poster, caller)

    rows = Delivery.objects.values_list("person_id", "channel", "state")
    assert set(rows) == {
        (reader.pk, "email", "planned"),
        (poster.pk, "letter", "planned"),
        (caller.pk, "phone", "planned"),
    }


def test_a_channel_for_one_purpose_is_used_only_for_it():
    person = PersonFactory(channel="letter")
    ContactPoint.objects.create(
        person=person, kind=ContactKind.LANDLINE, value="01632 960 009"
    )
    ChannelPreference.objects.create(
        person=person, purpose=Purpose.MONEY, channel=Channel.PHONE
    )

    plan(person, about="M-1", purpose=Purpose.MEETINGS)
    plan(person, about="C-1", purpose=Purpose.MONEY)

    assert dict(Delivery.objects.values_list("notice__about", "channel")) == {
        "M-1": "letter",
        "C-1": "phone",
    }


def test_planning_again_adds_only_the_people_who_are_new():
    first, second = PersonFactory.create_batch(2)
    plan(first)

    notice = plan(first, second)

    assert Notice.objects.count() == 1
    assert sorted(notice.deliveries.values_list("person_id", flat=True)) == [
        first.pk,
        second.pk,
    ]
    counts = AuditEvent.objects.filter(verb="planned messages").order_by("pk")
    assert [event.changes for event in counts] == [
        {"people": [0, 1]},
        {"people": [0, 1]},
    ]


def test_planning_again_after_a_person_changed_her_channel_does_not_tell_her_twice():
    person = PersonFactory(channel="letter")
    plan(person)
    person.preferences.update(channel=Channel.EMAIL)
    ContactPoint.objects.create(
        person=person, kind=ContactKind.EMAIL, value="new@example.org"
    )

    plan(type(person).objects.get(pk=person.pk))

    assert Delivery.objects.get().channel == Channel.LETTER


def test_a_new_version_is_a_new_notice_for_the_same_people():
    person = PersonFactory()
    plan(person, version=1)

    plan(person, version=2)

    assert Delivery.objects.filter(person=person).count() == 2


def test_the_same_person_named_twice_gets_one_message():
    person = PersonFactory()

    plan(person, person)

    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "state", [PersonState.LEFT, PersonState.DECEASED, PersonState.ANONYMISED]
)
def test_a_person_no_longer_in_touch_gets_a_withdrawn_row_that_says_so(state):
    person = PersonFactory(state=state)

    plan(person)

    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.WITHDRAWN
    assert delivery.reason == "This person is no longer in touch with us."


def test_a_person_without_any_way_to_reach_her_is_shown_as_a_failure():
    person = PersonFactory()
    person.contact_points.all().delete()

    plan(person)

    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.FAILED
    assert delivery.reason == (
        "We have no e-mail, address or phone number that works for this person."
    )


def test_a_person_who_asked_for_email_but_has_none_is_posted_a_letter():
    person = PersonFactory(channel="letter")
    person.preferences.update(channel=Channel.EMAIL)

    plan(person)

    assert Delivery.objects.get().channel == Channel.LETTER


def test_a_letter_keeps_the_print_size_and_the_address_with_the_name():
    person = PersonFactory(known_as="Dot Hargreaves", channel="letter", print_size=18)

    plan(person)

    delivery = Delivery.objects.get()
    assert delivery.print_size == 18
    assert delivery.address == "Dot Hargreaves\n1 Mill Lane\nElmsby\nNS4 2QT"


def test_a_title_of_two_lines_cannot_break_into_the_head_of_an_email():
    person = PersonFactory()

    plan(person, messages=[Message(person, "Hello\nBcc: all@example.org", "Words")])

    assert Delivery.objects.get().subject == "Hello Bcc: all@example.org"


def test_a_message_may_have_its_own_day_and_its_own_end():
    person = PersonFactory()
    day = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
    end = dt.datetime(2026, 12, 8, 10, tzinfo=dt.UTC)

    plan(
        person, messages=[Message(person, "Soon", "Words", due_at=day, expires_at=end)]
    )

    delivery = Delivery.objects.get()
    assert (delivery.due_at, delivery.expires_at) == (day, end)


def test_a_letter_is_due_three_working_days_before_an_email(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), tick=False)
    reader, poster = PersonFactory(channel="email"), PersonFactory(channel="letter")
    # Monday 7 December: three working days before is Wednesday 2 December.
    due_at = dates.wall_to_instant(dt.date(2026, 12, 7), dt.time(10))

    assert queries.due_for(reader, Purpose.MEETINGS, due_at) == due_at
    assert queries.due_for(poster, Purpose.MEETINGS, due_at) == dates.wall_to_instant(
        dt.date(2026, 12, 2), dt.time(9)
    )


def test_a_letter_is_never_due_before_now(time_machine):
    now = dt.datetime(2026, 12, 4, 9, tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    poster = PersonFactory(channel="letter")

    assert queries.due_for(poster, Purpose.MEETINGS, now + dt.timedelta(days=1)) == now


def test_withdraw_calls_off_what_has_not_gone_and_leaves_what_has():
    notice = NoticeFactory(occasion="meeting.reminder", about="M-7")
    waiting = DeliveryFactory(notice=notice)
    broken = DeliveryFactory(notice=notice, state=DeliveryState.FAILED)
    gone = DeliveryFactory(
        notice=notice,
        state=DeliveryState.HANDED_OVER,
        sent_at=timezone.now(),
        sent_by_name="Your Voice",
    )
    other = DeliveryFactory(
        notice=NoticeFactory(occasion="meeting.reminder", about="M-8")
    )

    count = actions.withdraw(
        by=staff_actor(),
        occasion="meeting.reminder",
        about="M-7",
        reason="The meeting is off.",
    )

    for row in (waiting, broken, gone, other):
        row.refresh_from_db()
    assert count == 2
    assert [row.state for row in (waiting, broken, gone, other)] == [
        "withdrawn",
        "withdrawn",
        "handed_over",
        "planned",
    ]
    assert waiting.reason == "The meeting is off."
    event = AuditEvent.objects.get(verb="withdrew messages")
    assert (event.object_ref, event.changes) == ("M-7", {"messages": [2, 0]})


def test_withdraw_beats_a_sweep_that_has_claimed_but_not_begun():
    claimed = DeliveryFactory(state=DeliveryState.CLAIMED, handing_over=False)
    leaving = DeliveryFactory(
        notice=claimed.notice, state=DeliveryState.CLAIMED, handing_over=True
    )

    actions.withdraw(
        by=SYSTEM, occasion=None, about=claimed.notice.about, reason="Off."
    )

    claimed.refresh_from_db()
    leaving.refresh_from_db()
    assert (claimed.state, leaving.state) == ("withdrawn", "claimed")


def test_withdraw_for_one_person_leaves_the_others():
    hers = DeliveryFactory()
    his = DeliveryFactory(notice=hers.notice)

    actions.withdraw(
        by=SYSTEM,
        occasion=None,
        about=hers.notice.about,
        reason="Not coming.",
        person=hers.person,
    )

    assert list(Delivery.objects.filter(state="planned")) == [his]


def test_withdraw_below_a_version_leaves_the_newer():
    old = DeliveryFactory(notice=NoticeFactory(about="M-1", version=1))
    new = DeliveryFactory(notice=NoticeFactory(about="M-1", version=2))

    actions.withdraw(
        by=SYSTEM, occasion=None, about="M-1", reason="Moved.", below_version=2
    )

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("withdrawn", "planned")


def test_withdraw_of_nothing_writes_nothing():
    assert actions.withdraw(by=SYSTEM, occasion=None, about="M-0", reason="Off.") == 0
    assert not AuditEvent.objects.exists()


def test_planning_rings_the_worker_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        plan(PersonFactory())

    assert actions.ring_sweep in callbacks


def test_a_broker_that_is_not_there_does_not_fail_the_save(monkeypatch, caplog):
    def refuse(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(current_app, "send_task", refuse)

    actions.ring_sweep()

    assert "could not ring the sweep: OSError" in caplog.text
