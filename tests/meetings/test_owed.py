import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from coprod.core.enums import Role
from groups.people.enums import Capacity
from meetings import owed_queries, queries
from meetings.enums import ArrangementState, MeetingState, Reply
from meetings.models import AccessArrangement, Action
from tests.factories import (
    AccessNeedFactory,
    AgendaItemFactory,
    DeliveryFactory,
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    NoticeFactory,
    PaperFactory,
    PersonFactory,
    UserFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 29)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def lines(actor):
    return [
        (row.due_words, row.who, row.what, row.holder, row.is_late)
        for row in owed_queries.owed(actor=actor, today=TODAY)
    ]


def test_people_who_have_not_answered_are_rung_near_the_day_for_answers():
    tom = UserFactory(name="Tom Ashworth", roles=[Role.INVOLVEMENT])
    group = GroupFactory(name="Getting About")
    soon = MeetingFactory(
        group=group,
        date=dt.date(2026, 11, 3),
        reply_by=dt.date(2026, 10, 30),
        planned_by=tom,
    )
    InvitationFactory(meeting=soon, person=PersonFactory(known_as="Dot Hargreaves"))
    InvitationFactory(meeting=soon, reply=Reply.COMING)
    later = MeetingFactory(reply_by=dt.date(2026, 12, 4))
    InvitationFactory(meeting=later)

    assert lines(staff_actor()) == [
        (
            "Fri 30 Oct",
            "Dot Hargreaves",
            "Ring about coming to Getting About, Tue 3 Nov",
            "Tom Ashworth",
            False,
        )
    ]


def test_access_still_to_arrange_is_owed_by_its_owner_until_it_is_settled():
    worker = staff_actor()
    need = AccessNeedFactory(person=PersonFactory(known_as="Marian Okafor"))
    line = AccessArrangement.objects.create(
        meeting=MeetingFactory(date=dt.date(2026, 11, 3)),
        person=need.passport.person,
        need=need,
        wording="Taxi there and back",
        owner=worker.user,
        due_date=dt.date(2026, 10, 28),
    )
    assert lines(worker) == [
        (
            "Wed 28 Oct",
            "Marian Okafor",
            "Arrange for Tue 3 Nov: Taxi there and back",
            "You",
            True,
        )
    ]

    line.state, line.settled_by = ArrangementState.ARRANGED, worker.user
    line.settled_at = timezone.now()
    line.save()

    assert lines(worker) == []


def test_invitation_and_papers_are_owed_as_many_days_before_as_the_group_asks():
    group = GroupFactory(name="Carers’ Table", papers_lead_days=10)
    MeetingFactory(
        group=group,
        state=MeetingState.PLANNED,
        date=dt.date(2026, 11, 12),
        planned_by=UserFactory(name="Tom Ashworth", roles=[Role.INVOLVEMENT]),
    )
    MeetingFactory(group=group, state=MeetingState.PLANNED, date=dt.date(2027, 3, 2))

    assert lines(staff_actor()) == [
        (
            "Today",
            "Carers’ Table",
            "Invitation and papers for Thu 12 Nov",
            "Tom Ashworth",
            False,
        )
    ]


def test_a_register_is_owed_the_working_day_after_the_meeting():
    MeetingFactory(
        group=GroupFactory(name="Getting About"),
        date=dt.date(2026, 10, 27),
        planned_by=UserFactory(name="Tom Ashworth", roles=[Role.INVOLVEMENT]),
    )
    MeetingFactory(date=dt.date(2026, 10, 20), state=MeetingState.RECORDED)

    assert lines(staff_actor()) == [
        (
            "Wed 28 Oct",
            "Getting About",
            "Say who came on Tue 27 Oct",
            "Tom Ashworth",
            True,
        )
    ]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.MEMBER])
def test_nobody_outside_the_team_is_shown_what_it_owes(role):
    MeetingFactory(date=dt.date(2026, 10, 27))

    assert owed_queries.owed(actor=staff_actor(role), today=TODAY) == []


def test_what_is_owed_takes_as_many_queries_for_many_as_for_one(
    django_assert_num_queries,
):
    worker = staff_actor()
    for _ in range(3):
        MeetingFactory(date=dt.date(2026, 10, 27))
        InvitationFactory(
            meeting=MeetingFactory(date=dt.date(2026, 11, 3), reply_by=TODAY)
        )

    with django_assert_num_queries(6):
        assert len(owed_queries.owed(actor=worker, today=TODAY)) == 6


def test_the_next_meeting_is_the_soonest_that_is_not_over():
    marian = PersonFactory(capacity=Capacity.LIVED)
    for date in (dt.date(2026, 12, 8), dt.date(2026, 11, 3), dt.date(2026, 10, 1)):
        InvitationFactory(person=marian, meeting__date=date)
    InvitationFactory(
        person=marian,
        meeting__date=dt.date(2026, 11, 1),
        meeting__state=MeetingState.CANCELLED,
    )

    found = queries.next_meeting(marian.pk, timezone.now())

    assert found.meeting.date == dt.date(2026, 11, 3)


def test_papers_to_read_are_those_of_meetings_to_come():
    marian = PersonFactory()
    for date, title in (
        (dt.date(2026, 11, 3), "To read"),
        (dt.date(2026, 9, 1), "Old"),
    ):
        meeting = InvitationFactory(person=marian, meeting__date=date).meeting
        PaperFactory(item=AgendaItemFactory(meeting=meeting), title=title)
    PaperFactory(title="Of another meeting")

    found = queries.papers_to_read(marian.pk, timezone.now())

    assert [paper.title for paper in found] == ["To read"]


@pytest.mark.parametrize(
    ("channel", "due"),
    [("email", dt.date(2026, 11, 24)), ("letter", dt.date(2026, 11, 19))],
)
def test_papers_are_owed_earlier_where_somebody_gets_letters(channel, due):
    meeting = MeetingFactory(date=dt.date(2026, 12, 8))
    PaperFactory(item__meeting=meeting)
    told = NoticeFactory(occasion="meeting.invitation", about=meeting.reference)
    DeliveryFactory(notice=told, channel=channel)

    rows = owed_queries.owed(actor=staff_actor(), today=dt.date(2026, 11, 22))

    assert [(row.what, row.due_date) for row in rows if "papers" in row.what] == [
        ("Issue the papers for Tue 8 Dec", due)
    ]


def test_papers_that_are_issued_are_owed_no_more():
    meeting = MeetingFactory(date=dt.date(2026, 12, 8))
    PaperFactory(item__meeting=meeting)
    told = NoticeFactory(occasion="meeting.papers", about=meeting.reference)
    row = DeliveryFactory(notice=told)
    today = dt.date(2026, 12, 1)

    assert not owed_queries.owed(actor=staff_actor(), today=today)
    row.state, row.reason = "withdrawn", "Undone before it went out."
    row.save()
    assert len(owed_queries.owed(actor=staff_actor(), today=today)) == 1


def test_what_is_to_do_by_now_is_asked_about():
    item = AgendaItemFactory(meeting=MinutesFactory().meeting)
    for words, due, state in (
        ("Late one", dt.date(2026, 12, 1), "open"),
        ("Far one", dt.date(2027, 3, 1), "open"),
        ("Done one", dt.date(2026, 12, 1), "done"),
    ):
        Action.objects.create(
            item=item, words=words, owner_words="The library", due_date=due, state=state
        )

    rows = owed_queries.owed(actor=staff_actor(), today=dt.date(2026, 12, 2))

    assert [(row.who, row.what, row.is_late) for row in rows] == [
        ("The library", "Ask about: Late one", True)
    ]
