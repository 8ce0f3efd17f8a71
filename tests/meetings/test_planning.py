import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from meetings.actions import agenda, planning
from meetings.agenda import timetable
from meetings.enums import ItemPurpose, MeetingMode, MeetingState
from meetings.models import AgendaItem, Meeting
from tests.factories import (
    AgendaItemFactory,
    GroupFactory,
    MeetingFactory,
    MinutesFactory,
    PaperFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
DETAILS = {
    "date": dt.date(2026, 11, 3),
    "start_time": dt.time(10),
    "end_time": dt.time(12),
    "mode": MeetingMode.HYBRID,
    "venue": "Millbrook Library, Room 2",
    "join_phone": "01632 960 150, code 4471",
}


def test_planning_keeps_the_instants_and_asks_for_answers_two_working_days_before():
    worker = staff_actor()

    meeting = planning.plan_meeting(by=worker, group=GroupFactory(), **DETAILS)

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED
    assert meeting.starts_at == dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
    assert meeting.reply_by == dt.date(2026, 10, 30)
    assert meeting.planned_by == worker.user
    assert AuditEvent.objects.get().verb == "planned"


def test_a_summer_meeting_is_an_hour_earlier_by_the_world_clock():
    meeting = planning.plan_meeting(
        by=staff_actor(),
        group=GroupFactory(),
        **DETAILS | {"date": dt.date(2026, 7, 7)},
    )

    assert meeting.starts_at == dt.datetime(2026, 7, 7, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (
            {"date": dt.date(2027, 3, 28), "start_time": dt.time(1, 30)},
            "start_time",
            "The clocks go forward on Sunday 28 March 2027, so 1.30am does not happen. "
            "Choose another time.",
        ),
        (
            {"end_time": dt.time(10)},
            "end_time",
            "The meeting must end after it starts.",
        ),
        ({"end_time": dt.time(9)}, "end_time", "The meeting must end after it starts."),
        ({"break_time": dt.time(11)}, "break_minutes", "Say how long the break is."),
        ({"break_minutes": 15}, "break_time", "Say when the break starts."),
        (
            {"break_time": dt.time(11, 55), "break_minutes": 15},
            "break_time",
            "The break must be during the meeting.",
        ),
        (
            {"doors_time": dt.time(10, 5)},
            "doors_time",
            "The doors must open before the start.",
        ),
        (
            {"reply_by": dt.date(2026, 11, 4)},
            "reply_by",
            "Ask for answers before the day of the meeting.",
        ),
        ({"venue": ""}, "venue", "Say which room and building the meeting is in."),
        ({"join_phone": ""}, "join_link", "Give a video link, or a number to ring."),
    ],
)
def test_times_and_places_that_do_not_work_are_refused_at_their_field(
    change, field, words
):
    with pytest.raises(RuleBroken) as refusal:
        planning.plan_meeting(
            by=staff_actor(), group=GroupFactory(), **DETAILS | change
        )

    assert (refusal.value.field, str(refusal.value)) == (field, words)
    assert not Meeting.objects.exists()


def test_a_member_cannot_plan_a_meeting():
    with pytest.raises(ActionDenied):
        planning.plan_meeting(
            by=actor_for_person(PersonFactory()), group=GroupFactory(), **DETAILS
        )

    assert not Meeting.objects.exists()


def test_the_second_of_two_who_change_a_meeting_is_told_and_writes_nothing():
    meeting = MeetingFactory(state=MeetingState.PLANNED, join_phone="01632 960 150")
    started_from = meeting.version

    planning.change_meeting(
        by=staff_actor(),
        meeting=meeting,
        version=started_from,
        **DETAILS | {"venue": "Hall A"},
    )
    with pytest.raises(RuleBroken) as refusal:
        planning.change_meeting(
            by=staff_actor(),
            meeting=meeting,
            version=started_from,
            **DETAILS | {"venue": "Hall B"},
        )

    meeting.refresh_from_db()
    assert refusal.value.field is None
    assert (meeting.venue, meeting.version) == ("Hall A", started_from + 1)


def test_a_meeting_with_its_register_written_cannot_be_changed():
    meeting = MeetingFactory(state=MeetingState.RECORDED)

    with pytest.raises(ActionDenied, match="over"):
        planning.change_meeting(by=staff_actor(), meeting=meeting, version=1, **DETAILS)


def test_items_join_the_end_and_can_be_moved_and_removed():
    worker, meeting = staff_actor(), MeetingFactory(state=MeetingState.PLANNED)
    first, second, third = (
        agenda.add_item(
            by=worker, meeting=meeting, title=title, purpose=ItemPurpose.DISCUSSION
        )
        for title in ("Welcome", "Leaflets", "Close")
    )

    agenda.move_item(by=worker, item=third, up=True)
    agenda.move_item(by=worker, item=first, up=True)
    agenda.remove_item(by=worker, item=second)

    left = AgendaItem.objects.order_by("position").values_list("position", "title")
    assert list(left) == [(1, "Welcome"), (2, "Close")]


def test_an_item_with_minutes_stays_on_the_agenda():
    minutes = MinutesFactory(meeting=MeetingFactory())
    item = AgendaItemFactory(meeting=minutes.meeting)
    minutes.sections.create(item=item, text="We talked.")

    with pytest.raises(RuleBroken, match="minutes for this item"):
        agenda.remove_item(by=staff_actor(), item=item)

    assert AgendaItem.objects.filter(pk=item.pk).exists()


def test_a_paper_needs_something_to_read():
    item = AgendaItemFactory(meeting=MeetingFactory(state=MeetingState.PLANNED))

    with pytest.raises(RuleBroken) as refusal:
        agenda.add_paper(by=staff_actor(), item=item, title="What we found")

    assert refusal.value.field == "body"
    assert not item.papers.exists()


def test_a_paper_is_changed_and_removed_with_a_line_in_the_trail():
    paper = PaperFactory(item__meeting__state=MeetingState.PLANNED)
    worker = staff_actor()

    agenda.change_paper(
        by=worker, paper=paper, title="Both leaflets", body="Two leaflets."
    )
    agenda.remove_paper(by=worker, paper=paper)

    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "changes")) == [
        ("changed paper", {"paper": ["What we found", "Both leaflets"]}),
        ("removed paper", {"paper": ["Both leaflets", ""]}),
    ]


def test_agenda_times_put_the_break_where_it_falls():
    meeting = MeetingFactory(break_time=dt.time(11), break_minutes=15)
    items = [
        AgendaItemFactory(meeting=meeting, position=place, minutes_planned=minutes)
        for place, minutes in ((1, 15), (2, 50), (3, 30))
    ]

    table = timetable(meeting, items, {})

    assert [(row.time, row.item and row.item.position) for row in table.rows] == [
        (dt.time(10), 1),
        (dt.time(10, 15), 2),
        (dt.time(11, 5), None),
        (dt.time(11, 20), 3),
    ]
    assert not table.is_too_long


def test_an_agenda_that_runs_over_says_by_how_much():
    meeting = MeetingFactory(break_time=dt.time(11), break_minutes=15)
    items = [AgendaItemFactory(meeting=meeting, position=1, minutes_planned=120)]

    table = timetable(meeting, items, {})

    assert (table.is_too_long, table.minutes_over) == (True, 15)


def test_finance_staff_cannot_plan_a_meeting():
    with pytest.raises(ActionDenied):
        planning.plan_meeting(
            by=staff_actor(Role.FINANCE), group=GroupFactory(), **DETAILS
        )
