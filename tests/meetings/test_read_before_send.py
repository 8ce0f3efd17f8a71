"""Word to more than ten people is read before it goes, and then waits for ten minutes."""

import datetime as dt
import re

import pytest

from coprod.core import keptforms
from coprod.core.enums import Role
from groups.governance.enums import OfficeKind
from groups.governance.models import Office
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice
from groups.people.enums import PersonState, Purpose
from groups.people.models import ChannelPreference, ContactPoint, Person
from meetings.actions import planning
from meetings.enums import MeetingMode, MeetingState
from meetings.models import Invitation, Meeting
from tests.conftest import sign_in
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    UserFactory,
    make_policy,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def group_of(count):
    make_policy()
    group = GroupFactory(name="Technology at Home")
    for number in range(count):
        channel = ("email", "letter", "phone")[number % 3]
        person = PersonFactory(known_as=f"Member {number:02}", channel=channel)
        if number % 2 and channel == "letter":
            person.print_size = 18
            person.save()
        MembershipFactory(group=group, person=person)
    return group


def planned(count=12, day=DAY):
    return planning.plan_meeting(
        by=staff_actor(),
        group=group_of(count),
        date=day,
        start_time=dt.time(10),
        end_time=dt.time(12),
        mode=MeetingMode.ROOM,
        venue="Millbrook Library",
    )


def kept(page):
    """Return the fields of the form on the page, as the browser would post them again."""
    text = page.content.decode()
    form = re.search(r'<form method="post" novalidate>.*?</form>', text, re.DOTALL)[0]
    return {
        name: value
        for name, value in re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form
        )
        if name not in {"csrfmiddlewaretoken", "form_owner"}
    }


def publish(client, meeting):
    address = f"{meeting.get_absolute_url()}publish/"
    page = client.post(address)
    return client.post(address, kept(page), follow=True)


def first_rows():
    return Delivery.objects.filter(notice__stage="first")


def test_ten_people_are_invited_at_once(staff):
    meeting = planned(10)

    answer = staff.post(f"{meeting.get_absolute_url()}publish/")

    assert answer.url == meeting.get_absolute_url()
    assert set(first_rows().values_list("held_until", flat=True)) == {None}


def test_more_than_ten_are_shown_first_and_nothing_is_kept(staff):
    meeting = planned(12)

    page = staff.post(f"{meeting.get_absolute_url()}publish/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "Nothing has been sent yet" in text
    assert "This goes to 12 people" in text
    for way in ("E-mail: <b>4</b>", "Letter: <b>4</b>", "Phone call: <b>4</b>"):
        assert way in text
    for sample in ("Letter, 14 point", "Letter, 18 point"):
        assert sample in text
    assert "Dear Member 00," in text
    assert "You are invited to the next Technology at Home meeting." in text
    assert "Nobody is left out." in text
    assert not Delivery.objects.exists()
    assert not Invitation.objects.exists()
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_once_read_it_goes_in_ten_minutes_and_the_page_says_so(staff):
    meeting = planned(12)

    page = publish(staff, meeting)

    assert "The word goes out at 9.10am. Until then you can undo it." in (
        page.content.decode()
    )
    assert set(first_rows().values_list("held_until", flat=True)) == {
        NINE + dt.timedelta(minutes=10)
    }
    assert Delivery.objects.filter(notice__stage="first").count() == 12


def test_what_goes_is_what_was_read(staff):
    """Somebody who joins between reading and sending is read about first."""
    meeting = planned(12)
    address = f"{meeting.get_absolute_url()}publish/"
    read = kept(staff.post(address))
    MembershipFactory(group=meeting.group, person=PersonFactory(known_as="Late Comer"))

    again = staff.post(address, read)

    text = again.content.decode()
    assert "This has changed since you looked" in text
    assert "This goes to 13 people" in text
    assert not Delivery.objects.exists()
    assert staff.post(address, kept(again)).status_code == 302
    assert first_rows().count() == 13


def test_another_persons_message_can_be_read(staff):
    meeting = planned(12)
    address = f"{meeting.get_absolute_url()}publish/"
    page = staff.post(address)
    other = (
        Meeting.objects.get().group.memberships.get(person__known_as="Member 06").person
    )

    page = staff.post(
        address, kept(page) | {"_look": "1", "_sample-0-email": other.reference}
    )

    text = page.content.decode()
    assert "Dear Member 06," in text
    assert "Dear Member 00," not in text
    assert "This has changed" not in text
    assert not Delivery.objects.exists()


def test_five_identical_posts_send_once(staff):
    meeting = planned(12)
    address = f"{meeting.get_absolute_url()}publish/"
    read = kept(staff.post(address))

    answers = {staff.post(address, read).url for _ in range(5)}

    assert answers == {meeting.get_absolute_url()}
    assert first_rows().count() == 12
    assert Notice.objects.filter(stage="first").count() == 1


def test_of_two_tabs_the_second_is_told(staff):
    meeting = planned(12)
    address = f"{meeting.get_absolute_url()}publish/"
    one, two = kept(staff.post(address)), kept(staff.post(address))
    staff.post(address, one)

    second = staff.post(address, two, follow=True)

    assert second.status_code == 200
    assert first_rows().count() == 12
    assert Notice.objects.filter(stage="first").count() == 1


def test_who_is_left_out_is_named_with_the_reason(staff):
    meeting = planned(14)
    asked, left, lost = [
        meeting.group.memberships.get(person__known_as=f"Member {number:02}").person
        for number in (0, 1, 2)
    ]
    ChannelPreference.objects.create(
        person=asked, purpose=Purpose.MEETINGS, channel="email", is_wanted=False
    )
    ContactPoint.objects.filter(person=lost).delete()

    text = staff.post(f"{meeting.get_absolute_url()}publish/").content.decode()

    assert "This goes to 12 people" in text
    assert "<b>Member 00</b>: They asked us not to send these." in text
    assert "<b>Member 02</b>: We have no e-mail, address or phone number" in text
    assert left.known_as in text


def cancel_page(client, meeting, **data):
    return client.post(f"{meeting.get_absolute_url()}cancel/", data)


def test_a_cancellation_names_who_is_told_although_they_asked_not_to_be(staff):
    meeting = planned(12)
    publish(staff, meeting)
    asked = Invitation.objects.get(person__known_as="Member 00").person
    Invitation.objects.filter(person=asked).update(reply="coming")
    gone = Invitation.objects.get(person__known_as="Member 01").person
    ChannelPreference.objects.create(
        person=asked, purpose=Purpose.MEETINGS, channel="email", is_wanted=False
    )
    gone.state = PersonState.LEFT
    gone.save()

    page = cancel_page(staff, meeting, reason="The library is shut.")

    text = page.content.decode()
    assert "This goes to 11 people" in text
    assert "Told all the same" in text
    assert "Member 00, e-mail" in text
    assert "<b>Member 01</b>: This person is no longer in touch with us." in text
    assert "Why: The library is shut." in text
    assert Meeting.objects.get().state == MeetingState.PUBLISHED

    answer = staff.post(f"{meeting.get_absolute_url()}cancel/", kept(page))
    assert answer.status_code == 302
    assert Meeting.objects.get().state == MeetingState.CANCELLED
    told = Delivery.objects.filter(notice__occasion="meeting.cancelled")
    assert told.filter(state=DeliveryState.PLANNED).count() == 11


def test_what_was_typed_comes_back_when_it_is_changed_first(staff):
    meeting = planned(12)
    publish(staff, meeting)
    reason = 'The "library" is shut & <closed>.\nWe are sorry.'
    page = cancel_page(staff, meeting, reason=reason)

    form = staff.post(
        f"{meeting.get_absolute_url()}cancel/",
        {"reason": reason, "_seen": kept(page)["_seen"], "_change_first": "1"},
    )

    text = form.content.decode()
    assert "The &quot;library&quot; is shut &amp; &lt;closed&gt;." in text
    assert "Keep the meeting" in text
    assert "There is a problem" not in text
    assert Meeting.objects.get().state == MeetingState.PUBLISHED


def test_a_cancellation_within_a_day_goes_at_once_and_says_so(client_as, clock):
    meeting = planned(12)
    publish(client_as(Role.INVOLVEMENT), meeting)
    clock.move_to(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False)
    staff = client_as(Role.INVOLVEMENT)

    page = cancel_page(staff, meeting, reason="No heating.")

    text = page.content.decode()
    assert "there is no time to undo it" in text
    staff.post(f"{meeting.get_absolute_url()}cancel/", kept(page))
    told = Delivery.objects.filter(notice__occasion="meeting.cancelled")
    assert told.count() == 12
    assert set(told.values_list("held_until", flat=True)) == {None}


def chair_of(meeting):
    chair, user = member_with_account(known_as="Bernadette Quinn")
    MembershipFactory(group=meeting.group, person=chair)
    Office.objects.create(
        group=meeting.group,
        person=chair,
        kind=OfficeKind.CHAIR,
        from_date=dt.date(2026, 1, 1),
    )
    return user


def test_a_chair_reads_her_own_message_and_nobody_elses(client_as):
    meeting = planned(12)
    chair = client_as(chair_of(meeting))
    ContactPoint.objects.filter(person__known_as="Member 02").delete()

    text = chair.post(f"{meeting.get_absolute_url()}publish/").content.decode()

    assert "Nothing has been sent yet" in text
    assert "Dear Bernadette Quinn," in text
    assert "Dear Member 00," not in text
    assert "Member 02" in text
    assert "no e-mail, address or phone" not in text
    assert "How it goes" not in text
    assert "sample-" not in text


def test_a_chair_undoes_what_she_sent(client_as):
    meeting = planned(12)
    chair = client_as(chair_of(meeting))
    publish(chair, meeting)
    notice = Notice.objects.get(stage="first")

    page = chair.post(f"/outbox/notices/{notice.reference}/undo/", follow=True)

    assert "Undone. None of these messages goes out." in page.content.decode()
    assert not first_rows().filter(state=DeliveryState.PLANNED).exists()
    assert Meeting.objects.get().state == MeetingState.PUBLISHED


def test_what_was_read_is_kept_when_the_session_ends_before_it_is_sent(client_as):
    user = UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT])
    staff = client_as(user)
    meeting = planned(12)
    publish(staff, meeting)
    page = cancel_page(staff, meeting, reason="The library is shut.")
    fields = kept(page) | {"form_owner": keptforms.owner_mark(user.pk)}
    staff.logout()

    staff.post(f"{meeting.get_absolute_url()}cancel/", fields)
    again = client_as(user)
    again.cookies = staff.cookies
    sign_in(again, user)
    text = again.get("/kept/").content.decode()

    assert "The library is shut." in text
    assert fields["_seen"] not in re.sub(r'type="hidden"[^>]*', "", text)
    assert Meeting.objects.get().state == MeetingState.PUBLISHED


def test_a_letter_is_shown_in_the_language_its_reader_is_written_to_in(staff):
    meeting = planned(12)
    polish = meeting.group.memberships.get(person__known_as="Member 01").person
    Person.objects.filter(pk=polish.pk).update(language="pl")

    text = staff.post(f"{meeting.get_absolute_url()}publish/").content.decode()

    assert 'lang="pl" dir="ltr">Dzień dobry, Member 01,</p>' in text
    assert 'lang="pl" dir="ltr">Z serdecznymi pozdrowieniami</span>' in text
    assert "Ta wiadomość od Your Voice jest po angielsku." in text
