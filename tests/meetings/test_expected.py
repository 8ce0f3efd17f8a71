import datetime as dt

import pytest
import time_machine

from coprod.core.enums import Role
from groups.notices.comparing import compare
from groups.notices.models import Delivery
from groups.people.enums import Channel
from meetings.actions import minutes, papers, publishing, replies
from meetings.enums import Reply
from meetings.models import Invitation
from tests.factories import (
    AgendaItemFactory,
    MinutesFactory,
    PaperFactory,
    PersonFactory,
    UserFactory,
    staff_actor,
)
from tests.meetings.published import NOW, move, published

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def missing(day=TODAY):
    return [row for row in compare(day).missing if row[0] == "meetings"]


def lose(occasion):
    gone = Delivery.objects.filter(notice__occasion=occasion)
    assert gone.delete()[0]


def people():
    return (
        PersonFactory(),
        PersonFactory(channel=Channel.LETTER),
        PersonFactory(channel=Channel.PHONE),
    )


def test_a_meeting_that_was_told_of_adds_up_through_moves_answers_and_papers():
    meeting = published(*people())
    PaperFactory(
        item=AgendaItemFactory(meeting=meeting, position=1),
        added_at=NOW - dt.timedelta(hours=1),
    )
    papers.issue_papers(by=staff_actor(), meeting=meeting)
    for number, row in enumerate(Invitation.objects.order_by("pk")):
        replies.record_reply(
            by=staff_actor(),
            invitation=row,
            reply=[Reply.COMING, Reply.NOT_COMING, Reply.NOT_SURE][number],
        )
    move(meeting, date=dt.date(2026, 12, 1))
    moved = move(meeting)

    days = [TODAY, dt.date(2026, 11, 17), dt.date(2026, 11, 22), dt.date(2026, 11, 23)]
    assert [missing(day) for day in days] == [[], [], [], []]
    publishing.cancel_meeting(by=staff_actor(), meeting=moved, reason="Flooded.")
    assert missing() == []


@pytest.mark.parametrize(
    ("occasion", "day"),
    [
        ("meeting.invitation", TODAY),
        ("meeting.reminder", dt.date(2026, 11, 17)),
        ("meeting.reminder", dt.date(2026, 11, 22)),
    ],
)
def test_what_was_never_planned_is_missed(occasion, day):
    published(*people())

    lose(occasion)

    found = {row[1]: row[2] for row in missing(day)}
    assert found == {occasion: 3}


def test_papers_that_one_person_did_not_get_are_missed():
    meeting = published(*people())
    PaperFactory(item=AgendaItemFactory(meeting=meeting, position=1))
    papers.issue_papers(by=staff_actor(), meeting=meeting)

    Delivery.objects.filter(notice__occasion="meeting.papers").first().delete()

    assert missing() == [("meetings", "meeting.papers", 1)]


def test_a_cancellation_that_did_not_reach_who_was_going_is_missed():
    meeting = published(*people())
    Invitation.objects.filter(pk=Invitation.objects.first().pk).update(
        reply=Reply.COMING
    )
    publishing.cancel_meeting(by=staff_actor(), meeting=meeting, reason="Flooded.")

    lose("meeting.cancelled")

    assert missing() == [("meetings", "meeting.cancelled", 1)]


def test_minutes_that_were_sent_out_and_did_not_go_are_missed():
    row = MinutesFactory(
        state="circulated",
        circulated_at=NOW,
        circulated_by=UserFactory(roles=[Role.INVOLVEMENT]),
    )
    Invitation.objects.create(meeting=row.meeting, person=PersonFactory())

    assert missing() == [("meetings", "minutes.draft", 1)]
    assert missing(TODAY - dt.timedelta(days=1)) == []
    assert minutes.CORRECTION_WORKING_DAYS == 10


def test_who_says_yes_after_the_papers_were_issued_gets_them():
    meeting = published(PersonFactory(known_as="Ann"), PersonFactory(known_as="Bea"))
    ann = Invitation.objects.select_related("meeting__group", "person").get(
        person__known_as="Ann"
    )
    replies.record_reply(by=staff_actor(), invitation=ann, reply=Reply.NOT_COMING)
    PaperFactory(
        item=AgendaItemFactory(meeting=meeting, position=1),
        added_at=NOW - dt.timedelta(hours=1),
    )
    papers.issue_papers(by=staff_actor(), meeting=meeting)

    replies.record_reply(by=staff_actor(), invitation=ann, reply=Reply.COMING)

    told = Delivery.objects.filter(notice__occasion="meeting.papers")
    assert set(told.values_list("person__known_as", flat=True)) == {"Ann", "Bea"}
    assert missing() == []


def test_the_count_asks_the_database_as_often_for_many_as_for_one(
    django_assert_num_queries,
):
    published(*people())
    for number in (1, 3):
        if number == 3:
            published(*people()), published(*people())
        with django_assert_num_queries(13):
            compare(TODAY)
