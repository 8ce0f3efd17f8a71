import datetime as dt

import pytest
import time_machine as clocks
from django.utils import timezone

from coprod.core.enums import DocumentState, Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent, Document
from groups.notices import actions, queries
from groups.notices.actions import posting
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice, PrintRun
from groups.people.enums import ContactKind, PersonState
from groups.people.models import ContactPoint, Person
from tests.factories import (
    DeliveryFactory,
    NoticeFactory,
    PersonFactory,
    StoredFileFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
# A Wednesday.
NOON = dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC)


def letter(**values):
    person = values.pop("person", None) or PersonFactory(channel="letter")
    return DeliveryFactory(person=person, channel="letter", **values)


def printed():
    """A pile of all letters that wait, with its PDF made."""
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    Document.objects.filter(pk=run.document.pk).update(
        state=DocumentState.READY, file=StoredFileFactory()
    )
    for number, row in enumerate(run.letters.order_by("pk"), start=1):
        Delivery.objects.filter(pk=row.pk).update(pile_number=number, page_count=1)
    return PrintRun.objects.select_related("document").get(pk=run.pk)


def call_off(delivery):
    actions.withdraw(
        by=staff_actor(),
        occasion=None,
        about=delivery.notice.about,
        reason="The meeting is off.",
    )


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_marking_the_pile_as_posted_names_who_posted_and_who_was_called_off():
    posted, called_off = letter(), letter()
    run = printed()
    call_off(called_off)

    done = actions.mark_posted(by=staff_actor(name="Tom Ashworth"), run=run)

    assert (done.count, done.called_off) == (1, [called_off])
    assert (state_of(posted), state_of(called_off)) == ("handed_over", "withdrawn")
    assert posted.sent_by_name == "Tom Ashworth"
    assert AuditEvent.objects.get(verb="posted letters").changes == {"posted": [0, 1]}


def test_only_the_ticked_letters_are_posted_and_the_others_keep_waiting():
    ticked, left = letter(), letter()
    run = printed()

    done = actions.mark_posted(by=staff_actor(), run=run, references=[ticked.reference])

    assert done.count == 1
    assert (state_of(ticked), state_of(left)) == ("handed_over", "planned")
    left.refresh_from_db()
    assert left.print_run == run


def test_a_letter_of_another_pile_is_not_posted_with_this_one():
    mine = letter()
    run = printed()
    other = letter()
    printed()

    actions.mark_posted(
        by=staff_actor(), run=run, references=[mine.reference, other.reference]
    )

    assert (state_of(mine), state_of(other)) == ("handed_over", "planned")


def test_a_letter_called_off_after_it_was_ticked_is_refused():
    off = letter()
    run = printed()
    call_off(off)

    with pytest.raises(InvalidTransition, match="called off"):
        actions.mark_posted(by=staff_actor(), run=run, references=[off.reference])

    assert state_of(off) == DeliveryState.WITHDRAWN
    assert off.sent_at is None


def test_a_letter_that_is_not_in_the_pdf_is_not_posted():
    missing, other = letter(), letter()
    run = printed()
    Delivery.objects.filter(pk=missing.pk).update(page_count=None)

    actions.mark_posted(by=staff_actor(), run=run)

    assert (state_of(missing), state_of(other)) == ("planned", "handed_over")


def test_marking_as_posted_twice_changes_nothing():
    letter()
    run = printed()
    actions.mark_posted(by=staff_actor(), run=run)
    before = Delivery.objects.get().sent_at

    with pytest.raises(InvalidTransition):
        actions.mark_posted(by=staff_actor(), run=run)

    assert Delivery.objects.get().sent_at == before


def test_nothing_ticked_is_refused():
    waiting = letter()
    run = printed()

    with pytest.raises(RuleBroken, match="Tick the letters"):
        actions.mark_posted(by=staff_actor(), run=run, references=[])

    assert state_of(waiting) == DeliveryState.PLANNED


def test_letters_cannot_be_posted_before_their_pdf_is_ready():
    waiting = letter()
    run = actions.make_print_run(by=staff_actor(), due_before=None)

    with pytest.raises(RuleBroken, match="not ready yet"):
        actions.mark_posted(by=staff_actor(), run=run)

    assert state_of(waiting) == DeliveryState.PLANNED


def test_letters_posted_on_friday_can_be_written_down_after_the_weekend():
    with clocks.travel(dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC), tick=False):
        letter()
        run = printed()
    with clocks.travel(dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC), tick=False):
        days = posting.posting_days(run)

        actions.mark_posted(by=staff_actor(), run=run, day=dt.date(2026, 11, 6))

    assert days == [dt.date(2026, 11, 9), dt.date(2026, 11, 6)]
    assert Delivery.objects.get().sent_at == dt.datetime(2026, 11, 6, 17, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "day", [dt.date(2026, 11, 3), dt.date(2026, 11, 5), dt.date(2026, 10, 1)]
)
def test_no_letter_was_posted_before_it_was_printed_or_in_the_future(time_machine, day):
    time_machine.move_to(NOON)
    waiting = letter()
    run = printed()

    with pytest.raises(RuleBroken, match="Choose one of the days"):
        actions.mark_posted(by=staff_actor(), run=run, day=day)

    assert state_of(waiting) == DeliveryState.PLANNED


def test_a_saturday_can_be_the_day_only_while_it_is_today():
    with clocks.travel(dt.datetime(2026, 11, 7, 9, tzinfo=dt.UTC), tick=False):
        letter()
        run = printed()
        assert posting.posting_days(run) == [dt.date(2026, 11, 7)]
    with clocks.travel(dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC), tick=False):
        days = posting.posting_days(run)

    assert days == [dt.date(2026, 11, 10), dt.date(2026, 11, 9)]


def test_a_pile_put_back_can_be_printed_again():
    again = letter()
    run = printed()

    actions.put_back(by=staff_actor(), run=run)
    second = actions.make_print_run(by=staff_actor(), due_before=None)

    assert list(second.letters.all()) == [again]
    with pytest.raises(InvalidTransition):
        actions.put_back(by=staff_actor(), run=run)


def test_posted_by_mistake_can_be_taken_back_while_its_day_may_be_named(time_machine):
    time_machine.move_to(NOON)
    early, late = letter(), letter()
    run = printed()
    actions.mark_posted(by=staff_actor(), run=run)
    early.refresh_from_db()

    time_machine.move_to(NOON + dt.timedelta(days=5))
    actions.undo_posted(by=staff_actor(), delivery=early)
    time_machine.move_to(NOON + dt.timedelta(days=6))
    late.refresh_from_db()
    with pytest.raises(InvalidTransition, match="within three working days"):
        actions.undo_posted(by=staff_actor(), delivery=late)

    assert (early.state, early.sent_at, early.print_run) == ("planned", None, run)
    assert state_of(late) == DeliveryState.HANDED_OVER


def test_a_call_can_be_taken_back_on_the_same_day_only(time_machine):
    time_machine.move_to(NOON)
    rang = DeliveryFactory(
        channel="phone", state="handed_over", sent_at=NOON, sent_by_name="Tom"
    )

    time_machine.move_to(NOON + dt.timedelta(hours=12, minutes=1))
    with pytest.raises(InvalidTransition, match="a call on the same day"):
        actions.undo_posted(by=staff_actor(), delivery=rang)

    assert state_of(rang) == DeliveryState.HANDED_OVER


def test_an_email_cannot_be_taken_back():
    sent = DeliveryFactory(
        state=DeliveryState.HANDED_OVER,
        sent_at=timezone.now(),
        sent_by_name="Your Voice",
    )

    with pytest.raises(InvalidTransition):
        actions.undo_posted(by=staff_actor(), delivery=sent)


def test_a_whole_pile_marked_by_mistake_waits_again_and_came_back_stays():
    first, second, back = letter(), letter(), letter()
    run = printed()
    actions.mark_posted(by=staff_actor(), run=run)
    Delivery.objects.filter(pk=back.pk).update(state=DeliveryState.BOUNCED)

    count = actions.undo_pile(by=staff_actor(), run=run)

    assert count == 2
    assert [state_of(row) for row in (first, second, back)] == [
        *("planned", "planned", "bounced")
    ]
    assert run.letters.filter(state="planned").count() == 2
    with pytest.raises(InvalidTransition):
        actions.undo_pile(by=staff_actor(), run=run)


def test_a_called_off_letter_is_taken_out_of_the_pile_by_name():
    off, other = letter(), letter()
    run = printed()
    call_off(off)
    by = staff_actor(name="Tom Ashworth")

    count = actions.take_out(
        by=by, run=run, references=[off.reference, other.reference]
    )

    off.refresh_from_db()
    other.refresh_from_db()
    assert count == 1
    assert (off.taken_out_by, other.taken_out_by) == (by.user, None)
    assert AuditEvent.objects.get(verb="took letters out").object_ref == run.reference
    with pytest.raises(InvalidTransition, match="already taken out"):
        actions.take_out(by=by, run=run, references=[off.reference])
    with pytest.raises(RuleBroken, match="Tick the letters"):
        actions.take_out(by=by, run=run, references=[])


def posted_anyway(*, by=None, day=None, **values):
    """A letter that was called off in its pile and then turned out to be in the post."""
    off = letter(**values)
    run = printed()
    call_off(off)
    actions.mark_posted_anyway(
        by=by or staff_actor(name="Tom Ashworth"),
        run=run,
        references=[off.reference],
        day=day,
    )
    off.refresh_from_db()
    return off


def word_to(person):
    return Delivery.objects.get(person=person, notice__occasion=posting.NO_LONGER_HOLDS)


def with_phone(**values):
    person = PersonFactory(channel="letter", **values)
    ContactPoint.objects.create(
        person=person, kind=ContactKind.LANDLINE, value="+441632960111"
    )
    return person


def test_a_called_off_letter_that_was_posted_says_so_and_counts_as_sent(time_machine):
    time_machine.move_to(NOON, tick=False)

    off = posted_anyway()

    assert (off.state, off.sent_at, off.sent_by_name) == (
        DeliveryState.HANDED_OVER,
        NOON,
        "Tom Ashworth",
    )
    assert off.reason == (
        "It was called off, and posted all the same. The meeting is off."
    )
    assert not Delivery.objects.to_take_out().exists()
    assert queries.tellings(about=off.notice.about)[0].progress.sent == 1
    assert off in Delivery.objects.visible_to(actor_for_person(off.person))
    event = AuditEvent.objects.get(verb="posted after it was called off")
    assert (event.object_ref, event.changes) == (
        off.reference,
        {"state": ["withdrawn", "handed_over"]},
    )


def test_who_was_posted_what_no_longer_holds_is_rung_by_who_knows_her(time_machine):
    time_machine.move_to(NOON, tick=False)
    priya = UserFactory(name="Priya Nair")
    dot = with_phone(staff_contact=priya)

    posted_anyway(person=dot, subject="Come on Tuesday")

    call = word_to(dot)
    assert (call.channel, call.state, call.owner) == ("phone", "planned", priya)
    assert call.subject == "Our letter no longer holds: Come on Tuesday"
    assert call.body == (
        "We posted you a letter on Wednesday 4 November 2026: “Come on Tuesday”.\n\n"
        "It no longer holds. Please put it aside. We are sorry.\n\n"
        "Why: The meeting is off."
    )


def test_a_call_about_a_letter_has_the_name_of_who_marked_it_when_nobody_knows_her():
    by = staff_actor(name="Tom Ashworth")
    dot = with_phone(known_as="Dot Hargreaves")
    posted_anyway(person=dot, by=by)

    (line,) = queries.owed(actor=by, today=timezone.localdate())

    assert (line.who, line.holder, line.holder_is_me) == ("Dot Hargreaves", "You", True)
    assert word_to(dot).owner == by.user


def test_without_a_number_the_next_way_brings_the_word():
    off = posted_anyway()

    word = word_to(off.person)

    assert (word.channel, word.state) == ("letter", "planned")
    assert "Why:" not in word.body


def test_nobody_is_told_who_is_no_longer_in_touch():
    person = with_phone()
    off = letter(person=person)
    run = printed()
    call_off(off)
    Person.objects.filter(pk=person.pk).update(state=PersonState.LEFT)

    actions.mark_posted_anyway(by=staff_actor(), run=run, references=[off.reference])

    assert word_to(person).state == DeliveryState.WITHDRAWN


def test_letters_of_one_notice_and_of_another_are_each_told_once():
    notice = NoticeFactory()
    rows = [
        letter(person=with_phone(), notice=notice),
        letter(person=with_phone(), notice=notice),
        letter(person=with_phone()),
    ]
    run = printed()
    call_off(rows[0])
    call_off(rows[2])

    count = actions.mark_posted_anyway(
        by=staff_actor(), run=run, references=[row.reference for row in rows]
    )

    told = Notice.objects.filter(occasion=posting.NO_LONGER_HOLDS)
    assert count == 3
    assert sorted(notice.deliveries.count() for notice in told) == [1, 2]


def test_posted_although_called_off_is_taken_back_to_be_taken_out_of_the_pile():
    dot = with_phone()
    off = posted_anyway(person=dot)

    actions.undo_posted(by=staff_actor(), delivery=off)

    assert list(Delivery.objects.to_take_out()) == [off]
    assert (off.reason, off.sent_at) == ("The meeting is off.", None)
    assert word_to(dot).state == DeliveryState.WITHDRAWN
    actions.mark_posted_anyway(
        by=staff_actor(), run=off.print_run, references=[off.reference]
    )
    assert Delivery.objects.calls_to_make().count() == 1


def test_a_pile_taken_back_holds_what_was_called_off_to_be_taken_out():
    other = letter()
    off = posted_anyway()
    actions.mark_posted(by=staff_actor(), run=off.print_run)

    count = actions.undo_pile(by=staff_actor(), run=off.print_run)

    assert count == 2
    assert (state_of(off), state_of(other)) == ("withdrawn", "planned")


def test_only_what_is_still_to_be_taken_out_was_posted_although_called_off():
    off, waiting = letter(), letter()
    run = printed()
    call_off(off)
    by = staff_actor()

    with pytest.raises(RuleBroken, match="Tick the letters"):
        actions.mark_posted_anyway(by=by, run=run, references=[])
    with pytest.raises(RuleBroken, match="Choose one of the days"):
        actions.mark_posted_anyway(
            by=by, run=run, references=[off.reference], day=dt.date(2026, 1, 1)
        )
    with pytest.raises(InvalidTransition, match="already sorted out"):
        actions.mark_posted_anyway(by=by, run=run, references=[waiting.reference])
    actions.take_out(by=by, run=run, references=[off.reference])
    with pytest.raises(InvalidTransition, match="already sorted out"):
        actions.mark_posted_anyway(by=by, run=run, references=[off.reference])

    assert (state_of(off), state_of(waiting)) == ("withdrawn", "planned")
    assert not Notice.objects.filter(occasion=posting.NO_LONGER_HOLDS).exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda by, run: actions.mark_posted(by=by, run=run),
        lambda by, run: actions.mark_posted_anyway(by=by, run=run, references=["L-1"]),
        lambda by, run: actions.take_out(by=by, run=run, references=["L-1"]),
        lambda by, run: actions.undo_pile(by=by, run=run),
        lambda by, run: actions.put_back(by=by, run=run),
    ],
)
def test_only_the_team_says_what_became_of_letters(act):
    waiting = letter()
    run = printed()

    with pytest.raises(ActionDenied, match="Only the involvement team"):
        act(staff_actor(Role.FINANCE), run)

    assert state_of(waiting) == DeliveryState.PLANNED
