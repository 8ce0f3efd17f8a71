import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.governance.enums import AttributionMode
from groups.notices import texts
from groups.notices.enums import DeliveryState
from groups.notices.models import Alert, Delivery
from groups.people.enums import Channel
from meetings import documents, minutes_queries
from meetings.actions import minutes as writing
from meetings.actions import to_do
from meetings.enums import ActionState
from meetings.models import Action, Minutes
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    MinutesFactory,
    OfficeFactory,
    PersonFactory,
    actor_for_person,
    member_with_account,
    staff_actor,
)
from tests.meetings.published import told

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DUE = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def marian():
    return member_with_account(known_as="Marian Okafor")


@pytest.fixture
def minutes(marian):
    meeting = MeetingFactory(state="recorded", date=dt.date(2026, 10, 27))
    MembershipFactory(group=meeting.group, person=marian[0])
    InvitationFactory(meeting=meeting, person=marian[0])
    AttendanceFactory(meeting=meeting, person=marian[0])
    AgendaItemFactory(meeting=meeting, position=1, title="The leaflet")
    made = MinutesFactory(meeting=meeting)
    made.sections.create(item=meeting.items.get(), text="We talked about it.")
    return made


def write(minutes, **values):
    values = {"words": "Send the leaflet out.", "due_date": DUE} | values
    return to_do.write_action(
        by=staff_actor(), item=minutes.meeting.items.get(), **values
    )


def move(action, to, by=None, **values):
    fresh = Action.objects.select_related("item__meeting").get(pk=action.pk)
    return to_do.move_action(
        by=by or staff_actor(), action=fresh, to=to, version=fresh.version, **values
    )


def plan(moment=NOW):
    with time_machine.travel(moment, tick=False):
        to_do.plan_due(now=moment)


def reminders():
    return [(row.notice.stage, row.due_at, row.state) for row in told("action.due")]


def at(day, hour):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def test_an_action_is_done_by_a_person_or_by_a_body_in_words_and_not_by_both(
    minutes, marian
):
    hers = write(minutes, owner=marian[0])
    theirs = write(minutes, owner_words="The library")

    assert (hers.owner, theirs.owner_words) == (marian[0], "The library")
    for values in ({}, {"owner": marian[0], "owner_words": "The library"}):
        with pytest.raises(RuleBroken, match="one of the two"):
            write(minutes, **values)
    assert AuditEvent.objects.filter(verb="wrote action").count() == 2


def test_actions_are_written_only_while_the_minutes_are_a_draft(minutes):
    Minutes.objects.update(
        state="circulated", circulated_at=NOW, circulated_by=staff_actor().user
    )
    minutes.refresh_from_db()

    with pytest.raises(ActionDenied, match="have gone out"):
        write(minutes, owner_words="The library")


def test_a_person_is_reminded_a_week_before_and_on_the_day(minutes, marian):
    write(minutes, owner=marian[0])
    write(minutes, owner_words="The library")

    plan()

    assert reminders() == [
        ("reminder-7", at(13, 10), DeliveryState.PLANNED),
        ("reminder-0", at(20, 10), DeliveryState.PLANNED),
    ]
    first, last = told("action.due")
    assert (first.expires_at, last.expires_at) == (at(20, 10), at(21, 0))
    assert "Send the leaflet out." in first.body
    assert "leaflet" not in first.text_body
    assert texts.whole(first) == first.text_body


def test_a_letter_about_it_goes_three_working_days_earlier(minutes):
    dot = PersonFactory(channel=Channel.LETTER)
    write(minutes, owner=dot)

    plan()

    assert [row[1] for row in reminders()] == [at(10, 9), at(17, 9)]


def test_planning_three_times_or_by_the_command_adds_nothing(minutes, marian, capsys):
    write(minutes, owner=marian[0])

    plan()
    plan(NOW + dt.timedelta(hours=1))
    call_command("plan_due")

    assert len(reminders()) == 2
    assert "planned 0" in capsys.readouterr().out


def test_what_is_written_after_its_reminder_would_have_gone_has_only_the_last(
    minutes, marian
):
    write(minutes, owner=marian[0], due_date=dt.date(2026, 11, 5))

    plan()

    assert [row[0] for row in reminders()] == ["reminder-0"]


def test_a_reminder_a_stopped_worker_missed_is_still_planned_until_the_next(
    minutes, marian
):
    write(minutes, owner=marian[0])

    plan(at(15, 9))
    assert [row[0] for row in reminders()] == ["reminder-7", "reminder-0"]


def test_no_reminder_is_planned_once_the_day_is_over(minutes, marian):
    write(minutes, owner=marian[0])

    plan(at(21, 9))

    assert reminders() == []


def test_doing_it_calls_off_what_was_to_remind_and_opening_it_again_reminds_anew(
    minutes, marian
):
    action = write(minutes, owner=marian[0])
    plan()

    move(action, ActionState.DONE, outcome="Sent to all.")
    assert {row[2] for row in reminders()} == {DeliveryState.WITHDRAWN}
    plan()
    assert {row[2] for row in reminders()} == {DeliveryState.WITHDRAWN}

    move(action, ActionState.OPEN)
    plan()
    waiting = [row for row in told("action.due") if row.state == DeliveryState.PLANNED]
    assert {row.notice.version for row in waiting} == {3}


def test_who_begins_with_it_is_not_reminded_twice(minutes, marian):
    action = write(minutes, owner=marian[0])
    plan()

    move(action, ActionState.DOING)
    plan()

    assert [row[0] for row in reminders()] == ["reminder-7", "reminder-0"]


def compared(day):
    """Return what the comparison of a day says, run by the command the next morning."""
    with time_machine.travel(at(day + 1, 7), tick=False):
        try:
            call_command("compare_messages", "--day", f"2026-11-{day:02}")
        except CommandError as found:
            return str(found)
    return ""


MISSED = "1 person has no message about “action.due” (actions)."


def test_the_comparison_of_the_day_misses_a_reminder_that_was_never_planned(
    minutes, marian
):
    write(minutes, owner=marian[0])
    write(minutes, owner_words="The library")

    assert [compared(day) for day in (12, 13, 14, 20, 21)] == [
        "", MISSED, "", MISSED, "",
    ]  # fmt: skip
    assert [alert.about for alert in Alert.objects.order_by("about")] == [
        "2026-11-13",
        "2026-11-20",
    ]


def test_control_reminders_that_were_planned_add_up(minutes, marian):
    write(minutes, owner=marian[0])
    plan()
    call_command("send_due")
    Delivery.objects.update(due_at=at(30, 9))

    assert [compared(day) for day in (12, 13, 14, 20, 21)] == [""] * 5
    assert not Alert.objects.exists()


def test_the_comparison_asks_for_the_reminders_of_what_was_opened_again(
    minutes, marian
):
    action = write(minutes, owner=marian[0])
    plan()
    Delivery.objects.update(due_at=at(30, 9))
    move(action, ActionState.DOING)
    assert compared(13) == ""

    move(action, ActionState.DONE)
    assert compared(13) == ""
    move(action, ActionState.OPEN)

    assert compared(13) == MISSED


def test_the_comparison_does_not_ask_for_what_could_not_be_reminded(minutes, marian):
    late = write(minutes, owner=marian[0], due_date=dt.date(2026, 11, 5))
    Action.objects.filter(pk=late.pk).update(written_at=at(5, 12))
    done = write(minutes, owner=marian[0])
    move(done, ActionState.DONE)

    with time_machine.travel(at(15, 9), tick=False):
        move(done, ActionState.OPEN)

    assert [compared(day) for day in (5, 13)] == ["", ""]


def test_an_action_that_is_not_going_ahead_says_why(minutes):
    action = write(minutes, owner_words="The library")

    with pytest.raises(RuleBroken, match="Say why"):
        move(action, ActionState.DROPPED)
    moved = move(action, ActionState.DROPPED, outcome="It has closed.")

    assert (moved.state, moved.outcome) == (ActionState.DROPPED, "It has closed.")


def test_of_two_who_move_it_at_once_one_is_told(minutes):
    action = write(minutes, owner_words="The library")
    stale = Action.objects.select_related("item__meeting").get(pk=action.pk)
    move(action, ActionState.DOING)

    with pytest.raises(InvalidTransition):
        to_do.move_action(
            by=staff_actor(), action=stale, to=ActionState.DONE, version=1
        )


def test_who_does_it_says_that_it_is_done_and_no_more(minutes, marian):
    action = write(minutes, owner=marian[0])
    hers, other = actor_for_person(marian[0]), actor_for_person(PersonFactory())

    with pytest.raises(ActionDenied):
        move(action, ActionState.DONE, by=other)
    with pytest.raises(ActionDenied, match="Tell the team"):
        move(action, ActionState.DROPPED, by=hers, outcome="No.")
    assert move(action, ActionState.DONE, by=hers).state == ActionState.DONE


def test_staff_write_it_in_the_minutes_and_everybody_reads_it_there(
    client_as, minutes, marian
):
    team = client_as(Role.INVOLVEMENT)
    url = reverse("meetings:action-add", args=[minutes.meeting.reference, 1])

    answer = team.post(
        url,
        {
            "words": "Ring the bus company.",
            "owner": marian[0].pk,
            "due_date_day": "20",
            "due_date_month": "11",
            "due_date_year": "2026",
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    page = team.get(answer.url).content.decode()
    assert "Ring the bus company." in page
    # The group shows roles, so her name stands nowhere.
    assert "A member" in page
    assert "Marian" not in page
    report = minutes_queries.report_of(minutes)
    words = documents.minutes_as_words(report)
    assert (
        "To do: Ring the bus company. Who: A member. By Friday 20 November 2026."
        in words
    )


def test_the_mark_of_minutes_without_actions_is_as_before_and_changes_with_one(minutes):
    before = minutes_queries.fingerprint(minutes_queries.report_of(minutes))

    action = write(minutes, owner_words="The library")
    after = minutes_queries.fingerprint(minutes_queries.report_of(minutes))
    move(action, ActionState.DONE)

    assert before != after
    assert minutes_queries.fingerprint(minutes_queries.report_of(minutes)) == after


def test_an_action_that_names_somebody_holds_the_draft_back(minutes):
    write(minutes, words="Marian Okafor sends it.", owner_words="The library")

    with pytest.raises(RuleBroken, match="names Marian Okafor"):
        writing.circulate(minutes=minutes, by=staff_actor())


def test_members_see_actions_of_their_groups_once_the_minutes_are_out(
    client_as, minutes
):
    bea, account = member_with_account(known_as="Bea")
    InvitationFactory(meeting=minutes.meeting, person=bea)
    _, stranger = member_with_account(known_as="Cy")
    action = write(minutes, owner_words="The library")
    url = action.get_absolute_url()
    listed = reverse("meetings:action-list") + "?show=all"

    assert client_as(account).get(url).status_code == 404
    Minutes.objects.update(
        state="circulated", circulated_at=NOW, circulated_by=staff_actor().user
    )

    assert client_as(account).get(url).status_code == 200
    assert "Send the leaflet out." in client_as(account).get(listed).content.decode()
    assert client_as(stranger).get(url).status_code == 404
    assert "Nothing here" in client_as(stranger).get(listed).content.decode()
    assert client_as(account).post(url, {"to": "done", "version": 1}).status_code == 404


def test_the_list_shows_hers_the_open_and_the_late(client_as, minutes, marian):
    write(minutes, words="Hers", owner=marian[0])
    write(minutes, words="Late one", owner_words="x", due_date=dt.date(2026, 11, 1))
    done = write(minutes, words="Done one", owner_words="x")
    move(done, ActionState.DONE)
    url = reverse("meetings:action-list")

    def shown(client, show=""):
        page = client.get(url + (f"?show={show}" if show else "")).content.decode()
        return {word for word in ("Hers", "Late one", "Done one") if word in page}

    team = client_as(Role.INVOLVEMENT)
    assert shown(team) == {"Hers", "Late one"}
    assert shown(team, "late") == {"Late one"}
    assert shown(team, "all") == {"Hers", "Late one", "Done one"}
    assert shown(client_as(marian[1])) == {"Hers"}
    assert shown(team, "nonsense") == {"Hers", "Late one"}


def test_the_owner_says_on_her_page_that_it_is_done(client_as, minutes, marian):
    action = write(minutes, owner=marian[0])
    client = client_as(marian[1])

    page = client.get(action.get_absolute_url()).content.decode()
    assert "It is done" in page
    assert "It is not going ahead" not in page
    client.post(action.get_absolute_url(), {"to": "done", "version": 1, "outcome": ""})

    action.refresh_from_db()
    assert action.state == ActionState.DONE


def test_a_chair_writes_actions_of_her_group_and_no_other(client_as, minutes):
    chair, account = member_with_account(known_as="Bernadette")
    OfficeFactory(group=minutes.meeting.group, person=chair)
    url = reverse("meetings:action-add", args=[minutes.meeting.reference, 1])
    _, stranger = member_with_account(known_as="Cy")

    assert client_as(account).get(url).status_code == 200
    assert client_as(stranger).get(url).status_code == 404


def test_names_are_shown_where_the_group_shows_them(minutes, marian):
    write(minutes, owner=marian[0])
    Minutes.objects.update(attribution=AttributionMode.NAMED)

    report = minutes_queries.report_of(
        Minutes.objects.select_related("meeting__group").get()
    )

    assert [line.who for line in report.parts[0].actions] == ["Marian Okafor"]
    assert timezone.now() == NOW
