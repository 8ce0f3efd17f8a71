import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from coprod.core.enums import Role
from coprod.core.models import Document
from groups.notices.models import Delivery
from meetings.enums import MeetingState, Reply, ReplyRoute
from meetings.models import AccessArrangement, AgendaItem, Invitation, Meeting
from tests.factories import (
    AccessNeedFactory,
    AgendaItemFactory,
    AttendanceFactory,
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    OfficeFactory,
    PaperFactory,
    PersonFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
TYPED = {
    "date_day": "24",
    "date_month": "November",
    "date_year": "2026",
    "start_time": "10am",
    "end_time": "12pm",
    "mode": "room",
    "venue": "Millbrook Library",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def address(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.reference, *args])


def test_staff_plan_a_meeting_from_its_group(client_as):
    group = GroupFactory(name="Technology at Home group")
    client = client_as(Role.INVOLVEMENT)
    page = client.get(reverse("meetings:meeting-add") + f"?group={group.slug}")
    assert f'value="{group.pk}" selected' in page.content.decode()

    answer = client.post(reverse("meetings:meeting-add"), TYPED | {"group": group.pk})

    meeting = Meeting.objects.get()
    assert answer.url == meeting.get_absolute_url()
    assert (meeting.date, meeting.start_time) == (dt.date(2026, 11, 24), dt.time(10))
    assert meeting.break_minutes == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"date_day": "31", "date_month": "2"}, "real date"),
        ({"end_time": "9am"}, "The meeting must end after it starts."),
        (
            {
                "date_day": "28",
                "date_month": "3",
                "date_year": "2027",
                "start_time": "1.30am",
            },
            "so 1.30am does not happen. Choose another time.",
        ),
        ({"join_link": "javascript:alert(1)"}, "Copy the whole link"),
        ({"break_time": "11am"}, "Say how long the break is."),
        ({"date_year": "2025"}, "This date has passed."),
    ],
)
def test_what_cannot_be_right_gets_a_sentence_and_what_was_typed_stays(
    client_as, typed, words
):
    group = GroupFactory()

    answer = client_as(Role.INVOLVEMENT).post(
        reverse("meetings:meeting-add"), TYPED | {"group": group.pk} | typed
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count(words) >= 2
    assert "<title>Error: " in page
    assert "Millbrook Library" in page
    assert not Meeting.objects.exists()


def test_a_past_date_is_kept_when_staff_say_so(client_as):
    typed = TYPED | {"group": GroupFactory().pk, "date_year": "2025", "past_ok": "on"}

    client_as(Role.INVOLVEMENT).post(reverse("meetings:meeting-add"), typed)

    assert Meeting.objects.get().date == dt.date(2025, 11, 24)


def test_the_second_of_two_editors_sees_both_and_may_then_choose(client_as):
    meeting = MeetingFactory(state=MeetingState.PLANNED, version=2, venue="Hall A")
    client, url = client_as(Role.INVOLVEMENT), address("meeting-edit", meeting)

    refused = client.post(
        url, TYPED | {"version": "1", "venue": "Hall B"}
    ).content.decode()
    meeting.refresh_from_db()
    assert "Somebody else saved this first" in refused
    assert "Hall A" in refused
    assert 'value="Hall B"' in refused
    assert meeting.venue == "Hall A"

    client.post(url, TYPED | {"version": "2", "venue": "Hall B"})
    meeting.refresh_from_db()
    assert (meeting.venue, meeting.version) == ("Hall B", 3)


def test_staff_write_the_agenda_with_buttons(client_as):
    meeting = MeetingFactory(state=MeetingState.PLANNED)
    client = client_as(Role.INVOLVEMENT)
    item = {"purpose": "decision", "minutes_planned": "20"}

    for title in ("Welcome", "Leaflets"):
        client.post(address("item-add", meeting), item | {"title": title})
    second = AgendaItem.objects.get(title="Leaflets")
    client.post(address("item-move", meeting, second.pk), {"way": "up"})
    client.post(
        address("item-edit", meeting, second.pk), item | {"title": "Which leaflet?"}
    )
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert page.index("1. Which leaflet?") < page.index("2. Welcome")
    assert "10.20am" in page

    client.post(address("item-remove", meeting, second.pk))
    assert AgendaItem.objects.get().title == "Welcome"


def test_a_member_reads_the_meeting_and_answers_with_a_supporter(client_as):
    marian, account = member_with_account(known_as="Marian Okafor")
    SupporterFactory(member=marian, supporter=PersonFactory(known_as="Leon Okafor"))
    meeting = MeetingFactory(reply_by=dt.date(2026, 12, 4))
    PaperFactory(item=AgendaItemFactory(meeting=meeting), title="What we found")
    invitation = InvitationFactory(
        meeting=meeting, person=marian, offer_words="We offer £27.50 an hour."
    )
    need = AccessNeedFactory(person=marian, detail="A seat near the door")
    AccessArrangement.objects.create(
        meeting=meeting,
        person=marian,
        need=need,
        wording=need.detail,
        owner=UserFactory(),
        due_date=dt.date(2026, 12, 1),
    )
    client = client_as(account)

    page = client.get(meeting.get_absolute_url()).content.decode()
    for words in (
        "Tuesday 8 December 2026",
        "Please tell us by Friday 4 December 2026",
        "What we found",
        "A seat near the door",
        "We offer £27.50 an hour.",
        "Leon Okafor",
    ):
        assert words in page
    answer = client.post(
        address("reply", meeting),
        {"reply": "coming", "join_mode": "room", "company": ["Leon Okafor"]},
        follow=True,
    )

    invitation.refresh_from_db()
    assert (invitation.reply, invitation.supporter_name) == (
        Reply.COMING,
        "Leon Okafor",
    )
    assert "Thank you. You are coming." in answer.content.decode()
    assert "with Leon Okafor" in answer.content.decode()


def test_a_member_who_forgets_how_is_asked_and_her_words_stay(client_as):
    marian, account = member_with_account()
    invitation = InvitationFactory(person=marian)

    answer = client_as(account).post(
        address("reply", invitation.meeting),
        {"reply": "coming", "note": "I use a stick now."},
    )

    assert "Choose how you will join" in answer.content.decode()
    assert "I use a stick now." in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.reply == Reply.NONE


def test_staff_write_down_what_a_postal_member_said_on_the_phone(client_as):
    dot = PersonFactory(known_as="Dot Hargreaves", channel="letter")
    invitation = InvitationFactory(person=dot)
    priya = UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT])
    url = address("reply-record", invitation.meeting, dot.reference)

    client_as(priya).post(
        url, {"reply": "coming", "join_mode": "room", "route": "phone"}
    )

    invitation.refresh_from_db()
    assert (invitation.replied_by, invitation.recorded_by) == ("Dot Hargreaves", priya)
    assert invitation.reply_route == ReplyRoute.PHONE


def test_what_a_member_may_not_see_is_not_there(client_as):
    _, account = member_with_account()
    other = MeetingFactory()
    paper = PaperFactory(item=AgendaItemFactory(meeting=other))
    marian, hers = member_with_account()
    planned = MeetingFactory(state=MeetingState.PLANNED)
    MembershipFactory(group=planned.group, person=marian)

    assert client_as(account).get(other.get_absolute_url()).status_code == 404
    for name in ("reply", "pack-ask", "meeting-calendar", "access-list"):
        assert client_as(account).get(address(name, other)).status_code == 404
    assert (
        client_as(account).get(address("paper-detail", other, paper.pk)).status_code
        == 404
    )
    assert client_as(hers).get(planned.get_absolute_url()).status_code == 404
    assert client_as(hers).get(address("meeting-edit", planned)).status_code == 404


def test_a_cancelled_meeting_says_so_and_takes_no_answer(client_as):
    marian, account = member_with_account()
    meeting = MeetingFactory(
        state=MeetingState.CANCELLED, cancelled_reason="The library is flooded."
    )
    InvitationFactory(meeting=meeting, person=marian)
    client = client_as(account)

    page = client.get(meeting.get_absolute_url()).content.decode()
    answer = client.post(address("reply", meeting), {"reply": "not_sure"})

    assert "This meeting is cancelled" in page
    assert "The library is flooded." in page
    assert "Send my answer" not in page
    assert answer.status_code == 403
    assert Invitation.objects.get().reply == Reply.NONE


def test_staff_cancel_with_a_reason_people_will_read(client_as):
    invitation = InvitationFactory()
    client, url = (
        client_as(Role.INVOLVEMENT),
        address("meeting-cancel", invitation.meeting),
    )

    missing = client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "Too few people can come."})

    assert "Say why it is cancelled. People will read it" in missing
    assert "Too few people can come." in Delivery.objects.get().body


def test_the_calendar_file_carries_the_time_zone(client_as):
    marian, account = member_with_account()
    meeting = MeetingFactory(date=dt.date(2027, 6, 15), start_time=dt.time(10))
    InvitationFactory(meeting=meeting, person=marian)

    answer = client_as(account).get(address("meeting-calendar", meeting))

    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == [
        "Europe/London"
    ]
    assert event["DTSTART"].dt.astimezone(dt.UTC) == meeting.starts_at
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert str(event["LOCATION"]) == "Millbrook Library, Room 2"


@pytest.mark.parametrize(("size", "large"), [("standard", False), ("large", True)])
def test_the_agenda_pack_is_made_while_the_page_shows_progress(client_as, size, large):
    marian, account = member_with_account()
    meeting = InvitationFactory(person=marian).meeting
    client = client_as(account)

    asked = client.post(address("pack-ask", meeting), {"size": size})
    page = client.get(asked.url).content.decode()

    document = Document.objects.get()
    assert (document.large_print, document.about) == (large, meeting.reference)
    assert "We are making the pack." in page
    assert '<meta http-equiv="refresh" content="3">' in page
    _, other = member_with_account()
    assert client_as(other).get(asked.url).status_code == 404


def _fill(meeting, number):
    for place in range(1, number + 1):
        person = PersonFactory()
        InvitationFactory(meeting=meeting, person=person)
        PaperFactory(item=AgendaItemFactory(meeting=meeting, position=place))
        need = AccessNeedFactory(person=person)
        AccessArrangement.objects.create(
            meeting=meeting,
            person=person,
            need=need,
            wording=need.detail,
            owner=UserFactory(),
            due_date=dt.date(2026, 12, 1),
        )


def _queries(client, url):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_a_meeting_page_asks_the_database_as_often_for_many_as_for_one(client_as):
    bernadette, account = member_with_account()
    team, member = client_as(Role.INVOLVEMENT), client_as(account)
    counts = []
    for number in (1, 3, 30):
        meeting = MeetingFactory()
        InvitationFactory(meeting=meeting, person=bernadette)
        OfficeFactory(group=meeting.group, person=bernadette)
        _fill(meeting, number)
        url = meeting.get_absolute_url()
        counts.append((_queries(team, url), _queries(member, url)))

    assert len(set(counts)) == 1
    assert max(counts[0]) <= 12


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client_as):
    marian, account = member_with_account()
    team, member = client_as(Role.INVOLVEMENT), client_as(account)
    counts = []
    for more in (1, 2, 57):
        for _ in range(more):
            InvitationFactory(person=marian)
        url = reverse("meetings:meeting-list")
        counts.append((_queries(team, url), _queries(member, url)))

    assert len(set(counts)) == 1
    assert max(counts[0]) <= 8


def test_the_list_shows_what_is_coming_and_what_is_over(client_as):
    marian, account = member_with_account()
    soon = InvitationFactory(person=marian, meeting__title="Soon").meeting
    gone = InvitationFactory(
        person=marian, meeting__title="Gone", meeting__date=dt.date(2026, 9, 1)
    ).meeting
    MeetingFactory(title="Not hers")
    client = client_as(account)

    to_come = client.get(reverse("meetings:meeting-list")).content.decode()
    past = client.get(reverse("meetings:meeting-list") + "?when=past").content.decode()

    assert (soon.title in to_come, gone.title in to_come) == (True, False)
    assert (soon.title in past, gone.title in past) == (False, True)
    assert "Not hers" not in to_come
    assert "not told us yet" in to_come


def test_an_empty_answer_gets_one_sentence_and_not_coming_needs_no_more(client_as):
    marian, account = member_with_account()
    invitation = InvitationFactory(person=marian)
    client, url = client_as(account), address("reply", invitation.meeting)

    empty = client.post(url, {}).content.decode()
    client.post(url, {"reply": "not_coming"})

    invitation.refresh_from_db()
    assert "Choose if you are coming" in empty
    assert "Choose how you will join" not in empty
    assert (invitation.reply, invitation.join_mode) == (Reply.NOT_COMING, "")


def test_after_the_register_the_team_reads_who_came_in_place_of_who_is_coming(
    client_as,
):
    meeting = MeetingFactory(state=MeetingState.RECORDED)
    person = InvitationFactory(meeting=meeting).person
    AttendanceFactory(
        meeting=meeting,
        person=person,
        status="partly",
        join_mode="video",
        minutes=75,
        supported_by="Leon Okafor",
    )

    shown = client_as(Role.INVOLVEMENT).get(meeting.get_absolute_url()).content.decode()

    assert "Who came" in shown
    assert "Came for part, by video, with Leon Okafor" in shown
    assert "1 hour 15 minutes" in shown
    assert "Who is coming" not in shown


def test_the_form_for_the_answer_of_somebody_else_speaks_of_them(client_as):
    row = InvitationFactory(meeting=MeetingFactory(state=MeetingState.PUBLISHED))

    shown = (
        client_as(Role.INVOLVEMENT)
        .get(f"{row.meeting.get_absolute_url()}replies/{row.person.reference}/")
        .content.decode()
    )

    assert "Somebody to support them" in shown
    assert "support me" not in shown
