"""Word to many people waits for ten minutes, and can be taken back whole."""

import datetime as dt

import pytest
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices import actions
from groups.notices.enums import DeliveryState
from groups.notices.messages import Message
from groups.notices.models import Delivery, Notice
from groups.people.enums import PersonState, Purpose
from groups.people.models import ContactPoint
from tests.factories import PersonFactory, UserFactory, staff_actor

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 4, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


def tell(people, *, by=None, can_be_undone=True, about="M-1", **more):
    return actions.plan_notice(
        by=by or staff_actor(),
        occasion="meeting.invitation",
        about=about,
        purpose=Purpose.MEETINGS,
        title="Meeting on Tuesday",
        messages=[
            Message(
                person=person,
                subject="Meeting on Tuesday",
                body="You are invited.",
                link_path="/meetings/M-1/",
            )
            for person in people
        ],
        due_at=timezone.now(),
        can_be_undone=can_be_undone,
        **more,
    )


def many(count=12):
    return [
        PersonFactory(channel=("email", "letter", "phone")[number % 3])
        for number in range(count)
    ]


def states(notice):
    return list(notice.deliveries.values_list("state", flat=True).distinct())


def test_ten_people_are_told_at_once_and_eleven_in_ten_minutes():
    few = tell(many(10), about="M-10")
    more = tell(many(11), about="M-11")

    assert few.held_until is None
    assert more.held_until == NINE + 10 * MINUTE
    held = more.deliveries.all()
    assert {row.held_until for row in held} == {NINE + 10 * MINUTE}
    # Nothing is late while it waits in its window.
    assert {row.due_at for row in held} == {NINE + 10 * MINUTE}


def test_nothing_leaves_the_house_before_the_window_closes(clock, mailoutbox):
    tell(many(12))

    actions.send_due(now=NINE + 9 * MINUTE)
    assert not mailoutbox
    assert not Delivery.objects.calls_to_make().exists()
    assert not Delivery.objects.letters_waiting().exists()

    clock.move_to(NINE + 11 * MINUTE, tick=False)
    actions.send_due(now=timezone.now())
    assert len(mailoutbox) == 4
    assert Delivery.objects.calls_to_make().count() == 4
    assert Delivery.objects.letters_waiting().count() == 4


def test_undoing_calls_off_every_message_and_says_who_did_it(clock, mailoutbox):
    notice = tell(many(12))
    priya = staff_actor(name="Priya Nair")

    assert actions.undo(by=priya, notice=notice) == 12

    assert states(notice) == [DeliveryState.WITHDRAWN]
    assert (notice.undone_at, notice.undone_by) == (NINE, priya.user)
    assert AuditEvent.objects.get(verb="undid messages").changes == {
        "messages": [12, 0]
    }
    clock.move_to(NINE + 30 * MINUTE, tick=False)
    actions.send_due(now=timezone.now())
    assert not mailoutbox


def test_what_has_gone_out_cannot_be_undone(clock):
    notice = tell(many(12))
    clock.move_to(NINE + 10 * MINUTE, tick=False)

    with pytest.raises(InvalidTransition, match="already gone out"):
        actions.undo(by=staff_actor(), notice=notice)

    assert states(notice) == [DeliveryState.PLANNED]


def test_when_one_message_has_begun_to_go_none_is_undone():
    notice = tell(many(12))
    first = notice.deliveries.filter(channel="email").first()
    Delivery.objects.filter(pk=first.pk).update(state=DeliveryState.CLAIMED)

    with pytest.raises(InvalidTransition, match="already gone out"):
        actions.undo(by=staff_actor(), notice=notice)

    assert notice.deliveries.filter(state=DeliveryState.WITHDRAWN).count() == 0
    notice.refresh_from_db()
    assert notice.undone_at is None


def test_undoing_twice_undoes_once():
    notice = tell(many(12))
    actions.undo(by=staff_actor(), notice=notice)

    with pytest.raises(InvalidTransition):
        actions.undo(by=staff_actor(), notice=Notice.objects.get())

    assert AuditEvent.objects.filter(verb="undid messages").count() == 1


def test_sending_after_all_puts_exactly_those_messages_back(clock, mailoutbox):
    people = many(12)
    people[1].state = PersonState.LEFT
    people[1].save()
    ContactPoint.objects.filter(person=people[2]).delete()
    notice = tell(people)
    before = dict(notice.deliveries.values_list("person_id", "state"))
    assert set(before.values()) == {"planned", "withdrawn", "failed"}
    actions.undo(by=staff_actor(), notice=notice)
    clock.move_to(NINE + 3 * MINUTE, tick=False)

    assert actions.send_after_all(by=staff_actor(), notice=notice) == 10

    assert dict(notice.deliveries.values_list("person_id", "state")) == before
    assert (notice.undone_at, notice.held_until) == (None, NINE + 13 * MINUTE)
    reasons = dict(notice.deliveries.values_list("person_id", "reason"))
    assert reasons[people[2].pk].startswith("We have no e-mail, address or phone")
    actions.send_due(now=NINE + 12 * MINUTE)
    assert not mailoutbox
    clock.move_to(NINE + 14 * MINUTE, tick=False)
    actions.send_due(now=timezone.now())
    assert len(mailoutbox) == 4


def test_what_has_changed_meanwhile_is_not_sent_after_all():
    notice = tell(many(12))
    actions.undo(by=staff_actor(), notice=notice)
    actions.withdraw(
        by=staff_actor(),
        occasion="meeting.invitation",
        about="M-1",
        reason="The meeting has changed.",
    )

    with pytest.raises(RuleBroken, match="has changed"):
        actions.send_after_all(by=staff_actor(), notice=notice)

    assert states(notice) == [DeliveryState.WITHDRAWN]
    assert Notice.objects.get().undone_at == NINE


def test_what_was_sent_anew_since_is_not_sent_twice():
    people = many(12)
    notice = tell(people)
    actions.undo(by=staff_actor(), notice=notice)
    tell(people, version=2)

    with pytest.raises(RuleBroken, match="has changed"):
        actions.send_after_all(by=staff_actor(), notice=notice)


def test_who_has_left_meanwhile_is_left_out_when_it_is_sent_after_all():
    people = many(12)
    notice = tell(people)
    actions.undo(by=staff_actor(), notice=notice)
    people[0].state = PersonState.DECEASED
    people[0].save()

    assert actions.send_after_all(by=staff_actor(), notice=notice) == 11

    assert notice.deliveries.get(person=people[0]).state == DeliveryState.WITHDRAWN


def test_who_switched_it_off_meanwhile_is_left_out_and_who_moved_is_found(clock):
    people = many(12)
    notice = tell(people)
    actions.undo(by=staff_actor(), notice=notice)
    people[0].preferences.update(is_wanted=False)
    people[3].preferences.update(channel="letter")
    people[3].contact_points.create(kind="post", value="2 Mill Lane")

    actions.send_after_all(by=staff_actor(), notice=notice)

    off = notice.deliveries.get(person=people[0])
    assert (off.state, off.reason) == (
        DeliveryState.WITHDRAWN,
        "They asked us not to send these.",
    )
    assert notice.deliveries.get(person=people[3]).channel == "letter"


def test_a_change_that_is_taken_back_does_not_bring_back_what_was_undone():
    notice = tell(many(12))
    actions.undo(by=staff_actor(), notice=notice)
    about = {"by": staff_actor(), "about": "M-1", "reason": "The meeting has changed."}
    actions.withdraw(occasion="meeting.invitation", **about)

    assert actions.bring_back(occasion="meeting.invitation", **about) == 0

    assert states(notice) == [DeliveryState.WITHDRAWN]


def test_nobody_rings_about_what_can_still_be_undone():
    call = tell(many(12)).deliveries.filter(channel="phone").first()

    with pytest.raises(InvalidTransition):
        actions.record_call(by=staff_actor(), delivery=call, outcome="spoke")

    call.refresh_from_db()
    assert call.state == DeliveryState.PLANNED


def test_somebody_invited_later_joins_a_window_that_is_open(clock):
    people = many(12)
    tell(people)
    clock.move_to(NINE + 4 * MINUTE, tick=False)

    notice = tell([*people, PersonFactory()])

    assert notice.held_until == NINE + 10 * MINUTE
    assert actions.undo(by=staff_actor(), notice=notice) == 13


def test_many_more_people_open_one_new_window_for_all_that_waits(clock):
    people = many(12)
    tell(people)
    clock.move_to(NINE + 4 * MINUTE, tick=False)

    notice = tell([*people, *many(11)])

    assert notice.held_until == NINE + 14 * MINUTE
    assert actions.undo(by=staff_actor(), notice=notice) == 23


def test_undoing_leaves_alone_what_had_gone_before_in_the_same_notice(clock):
    early = many(3)
    tell(early)
    actions.send_due(now=NINE)
    clock.move_to(NINE + dt.timedelta(days=1), tick=False)
    notice = tell([*early, *many(11)])

    assert actions.undo(by=staff_actor(), notice=notice) == 11

    assert notice.deliveries.exclude(state=DeliveryState.WITHDRAWN).count() == 3


def test_only_the_team_and_who_sent_it_may_undo_it():
    chair = staff_actor(Role.MEMBER)
    somebody = staff_actor(Role.MEMBER)
    notice = tell(many(12), by=chair)

    with pytest.raises(ActionDenied):
        actions.undo(by=somebody, notice=notice)
    assert actions.undo(by=chair, notice=notice) == 12
    with pytest.raises(ActionDenied):
        actions.send_after_all(by=somebody, notice=notice)


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def test_the_outbox_says_when_it_goes_and_undoes_it_after_a_question(staff):
    notice = tell(many(12))
    undo = f"/outbox/notices/{notice.reference}/undo/"

    outbox = staff.get("/outbox/").content.decode()
    assert "12 messages go out at 9.10am" in outbox
    assert undo in outbox

    asked = staff.get(undo).content.decode()
    assert "A published meeting stays published" in asked
    assert states(notice) == [DeliveryState.PLANNED]

    page = staff.post(undo, follow=True).content.decode()
    assert "Undone. None of these messages goes out." in page
    assert states(notice) == [DeliveryState.WITHDRAWN]
    assert "You are invited." in page
    assert "Undone before it went out" in staff.get("/outbox/").content.decode()

    staff.post(f"/outbox/notices/{notice.reference}/send-after-all/")
    assert states(notice) == [DeliveryState.PLANNED]


def test_the_page_to_undo_says_when_it_is_too_late(staff, clock):
    notice = tell(many(12))
    undo = f"/outbox/notices/{notice.reference}/undo/"
    clock.move_to(NINE + 11 * MINUTE, tick=False)

    assert "it cannot be undone any more" in staff.get(undo).content.decode()
    assert "already gone out" in staff.post(undo, follow=True).content.decode()


def test_five_identical_posts_undo_once(staff):
    notice = tell(many(12))
    undo = f"/outbox/notices/{notice.reference}/undo/"
    key = {"form_key": "8f0c4bb2-6a51-4d5e-9e3f-0d6d6a4c1f11"}

    answers = {staff.post(undo, key).url for _ in range(5)}

    assert answers == {undo}
    assert AuditEvent.objects.filter(verb="undid messages").count() == 1


def test_for_anybody_else_the_notice_does_not_exist(client_as):
    notice = tell(many(12))
    undo = f"/outbox/notices/{notice.reference}/undo/"
    for role in (Role.MEMBER, Role.FINANCE, Role.AUDITOR, Role.SPONSOR):
        client = client_as(role, fresh=True)
        assert client.get(undo).status_code == 404
        assert client.post(undo).status_code == 404
    assert states(notice) == [DeliveryState.PLANNED]
