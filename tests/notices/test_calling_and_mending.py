import datetime as dt

import pytest
from django.utils import timezone

from coprod.core import dates
from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices import actions, queries
from groups.notices.actions.calling import next_try
from groups.notices.enums import CallOutcome, DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import Channel, ContactKind, PersonState
from groups.people.models import ContactPoint
from tests.factories import DeliveryFactory, PersonFactory, staff_actor

pytestmark = pytest.mark.django_db
# Wednesday 4 November 2026, noon.
NOON = dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC)


def call(**person):
    return DeliveryFactory(
        person=PersonFactory(channel="phone", **person), channel="phone"
    )


def at(day, hour):
    return dates.wall_to_instant(dt.date(2026, 11, day), dt.time(hour))


def test_a_call_in_which_we_spoke_is_done_and_says_who_rang(time_machine):
    time_machine.move_to(NOON, tick=False)
    delivery = call()

    actions.record_call(
        by=staff_actor(name="Priya Nair"),
        delivery=delivery,
        outcome="spoke",
        words="Yes, coming.",
    )

    assert (delivery.state, delivery.sent_by_name) == (
        DeliveryState.HANDED_OVER,
        "Priya Nair",
    )
    assert (
        delivery.outcome == "We spoke, Wednesday 4 November 2026 at 12pm. Yes, coming."
    )
    event = AuditEvent.objects.get(verb="rang")
    assert event.changes == {"outcome": ["", "spoke"]}
    assert event.about_person_id == delivery.person_id


def test_a_call_without_an_answer_is_tried_again_and_not_called_sent(time_machine):
    time_machine.move_to(NOON, tick=False)
    delivery = call()

    actions.record_call(
        by=staff_actor(), delivery=delivery, outcome=CallOutcome.NO_ANSWER
    )

    assert (delivery.state, delivery.due_at, delivery.sent_at) == (
        "planned",
        at(4, 14),
        None,
    )


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        (at(4, 12), {}, at(4, 14)),
        (at(4, 9), {"call_after": dt.time(14)}, at(4, 14)),
        (at(4, 16), {}, at(5, 10)),
        (at(4, 16), {"call_after": dt.time(14)}, at(5, 14)),
        (at(6, 16), {}, at(9, 10)),
        (at(4, 15), {"call_before": dt.time(20)}, at(4, 17)),
    ],
)
def test_the_next_try_is_in_the_hours_and_on_the_days_the_person_can_be_rung(
    now, hours, expected
):
    assert next_try(PersonFactory(**hours), now) == expected


def test_no_message_is_left_with_somebody_who_asked_us_never_to():
    delivery = call(voicemail_ok=False, known_as="Dot Hargreaves")

    with pytest.raises(
        RuleBroken, match="Dot Hargreaves asked us never to leave a message"
    ):
        actions.record_call(
            by=staff_actor(), delivery=delivery, outcome=CallOutcome.VOICEMAIL
        )

    assert Delivery.objects.get().state == DeliveryState.PLANNED


def test_a_message_left_with_somebody_who_allows_it_is_done():
    delivery = call(voicemail_ok=True)

    actions.record_call(
        by=staff_actor(), delivery=delivery, outcome=CallOutcome.VOICEMAIL
    )

    assert delivery.state == DeliveryState.HANDED_OVER


def test_a_dead_number_is_shown_as_a_failure():
    delivery = call()

    actions.record_call(
        by=staff_actor(), delivery=delivery, outcome=CallOutcome.WRONG_NUMBER
    )

    assert (delivery.state, delivery.reason) == (
        "failed",
        "The phone number does not work.",
    )


@pytest.mark.parametrize("outcome", [CallOutcome.SPOKE, CallOutcome.NO_ANSWER])
def test_of_two_workers_who_rang_at_once_the_second_is_told(outcome):
    delivery = call()
    same = Delivery.objects.get()
    actions.record_call(by=staff_actor(), delivery=delivery, outcome=outcome)

    with pytest.raises(InvalidTransition, match="just written down this call"):
        actions.record_call(by=staff_actor(), delivery=same, outcome=CallOutcome.SPOKE)

    assert AuditEvent.objects.filter(verb="rang").count() == 1


def trouble(**values):
    return DeliveryFactory(
        **{"state": "failed", "reason": "The mailbox is full."} | values
    )


def with_post(person):
    ContactPoint.objects.create(
        person=person, kind=ContactKind.POST, value="1 Mill Lane", postcode="NS4 2QT"
    )


@pytest.mark.parametrize("state", ["failed", "uncertain"])
def test_send_again_puts_the_same_message_back_in_the_queue(state):
    delivery = trouble(state=state, attempts=5)

    actions.send_again(by=staff_actor(), delivery=delivery)

    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts, kept.reason) == ("planned", 0, "")
    assert kept.message_id == delivery.message_id
    assert kept.due_at <= timezone.now()
    assert AuditEvent.objects.filter(verb="sent again").count() == 1


def test_what_came_back_goes_again_as_a_new_message():
    delivery = trouble(state="bounced", sent_at=NOON, sent_by_name="Your Voice")
    old = delivery.message_id

    actions.send_again(by=staff_actor(), delivery=delivery)

    assert Delivery.objects.get().message_id != old


def test_posting_instead_closes_the_failure_and_owes_a_letter():
    delivery = trouble()
    with_post(delivery.person)

    other = actions.use_other_channel(
        by=staff_actor(), delivery=delivery, channel=Channel.LETTER
    )

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (
        "withdrawn",
        "The mailbox is full. We post it instead.",
    )
    assert (other.channel, other.state, other.body) == (
        "letter",
        "planned",
        delivery.body,
    )
    assert other.address.endswith("1 Mill Lane\nNS4 2QT")


def test_posting_instead_without_an_address_says_so_and_changes_nothing():
    delivery = trouble()

    with pytest.raises(RuleBroken, match="no address or number"):
        actions.use_other_channel(
            by=staff_actor(), delivery=delivery, channel=Channel.LETTER
        )

    assert Delivery.objects.get().state == "failed"


def test_posting_instead_of_something_already_posted_says_so_and_changes_nothing():
    delivery = trouble()
    with_post(delivery.person)
    DeliveryFactory(notice=delivery.notice, person=delivery.person, channel="letter")

    with pytest.raises(RuleBroken, match="already tried it that way"):
        actions.use_other_channel(
            by=staff_actor(), delivery=delivery, channel=Channel.LETTER
        )

    assert Delivery.objects.get(pk=delivery.pk).state == "failed"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": NOON - dt.timedelta(days=300)}, "too late"),
        ({"person__state": PersonState.DECEASED}, "no longer in touch"),
    ],
)
def test_what_is_pointless_is_not_sent_again(values, words):
    delivery = trouble(**values)

    with pytest.raises(RuleBroken, match=words):
        actions.send_again(by=staff_actor(), delivery=delivery)


def test_a_failure_somebody_has_dealt_with_is_not_sent_again():
    delivery = trouble()
    actions.deal_with(by=staff_actor(), delivery=delivery, note="I told her.")

    with pytest.raises(InvalidTransition, match="already sorted this out"):
        actions.send_again(by=staff_actor(), delivery=delivery)
    with pytest.raises(InvalidTransition, match="already sorted this out"):
        actions.deal_with(by=staff_actor(), delivery=delivery, note="Me too.")

    kept = Delivery.objects.get()
    assert (kept.state, kept.outcome) == ("failed", "I told her.")


def test_what_may_have_been_sent_can_be_marked_as_arrived():
    delivery = trouble(state="uncertain")

    actions.mark_arrived(by=staff_actor(name="Priya Nair"), delivery=delivery)

    assert (delivery.state, delivery.sent_by_name) == ("handed_over", "Priya Nair")


def test_only_what_may_have_been_sent_can_be_marked_as_arrived():
    with pytest.raises(InvalidTransition):
        actions.mark_arrived(by=staff_actor(), delivery=trouble())


def test_a_letter_that_came_back_stops_all_letters_to_that_address():
    delivery = DeliveryFactory(
        person=PersonFactory(channel="letter"),
        channel="letter",
        state="handed_over",
        sent_at=NOON,
        sent_by_name="Priya Nair",
        address="Rosalind Fry\n1 Mill Lane\nElmsby\nNS4 2QT",
    )

    actions.mark_came_back(
        by=staff_actor(), delivery=delivery, reason="Gone away", stop_using=True
    )

    point = ContactPoint.objects.get()
    assert (delivery.state, delivery.reason) == ("bounced", "Gone away")
    assert (point.stopped_at is not None, point.stopped_reason) == (True, "Gone away")


def test_a_text_that_came_back_stops_the_number_however_it_is_written():
    person = PersonFactory(channel=Channel.TEXT)
    delivery = DeliveryFactory(
        person=person,
        channel=Channel.TEXT,
        state=DeliveryState.HANDED_OVER,
        sent_at=NOON,
        sent_by_name="Priya Nair",
        address=queries.address_for(person, Channel.TEXT),
    )

    actions.mark_came_back(
        by=staff_actor(), delivery=delivery, reason="No such number", stop_using=True
    )

    assert delivery.address == "07700 900123"
    assert person.contact_points.get().stopped_reason == "No such number"


def test_what_came_back_for_another_reason_keeps_the_address():
    delivery = DeliveryFactory(
        state="handed_over", sent_at=NOON, sent_by_name="Your Voice"
    )

    actions.mark_came_back(
        by=staff_actor(), delivery=delivery, reason="Mailbox full", stop_using=False
    )

    assert ContactPoint.objects.get().stopped_at is None


def test_nobody_but_the_team_mends_or_rings():
    finance = staff_actor(Role.FINANCE)
    delivery, number = trouble(), call()

    for act in (
        lambda: actions.send_again(by=finance, delivery=delivery),
        lambda: actions.use_other_channel(
            by=finance, delivery=delivery, channel="letter"
        ),
        lambda: actions.mark_arrived(by=finance, delivery=delivery),
        lambda: actions.deal_with(by=finance, delivery=delivery, note="x"),
        lambda: actions.mark_came_back(
            by=finance, delivery=delivery, reason="x", stop_using=False
        ),
        lambda: actions.undo_posted(by=finance, delivery=delivery),
        lambda: actions.record_call(by=finance, delivery=number, outcome="spoke"),
    ):
        with pytest.raises(ActionDenied):
            act()

    assert not AuditEvent.objects.exists()
