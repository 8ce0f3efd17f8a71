"""The pages of a series: nothing is saved before its dates, or what it changes, have been seen."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from coprod.core.enums import Role
from groups.notices.models import Delivery, Notice
from groups.people.enums import PersonState
from groups.people.models import ContactPoint, Person
from meetings.enums import MeetingState, Reply
from meetings.models import Meeting, Series
from tests.factories import (
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    OfficeFactory,
    PersonFactory,
    SeriesFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "date_day": "18",
    "date_month": "11",
    "date_year": "2026",
    "frequency": "weekday",
    "count": "12",
    "on_holidays": "skip",
    "start_time": "10am",
    "end_time": "12pm",
    "mode": "room",
    "venue": "Millbrook Library",
}
LATER = {
    "from_date_day": "1",
    "from_date_month": "12",
    "from_date_year": "2026",
    "start_time": "2pm",
    "end_time": "4pm",
}
ADD = reverse("meetings:series-add")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def carried(page):
    """Return what the check page sends on when somebody agrees to it."""
    own = {"csrfmiddlewaretoken", "form_key", "form_owner"}
    return {
        name: unescape(value)
        for name, value in _HIDDEN.findall(page.content.decode())
        if name not in own
    }


def address(name, series):
    return reverse(f"meetings:series-{name}", args=[series.reference])


def series_with_meetings(*dates, **more):
    series = SeriesFactory()
    for date in dates:
        MeetingFactory(
            series=series,
            series_date=date,
            group=series.group,
            date=date,
            **{"state": MeetingState.PLANNED, "mode": "room"} | more,
        )
    return series


def test_staff_see_the_next_twelve_dates_before_anything_is_saved(client_as):
    group, client = GroupFactory(), client_as(Role.INVOLVEMENT)

    check = client.post(ADD, TYPED | {"group": group.pk})

    page = check.content.decode()
    assert not Series.objects.exists()
    assert "Wednesday 18 November 2026" in page
    assert "Wednesday 20 October 2027" in page
    assert "Plan 12 meetings" in page
    saved = client.post(ADD, carried(check))
    series = Series.objects.get()
    assert saved.url == series.get_absolute_url()
    assert (series.rule, series.meetings.count()) == ("FREQ=MONTHLY;BYDAY=3WE", 12)


def test_dates_left_out_are_named_with_the_reason(client_as):
    typed = TYPED | {
        "group": GroupFactory().pk,
        "date_day": "31",
        "date_month": "1",
        "date_year": "2027",
        "frequency": "date",
    }

    page = client_as(Role.INVOLVEMENT).post(ADD, typed).content.decode()

    assert "February 2027 has no 31st, so it is left out." in page
    assert "Monday 31 May 2027 is a bank holiday, so it is left out." in page


def test_dates_past_the_known_bank_holidays_say_so(client_as):
    typed = TYPED | {"group": GroupFactory().pk, "count": "40"}

    page = client_as(Role.INVOLVEMENT).post(ADD, typed).content.decode()

    assert "We know the bank holidays until" in page


def test_what_was_typed_comes_back_to_be_changed(client_as):
    group, client = GroupFactory(), client_as(Role.INVOLVEMENT)
    check = client.post(ADD, TYPED | {"group": group.pk})

    form = client.post(ADD, carried(check) | {"again": "1"}).content.decode()

    assert 'value="Millbrook Library"' in form
    assert "<title>Plan a series" in form
    assert not Series.objects.exists()


def test_a_rule_changed_after_the_check_is_shown_again_before_it_is_saved(client_as):
    group, client = GroupFactory(), client_as(Role.INVOLVEMENT)
    check = client.post(ADD, TYPED | {"group": group.pk})

    page = client.post(ADD, carried(check) | {"frequency": "week"})

    assert "Wednesday 25 November 2026" in page.content.decode()
    assert not Series.objects.exists()


def test_the_same_check_sent_twice_plans_one_series(client_as):
    group, client = GroupFactory(), client_as(Role.INVOLVEMENT)
    check = client.post(ADD, TYPED | {"group": group.pk})
    answer = carried(check) | {"form_key": "0b7b7a52-0a4c-4be5-8d4f-0a6f0d1f5a11"}

    urls = {client.post(ADD, answer).url for _ in range(2)}

    assert urls == {Series.objects.get().get_absolute_url()}
    assert Meeting.objects.count() == 12


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"frequency": "last_weekday"}, "is not the last Wednesday of November"),
        ({"frequency": ""}, "Choose an answer to"),
        ({"count": "53"}, "The number of meetings must be 52 or less"),
        ({"date_year": "2025"}, "The first meeting must be"),
        ({"end_time": "9am"}, "The meeting must end after it starts."),
        ({"venue": ""}, "Say which room and building the meeting is in."),
        (
            {
                "frequency": "last_weekday",
                "date_day": "28",
                "date_month": "2",
                "date_year": "2027",
                "start_time": "1.30am",
            },
            "The clocks go forward on Sunday 28 March 2027, so 1.30am does not happen.",
        ),
    ],
)
def test_what_cannot_be_right_gets_a_sentence_and_saves_nothing(
    client_as, typed, words
):
    answer = client_as(Role.INVOLVEMENT).post(
        ADD, TYPED | {"group": GroupFactory().pk} | typed
    )

    page = answer.content.decode()
    assert page.count(words) >= 2
    assert "<title>Error: " in page
    assert not Series.objects.exists()


def test_a_series_shows_its_meetings_and_which_are_at_a_time_of_their_own(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8), dt.date(2027, 1, 12))
    series.meetings.filter(date=dt.date(2027, 1, 12)).update(start_time=dt.time(11))

    page = client_as(Role.INVOLVEMENT).get(series.get_absolute_url()).content.decode()

    assert "Every month on the second Tuesday" in page
    assert "Tuesday 8 December 2026" in page
    assert page.count("At a time of its own.") == 1


def test_a_series_without_meetings_to_come_says_what_to_do(client_as):
    series = SeriesFactory()

    page = client_as(Role.INVOLVEMENT).get(series.get_absolute_url()).content.decode()

    assert "No meetings to come" in page


def test_a_new_time_names_what_it_moves_what_it_tells_and_what_it_leaves(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8))
    told = MeetingFactory(
        series=series, series_date=dt.date(2027, 1, 12), date=dt.date(2027, 1, 12),
        group=series.group, mode="room",
    )  # fmt: skip
    InvitationFactory(meeting=told)
    answered = MeetingFactory(
        series=series, series_date=dt.date(2027, 2, 9), date=dt.date(2027, 2, 9),
        group=series.group, mode="room",
    )  # fmt: skip
    InvitationFactory(
        meeting=answered, reply=Reply.COMING, replied_at=answered.planned_at,
        replied_by="Marian",
    )  # fmt: skip
    client, url = client_as(Role.INVOLVEMENT), address("time", series)

    check = client.post(url, LATER)

    headings = (
        "Nobody has been told of them yet.",
        "These change, and we tell everybody invited.",
        "These stay as they are. You decide about each.",
    )
    _, quiet, tell, leave = re.split("|".join(headings), check.content.decode())
    assert "Tuesday 8 December 2026" in quiet
    assert "Tuesday 12 January 2027" in tell
    assert "Tuesday 9 February 2027" in leave
    assert not Notice.objects.exists()
    after = client.post(url, carried(check), follow=True).content.decode()
    starts = series.meetings.order_by("date").values_list("start_time", flat=True)
    assert list(starts) == [dt.time(14), dt.time(14), dt.time(10)]
    assert "2 meetings are at the new time." in after
    assert "Decide about these" in after
    assert Notice.objects.filter(about=told.reference).exists()
    assert not Notice.objects.filter(about=answered.reference).exists()


def told_series(count=12):
    """Return a series with two published meetings to which so many people are invited."""
    dates = (dt.date(2026, 12, 8), dt.date(2027, 1, 12))
    series = series_with_meetings(*dates, state=MeetingState.PUBLISHED)
    for number in range(count):
        person = PersonFactory(
            known_as=f"Member {number:02}", channel=("email", "letter")[number % 2]
        )
        if number == 1:
            Person.objects.filter(pk=person.pk).update(print_size=18)
        for meeting in series.meetings.all():
            InvitationFactory(meeting=meeting, person=person)
    return series


def test_a_new_time_is_read_in_each_channel_and_format_before_many_are_told(client_as):
    series = told_series(14)
    gone, lost = [
        Person.objects.get(known_as=name) for name in ("Member 02", "Member 04")
    ]
    Person.objects.filter(pk=gone.pk).update(state=PersonState.LEFT)
    ContactPoint.objects.filter(person=lost).delete()
    client, url = client_as(Role.INVOLVEMENT), address("time", series)

    check = client.post(url, LATER)

    page = check.content.decode()
    assert "12 people get 24 messages in all: one for each of these meetings." in page
    assert "E-mail: <b>10</b>" in page
    assert "Letter: <b>14</b>" in page
    for sample, gets in (
        ("E-mail", "5 people get it this way"),
        ("Letter, 14 point", "6 people get it this way"),
        ("Letter, 18 point", "1 person gets it this way"),
    ):
        assert sample in page
        assert gets in page
    assert "Dear Member 00," in page
    assert "2pm to 4pm" in page
    for name, why in (
        ("Member 02", "This person is no longer in touch with us."),
        ("Member 04", "We have no e-mail, address or phone number"),
    ):
        assert page.count(f"<b>{name}</b>: {why}") == 1
    assert not Notice.objects.exists()
    assert set(series.meetings.values_list("start_time", flat=True)) == {dt.time(10)}


def test_a_new_time_goes_as_it_was_read_and_says_when(client_as):
    series = told_series()
    client, url = client_as(Role.INVOLVEMENT), address("time", series)
    check = client.post(url, LATER)
    late = InvitationFactory(
        meeting=series.meetings.first(), person=PersonFactory(known_as="Late Comer")
    )

    again = client.post(url, carried(check))

    page = again.content.decode()
    assert "This has changed since you looked" in page
    assert "13 people get 25 messages in all" in page
    assert not Notice.objects.exists()
    after = client.post(url, carried(again), follow=True).content.decode()
    assert "2 meetings are at the new time. The word goes out at 9.30am." in after
    assert Delivery.objects.filter(notice__stage="first").count() == 25
    assert late.person.deliveries.filter(notice__stage="first").count() == 1


def test_somebody_elses_word_of_a_new_time_can_be_read(client_as):
    series = told_series()
    client, url = client_as(Role.INVOLVEMENT), address("time", series)
    check, other = client.post(url, LATER), Person.objects.get(known_as="Member 06")

    look = {"_look": "1", "_sample-0-email": other.reference}
    page = client.post(url, carried(check) | look)

    words = page.content.decode()
    assert "Dear Member 06," in words
    assert "Dear Member 00," not in words
    assert "This has changed" not in words
    assert not Notice.objects.exists()
    assert client.post(url, carried(page)).status_code == 302
    assert series.meetings.filter(start_time=dt.time(14)).count() == 2


def test_a_new_time_somebody_else_gave_first_is_not_written_over(client_as):
    series = told_series()
    client, url = client_as(Role.INVOLVEMENT), address("time", series)
    check = client.post(url, LATER)
    Series.objects.update(version=2)

    refused = client.post(url, carried(check)).content.decode()

    assert "Somebody else changed this series" in refused
    assert not Notice.objects.exists()


def test_a_chair_reads_no_other_members_word_of_a_new_time(client_as):
    series = told_series()
    chair, account = member_with_account(known_as="Bernadette Quinn")
    OfficeFactory(group=series.group, person=chair)
    for meeting in series.meetings.all():
        InvitationFactory(meeting=meeting, person=chair)

    page = client_as(account).post(address("time", series), LATER).content.decode()

    assert "13 people get 26 messages in all" in page
    assert "Dear Bernadette Quinn," in page
    assert "Dear Member" not in page
    assert "E-mail: <b>" not in page


def test_an_answer_that_comes_after_the_check_is_seen_before_anything_moves(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8), state=MeetingState.PUBLISHED)
    invitation = InvitationFactory(meeting=series.meetings.get())
    client, url = client_as(Role.INVOLVEMENT), address("time", series)
    check = client.post(url, LATER)
    invitation.reply, invitation.replied_by = Reply.COMING, "Marian"
    invitation.replied_at = dt.datetime(2026, 10, 29, 8, tzinfo=dt.UTC)
    invitation.save()

    again = client.post(url, carried(check)).content.decode()

    assert "People have answered." in again
    assert series.meetings.get().start_time == dt.time(10)


def test_somebody_who_changed_the_series_first_is_not_written_over(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8))
    client, url = client_as(Role.INVOLVEMENT), address("end", series)
    typed = {"last_day_day": "1", "last_day_month": "12", "last_day_year": "2026"}
    check = client.post(url, typed)
    Series.objects.update(version=2)

    refused = client.post(url, carried(check)).content.decode()

    assert "Somebody else changed this series" in refused
    assert series.meetings.get().state == MeetingState.PLANNED
    check = client.post(url, typed)
    client.post(url, carried(check))
    assert not series.meetings.exists()


def test_a_time_that_cannot_be_is_refused_before_the_check(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8))
    typed = {
        "from_date_day": "1",
        "from_date_month": "12",
        "from_date_year": "2026",
        "start_time": "4pm",
        "end_time": "2pm",
    }

    page = client_as(Role.INVOLVEMENT).post(address("time", series), typed)

    assert page.content.decode().count("The meeting must end after it starts.") >= 2


def test_more_dates_are_seen_before_they_are_added_and_added_once(client_as):
    series = series_with_meetings(dt.date(2027, 5, 11))
    client, url = client_as(Role.INVOLVEMENT), address("dates", series)
    assert 'name="after" value="2027-05-11"' in client.get(url).content.decode()

    check = client.post(url, {"after": "2027-05-11", "count": "2"})

    assert "Tuesday 8 June 2027" in check.content.decode()
    assert series.meetings.count() == 1
    client.post(url, carried(check))
    again = client.post(url, carried(check))
    assert series.meetings.count() == 3
    assert again.status_code == 200
    assert "There is a meeting for Tuesday 8 June 2027 already." in (
        again.content.decode()
    )


def test_more_dates_after_no_date_at_all_ask_for_the_page_again(client_as):
    series = series_with_meetings(dt.date(2027, 5, 11))

    page = client_as(Role.INVOLVEMENT).post(
        address("dates", series), {"after": "soon", "count": "2"}
    )

    assert "This page is too old." in page.content.decode()


def test_a_series_is_there_for_the_team_and_its_chair_and_for_nobody_else(client_as):
    chair, account = member_with_account()
    series = series_with_meetings(dt.date(2026, 12, 8))
    OfficeFactory(group=series.group, person=chair)
    _, member = member_with_account()
    finance = UserFactory(roles=[Role.FINANCE])
    urls = [
        series.get_absolute_url(),
        *(address(name, series) for name in ("dates", "time", "end")),
    ]

    for url in [*urls, ADD, reverse("meetings:series-list")]:
        assert client_as(account).get(url).status_code == 200
        assert client_as(member).get(url).status_code == 404
        assert client_as(finance).get(url).status_code == 404


def test_a_chair_sees_no_series_of_another_group(client_as):
    office = OfficeFactory()
    chair, account = office.person, UserFactory(roles=[Role.MEMBER])
    account.sign_ins.create(person=chair, capacity="self")
    other = SeriesFactory(group=GroupFactory(name="Far Away group"))
    client = client_as(account)

    assert client.get(other.get_absolute_url()).status_code == 404
    listed = client.get(reverse("meetings:series-list"))
    assert "Far Away group" not in listed.content.decode()
    form = client.get(ADD).content.decode()
    assert "Far Away group" not in form
    assert office.group.name in form


def test_the_list_names_each_series_and_an_empty_one_says_what_comes(client_as):
    client, url = client_as(Role.INVOLVEMENT), reverse("meetings:series-list")
    assert "No series yet" in client.get(url).content.decode()

    series = series_with_meetings(dt.date(2026, 12, 8), dt.date(2027, 1, 12))

    page = client.get(url).content.decode()
    assert series.group.name in page
    assert "Every month on the second Tuesday, 10am to 12pm." in page
    assert "2 meetings to come. The last is on Tuesday 12 January 2027." in page


def test_a_meeting_of_a_series_leads_to_it_for_the_team_and_the_chair(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8))
    meeting, alone = series.meetings.get(), MeetingFactory(group=series.group)
    chair, account = member_with_account()
    OfficeFactory(group=series.group, person=chair)

    for client in (client_as(Role.INVOLVEMENT), client_as(account)):
        link = f'href="{series.get_absolute_url()}"'
        assert link in client.get(meeting.get_absolute_url()).content.decode()
        assert link not in client.get(alone.get_absolute_url()).content.decode()
        listed = client.get(reverse("meetings:meeting-list")).content.decode()
        assert f'href="{ADD}"' in listed


def test_a_member_is_not_led_to_a_series(client_as):
    series = series_with_meetings(dt.date(2026, 12, 8), state=MeetingState.PUBLISHED)
    marian, account = member_with_account()
    InvitationFactory(meeting=series.meetings.get(), person=marian)
    client = client_as(account)

    for url in (
        series.meetings.get().get_absolute_url(),
        reverse("meetings:meeting-list"),
    ):
        assert "/meetings/series/" not in client.get(url).content.decode()
