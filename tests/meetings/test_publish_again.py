"""An invitation that was undone is put right and published again: each person gets it once."""

import datetime as dt

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from groups.notices.actions import send_due, undoing
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice
from meetings.actions import publishing
from meetings.models import Invitation, Meeting
from tests.factories import (
    AgendaItemFactory,
    MembershipFactory,
    PersonFactory,
    UserFactory,
    staff_actor,
)
from tests.meetings.test_read_before_send import (
    NINE,
    chair_of,
    kept,
    planned,
    publish,
)

pytestmark = pytest.mark.django_db
INVITATION = "meeting.invitation"
DETAILS = {
    "date_day": "24",
    "date_month": "11",
    "date_year": "2026",
    "start_time": "10am",
    "end_time": "12pm",
    "mode": "room",
    "venue": "Millbrook Library",
    "version": "1",
}


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def undone(client, count=12):
    """Return a meeting that was published to so many people and undone."""
    meeting = planned(count)
    publish(client, meeting)
    undo(client)
    return meeting


def undo(client):
    notice = Notice.objects.filter(occasion=INVITATION).latest("pk")
    client.post(f"/outbox/notices/{notice.reference}/undo/")


def change(client, meeting, **typed):
    """Send the form of the meeting, as it stands but for what is typed anew."""
    answer = client.post(f"{meeting.get_absolute_url()}edit/", DETAILS | typed)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def waiting(occasion=INVITATION):
    rows = Delivery.objects.filter(
        notice__occasion=occasion, state=DeliveryState.PLANNED
    )
    return list(rows.select_related("notice", "person").order_by("pk"))


def page_of(client, meeting):
    return client.get(meeting.get_absolute_url()).content.decode()


def test_each_person_gets_the_invitation_once_in_its_corrected_words(staff, clock):
    meeting = undone(staff)
    assert "12 people have not been told of this meeting." in page_of(staff, meeting)

    change(staff, meeting, venue="Elmsby Town Hall")
    assert Notice.objects.filter(occasion="meeting.changed").count() == 0
    page = staff.post(f"{meeting.get_absolute_url()}publish/")
    assert "In the room: Elmsby Town Hall." in page.content.decode()
    assert "Millbrook Library" not in page.content.decode()
    assert not waiting()
    staff.post(f"{meeting.get_absolute_url()}publish/", kept(page))

    rows = waiting()
    assert len({row.person_id for row in rows}) == len(rows) == 12
    assert {row.notice.version for row in rows} == {3}
    assert all("Elmsby Town Hall" in row.body for row in rows)
    assert "have not been told" not in page_of(staff, meeting)
    assert AuditEvent.objects.get(verb="invited again").changes == {"people": [0, 12]}
    clock.move_to(NINE + dt.timedelta(minutes=11), tick=False)
    send_due(now=NINE + dt.timedelta(minutes=11))
    gone = Delivery.objects.filter(notice__occasion=INVITATION, sent_at__isnull=False)
    assert gone.count() == len({row.person_id for row in gone}) == 4


def test_what_stands_in_no_box_of_the_meeting_is_corrected_too(staff):
    meeting = undone(staff)
    AgendaItemFactory(meeting=meeting, position=1, title="The bus")

    publish(staff, meeting)

    rows = waiting()
    assert len(rows) == 12
    assert {row.notice.version for row in rows} == {2}
    assert all("1. The bus" in row.body for row in rows)


def test_reminders_are_owed_once_in_the_corrected_words(staff):
    meeting = undone(staff)
    before = len(waiting("meeting.reminder"))
    change(staff, meeting, venue="Elmsby Town Hall")

    publish(staff, meeting)

    rows = waiting("meeting.reminder")
    assert len(rows) == before > 0
    assert len({(row.person_id, row.notice.stage) for row in rows}) == before
    assert all("Elmsby Town Hall" in row.body for row in rows)


def test_of_two_tabs_and_five_identical_posts_one_invites(staff):
    meeting = undone(staff)
    address = f"{meeting.get_absolute_url()}publish/"
    one, two = kept(staff.post(address)), kept(staff.post(address))

    for fields in [one] * 5 + [two]:
        assert staff.post(address, fields).status_code == 302

    assert len(waiting()) == 12
    assert Notice.objects.filter(occasion=INVITATION).count() == 2


def test_the_old_words_cannot_be_sent_after_all_once_there_are_new_ones(staff):
    meeting = undone(staff)
    old = Notice.objects.get(occasion=INVITATION)
    publish(staff, meeting)

    page = staff.post(
        reverse("notices:send-after-all", args=[old.reference]), follow=True
    )

    assert undoing.CHANGED in page.content.decode()
    assert len(waiting()) == 12


def test_it_can_be_undone_and_put_right_once_more(staff):
    meeting = undone(staff)
    publish(staff, meeting)
    undo(staff)
    assert not waiting()

    publish(staff, meeting)

    assert {row.notice.version for row in waiting()} == {3}
    assert len(waiting()) == 12


def test_what_is_sent_after_all_is_not_published_again(staff):
    meeting = undone(staff)
    notice = Notice.objects.get(occasion=INVITATION)
    staff.post(reverse("notices:send-after-all", args=[notice.reference]))

    assert "have not been told" not in page_of(staff, meeting)
    staff.post(f"{meeting.get_absolute_url()}publish/")

    assert {row.notice_id for row in waiting()} == {notice.pk}
    assert len(waiting()) == 12


def test_who_has_it_already_gets_no_other(staff, clock):
    """Of two groups of invitations only the second was undone."""
    meeting = planned(10)
    staff.post(f"{meeting.get_absolute_url()}publish/")
    clock.move_to(NINE + dt.timedelta(hours=1), tick=False)
    for number in range(11):
        person = PersonFactory(known_as=f"Newcomer {number:02}")
        MembershipFactory(group=meeting.group, person=person)
    publish(staff, meeting)
    undo(staff)
    assert "11 people have not been told" in page_of(staff, meeting)

    publish(staff, meeting)

    rows = waiting()
    anew = [row for row in rows if row.notice.version == 2]
    assert {row.person.known_as[:8] for row in anew} == {"Newcomer"}
    assert len(anew) == 11
    assert len({row.person_id for row in rows}) == len(rows)


def test_people_who_joined_or_left_meanwhile_are_reckoned_with(staff):
    meeting = undone(staff)
    MembershipFactory(group=meeting.group, person=PersonFactory(known_as="Late Comer"))
    left = meeting.group.memberships.get(person__known_as="Member 00")
    left.state, left.to_date, left.end_reason = "ended", NINE.date(), "Moved away."
    left.save()

    publish(staff, meeting)

    names = {row.person.known_as for row in waiting()}
    assert len(names) == len(waiting()) == 12
    assert "Late Comer" in names
    assert "Member 00" not in names


def test_a_cancellation_says_the_day_that_was_published_again(staff):
    meeting = undone(staff)
    change(staff, meeting, date_day="25")
    publish(staff, meeting)

    fresh = Meeting.objects.select_related("group").get()
    publishing.cancel_meeting(by=staff_actor(), meeting=fresh, reason="Flooded.")

    subjects = {row.subject for row in waiting("meeting.cancelled")}
    assert subjects == {"Cancelled: meeting on Wednesday 25 November 2026"}


def test_a_chair_publishes_hers_again(client_as):
    meeting = planned(12)
    chair = client_as(chair_of(meeting))
    publish(chair, meeting)
    undo(chair)
    assert "13 people have not been told" in page_of(chair, meeting)

    publish(chair, meeting)

    assert len(waiting()) == 13


def test_the_form_says_who_knows(staff):
    meeting = undone(staff)
    address = f"{meeting.get_absolute_url()}edit/"

    page = staff.get(address).content.decode()
    assert "The invitation was undone, so 12 people have not been told" in page
    assert "People have been told about this meeting." not in page

    publish(staff, meeting)
    page = staff.get(address).content.decode()
    assert "The invitation was undone" not in page
    assert "People have been told about this meeting." in page


def test_a_meeting_that_has_begun_is_published_to_nobody(staff, clock):
    meeting = undone(staff)
    clock.move_to(dt.datetime(2026, 11, 24, 10, 30, tzinfo=dt.UTC), tick=False)

    assert "have not been told" not in page_of(staff, meeting)
    staff.post(f"{meeting.get_absolute_url()}publish/")

    assert not waiting()
    assert Invitation.objects.count() == 12


def test_the_team_is_reminded_of_who_was_not_told_until_it_is_published_again(staff):
    meeting = undone(staff)
    words = "Publish the invitation for Tue 24 Nov again. It was undone"

    before = staff.get("/").content.decode()
    publish(staff, meeting)
    after = staff.get("/").content.decode()

    assert words in before
    assert "12 people" in before
    assert words not in after
