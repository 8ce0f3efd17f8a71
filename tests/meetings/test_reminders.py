import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from groups.governance import actions as groups
from groups.notices.actions import send_due
from groups.notices.enums import DeliveryState
from groups.people.enums import Channel, Purpose
from groups.people.models import ChannelPreference
from meetings import occasions
from meetings.actions import publishing, replies
from meetings.enums import Reply
from meetings.models import Invitation
from tests.factories import PersonFactory, actor_for_person, staff_actor
from tests.meetings.published import NOW, move, published, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def reminders():
    return [
        (row.person.known_as, row.notice.stage, row.due_at)
        for row in told("meeting.reminder")
    ]


def waiting():
    return [(row.notice.stage, row.state) for row in told("meeting.reminder")]


def at(day, hour, month=11):
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def test_each_reminder_is_due_its_days_before_and_letters_three_working_days_earlier():
    published(
        PersonFactory(known_as="Marian Okafor"),
        PersonFactory(known_as="Dot Hargreaves", channel=Channel.LETTER),
    )

    assert reminders() == [
        ("Dot Hargreaves", "reminder-7", at(12, 9)),
        ("Marian Okafor", "reminder-7", at(17, 10)),
        ("Dot Hargreaves", "reminder-2", at(18, 9)),
        ("Marian Okafor", "reminder-2", at(22, 10)),
    ]


def test_a_council_sets_its_own_days_and_time(settings):
    settings.REMINDER_DAYS, settings.REMINDER_TIME = [14, 1], dt.time(17, 30)

    published(PersonFactory(known_as="Ann"))

    assert reminders() == [
        ("Ann", "reminder-14", dt.datetime(2026, 11, 10, 17, 30, tzinfo=dt.UTC)),
        ("Ann", "reminder-1", dt.datetime(2026, 11, 23, 17, 30, tzinfo=dt.UTC)),
    ]


@pytest.mark.parametrize(
    ("date", "seven", "two"),
    [
        # The clocks go forward on 28 March and back on 31 October 2027.
        (dt.date(2027, 3, 30), (3, 23, 10), (3, 28, 9)),
        (dt.date(2027, 11, 2), (10, 26, 9), (10, 31, 10)),
        (dt.date(2027, 6, 15), (6, 8, 9), (6, 13, 9)),
    ],
)
def test_a_reminder_falls_at_ten_by_the_clock_on_either_side_of_a_change(
    date, seven, two
):
    published(PersonFactory(known_as="Ann"), date=date)

    assert [row[2] for row in reminders()] == [
        dt.datetime(2027, *moment, tzinfo=dt.UTC) for moment in (seven, two)
    ]


def test_no_reminder_is_planned_when_its_time_has_gone():
    published(
        PersonFactory(known_as="Marian Okafor"),
        PersonFactory(known_as="Dot Hargreaves", channel=Channel.LETTER),
        date=dt.date(2026, 11, 2),
    )

    assert [row[:2] for row in reminders()] == [("Marian Okafor", "reminder-2")]


def test_a_reminder_is_of_no_more_use_once_the_next_one_is_due(settings):
    settings.EMAIL_THROUGH = "file"
    meeting = published(PersonFactory())

    with time_machine.travel(at(22, 11), tick=False):
        send_due(now=timezone.now())

    assert waiting() == [
        ("reminder-7", DeliveryState.TOO_LATE),
        ("reminder-2", DeliveryState.HANDED_OVER),
    ]
    assert told("meeting.reminder")[1].expires_at == meeting.starts_at


def answer(invitation, reply):
    replies.record_reply(
        by=actor_for_person(invitation.person), invitation=invitation, reply=reply
    )


def test_only_who_has_not_answered_is_asked_to():
    published(PersonFactory())
    invitation = Invitation.objects.select_related("meeting__group", "person").get()

    assert all("Please tell us" in row.body for row in told("meeting.reminder"))
    answer(invitation, Reply.COMING)

    for row in told("meeting.reminder"):
        assert "You told us you are coming, so you need do nothing." in row.body
        assert "Please tell us" not in row.body


def test_not_coming_calls_off_her_reminders_and_coming_after_all_brings_them_back():
    published(PersonFactory())
    invitation = Invitation.objects.select_related("meeting__group", "person").get()

    answer(invitation, Reply.NOT_COMING)
    assert [state for _, state in waiting()] == [DeliveryState.WITHDRAWN] * 2
    with time_machine.travel(at(18, 9), tick=False):
        answer(invitation, Reply.NOT_SURE)

    assert waiting() == [
        ("reminder-7", DeliveryState.WITHDRAWN),
        ("reminder-2", DeliveryState.PLANNED),
    ]
    assert "You told us you were not sure yet." in told("meeting.reminder")[1].body


def test_coming_after_all_brings_nothing_to_who_has_switched_reminders_off():
    marian = PersonFactory()
    published(marian)
    invitation = Invitation.objects.select_related("meeting__group", "person").get()
    answer(invitation, Reply.NOT_COMING)
    ChannelPreference.objects.create(
        person=marian, purpose=Purpose.REMINDERS, channel="", is_wanted=False
    )

    answer(invitation, Reply.COMING)

    assert [state for _, state in waiting()] == [DeliveryState.WITHDRAWN] * 2


def test_who_wants_no_reminders_gets_none_and_the_row_says_so():
    marian = PersonFactory()
    ChannelPreference.objects.create(
        person=marian, purpose=Purpose.REMINDERS, channel="", is_wanted=False
    )

    published(marian)

    assert {(row.state, row.reason) for row in told("meeting.reminder")} == {
        (DeliveryState.WITHDRAWN, "They asked us not to send these.")
    }


def test_who_leaves_the_group_is_not_nudged_and_the_others_are():
    ann, bea = PersonFactory(known_as="Ann"), PersonFactory(known_as="Bea")
    meeting = published(ann, bea)
    membership = meeting.group.memberships.get(person=ann)

    groups.end_membership(
        by=staff_actor(),
        membership=membership,
        on_date=NOW.date(),
        reason="Moved away.",
    )

    assert {(row.person, row.state) for row in told("meeting.reminder")} == {
        (ann, DeliveryState.WITHDRAWN),
        (bea, DeliveryState.PLANNED),
    }
    move(meeting, date=dt.date(2026, 12, 1))
    later = [row for row in told("meeting.reminder") if row.notice.version == 2]
    assert {row.person for row in later} == {bea}


def test_moving_a_meeting_after_its_first_reminder_plans_the_next_for_the_new_day():
    meeting = published(PersonFactory(known_as="Ann"))

    with time_machine.travel(at(18, 9), tick=False):
        move(meeting, date=dt.date(2026, 12, 1))

    new = [row for row in told("meeting.reminder") if row.notice.version == 2]
    assert [(row.notice.stage, row.due_at) for row in new] == [
        ("reminder-7", at(24, 10)),
        ("reminder-2", at(29, 10)),
    ]


def test_a_cancelled_meeting_reminds_nobody():
    meeting = published(PersonFactory())

    publishing.cancel_meeting(by=staff_actor(), meeting=meeting, reason="Flooded.")

    assert {state for _, state in waiting()} == {DeliveryState.WITHDRAWN}


def test_a_reminder_by_text_says_when_and_names_no_group():
    meeting = published(PersonFactory())

    text = told("meeting.reminder")[0].text_body
    assert "Tuesday 24 November 2026 at 10am" in text
    assert meeting.reference in text
    assert meeting.group.name not in text
    assert occasions.REMINDER == "meeting.reminder"
