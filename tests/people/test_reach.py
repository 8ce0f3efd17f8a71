"""How we reach somebody: her own page, and the team's when she rings."""

import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from groups.people.models import ChannelPreference, ContactPoint
from groups.people.queries import wish_for
from tests.factories import (
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
MINE = "/me/reach/"


@pytest.fixture
def marian():
    return member_with_account(known_as="Marian Okafor")


@pytest.fixture
def member(client_as, marian):
    return client_as(marian[1])


@pytest.fixture
def staff(client_as):
    return client_as(Role.INVOLVEMENT)


def answers(person, **said):
    return {"version": person.version, "channel": "email", "print_size": "14"} | said


def theirs(person):
    return f"/people/{person.reference}/reach/"


def test_any_page_of_a_member_leads_there_and_one_more_press_saves(member, marian):
    assert f'href="{MINE}"' in member.get("/").content.decode()

    answer = member.post(MINE, answers(marian[0], channel="phone"))

    assert answer.url == "/me/"
    assert marian[0].preferences.get().channel == "phone"


def test_one_call_is_enough_for_all_of_it(staff, marian):
    person = marian[0]

    staff.post(
        theirs(person),
        answers(
            person,
            channel="letter",
            print_size="18",
            meetings_way="email",
            money_print="24",
            news_way="no",
            quiet_from="9pm",
            quiet_until="8am",
            call_after="2pm",
            wants_digest="on",
        ),
    )

    person.refresh_from_db()
    assert (person.print_size, person.wants_digest) == (18, True)
    assert (person.quiet_from, person.quiet_until) == (dt.time(21), dt.time(8))
    assert person.call_after == dt.time(14)
    rows = person.preferences.values_list(
        "purpose", "channel", "print_size", "is_wanted"
    )
    assert set(rows) == {
        ("everything", "letter", None, True),
        ("meetings", "email", None, True),
        ("money", "", 24, True),
        ("news", "", None, False),
    }
    event = AuditEvent.objects.get(verb="changed how to reach")
    assert event.changes["wish.news"] == ["", "Not wanted"]


def test_a_thing_without_a_way_of_its_own_follows_everything(staff, marian):
    person = marian[0]
    ChannelPreference.objects.create(person=person, purpose="money", print_size=24)

    staff.post(theirs(person), answers(person, channel="phone", money_print="24"))

    assert wish_for(person, "money").channel == "phone"
    assert wish_for(person, "money").print_size == 24


@pytest.mark.parametrize(
    ("rows", "channel", "is_wanted"),
    [
        ([], "email", True),
        ([("meetings", "letter", None, True)], "letter", True),
        ([("meetings", "", None, False)], "email", False),
        ([("meetings", "", None, False), ("reminders", "text", None, True)], "text", True),
        ([("meetings", "", None, False), ("reminders", "", 18, True)], "email", False),
        ([("reminders", "", None, False)], "email", False),
    ],
)  # fmt: skip
def test_a_reminder_comes_as_meetings_do_unless_she_said_otherwise(
    rows, channel, is_wanted
):
    person = PersonFactory()
    for purpose, way, size, wanted in rows:
        ChannelPreference.objects.create(
            person=person, purpose=purpose, channel=way, print_size=size, is_wanted=wanted
        )  # fmt: skip

    wish = wish_for(person, "reminders")

    assert (wish.channel, wish.is_wanted) == (channel, is_wanted)


def test_text_messages_are_offered_only_where_somebody_sends_them(
    member, marian, settings
):
    settings.TEXT_THROUGH = ""
    without = member.get(MINE)
    settings.TEXT_THROUGH = "file"
    with_it = member.get(MINE)

    assert "We cannot send text messages here yet." in without.content.decode()
    ways = [value for value, _ in with_it.context["form"].fields["channel"].choices]
    assert ways == ["email", "text", "letter", "phone"]
    assert "text" not in dict(without.context["form"].fields["channel"].choices)
    refused = None
    settings.TEXT_THROUGH = ""
    refused = member.post(MINE, answers(marian[0], channel="text"))
    assert "Choose one of the answers on the page" in refused.content.decode()


def test_what_she_chose_and_cannot_be_had_now_still_stands_as_hers(
    member, marian, settings
):
    settings.TEXT_THROUGH = ""
    marian[0].preferences.update(channel="text")

    page = member.get(MINE).content.decode()

    assert "we use another way until we can" in page
    assert 'value="text" checked' in page or "checked" in page.split('value="text"')[1]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"quiet_from": "9pm"}, "Write both when the quiet time begins"),
        ({"quiet_from": "9pm", "quiet_until": "9pm"}, "must end at another time"),
        ({"call_after": "6pm", "call_before": "2pm"}, "later than ring after"),
        ({"channel": "pigeon"}, "Choose one of the answers"),
        ({"news_way": "pigeon"}, "Choose one of the answers"),
        ({"language": "tlh"}, "Choose one of the answers"),
        ({"language": "pl' OR 1=1--"}, "Choose one of the answers"),
        ({"version": "nonsense"}, "This page is too old"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_saved(member, marian, said, sentence):
    person = marian[0]

    page = member.post(MINE, answers(person, print_size="24") | said)

    assert sentence in page.content.decode()
    person.refresh_from_db()
    assert (person.print_size, person.version) == (14, 1)


def test_two_who_change_it_at_once_see_both_and_lose_nothing(member, staff, marian):
    person = marian[0]
    hers = answers(person, print_size="24")
    staff.post(theirs(person), answers(person, print_size="18"))

    shown = member.post(MINE, hers)

    page = shown.content.decode()
    assert "Somebody else changed these details" in page
    assert "<b>Saved now:</b> 18 point" in page
    assert "<b>You typed:</b> 24 point" in page
    person.refresh_from_db()
    assert person.print_size == 18
    member.post(MINE, hers | {"version": str(person.version)})
    person.refresh_from_db()
    assert person.print_size == 24


@pytest.mark.parametrize(("scopes", "opens"), [(["details"], True), (["see"], False)])
def test_a_supporter_may_when_the_member_lets_her(client_as, scopes, opens):
    link = SupporterFactory(scopes=scopes)
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    helper = client_as(user)

    shown = helper.get(MINE)
    helper.post(MINE, answers(link.member, channel="phone"))

    assert shown.status_code == (200 if opens else 302)
    assert link.member.preferences.get().channel == ("phone" if opens else "email")


def test_the_page_of_somebody_else_is_not_there_for_a_member(member):
    assert member.get(theirs(PersonFactory())).status_code == 404


def test_she_adds_a_number_and_stops_one_with_the_reason_on_the_page(member, marian):
    person = marian[0]
    member.post("/me/contacts/add/", {"kind": "mobile", "value": "07700 900 118"})
    point = person.contact_points.get(kind="mobile")

    member.post(f"/me/contacts/{point.pk}/stop/", {"reason": "I lost the phone"})

    page = member.get(MINE).content.decode()
    assert "Mobile phone, since" in page
    assert "I lost the phone" in page


def test_a_number_of_somebody_else_cannot_be_stopped(member):
    other = PersonFactory()

    assert (
        member.post(f"/me/contacts/{other.contact_points.get().pk}/stop/").status_code
        == 404
    )
    assert ContactPoint.objects.filter(stopped_at__isnull=False).count() == 0


def test_the_pages_say_each_way_in_words(member, staff, marian):
    person = marian[0]
    ChannelPreference.objects.create(
        person=person, purpose="money", channel="letter", print_size=18
    )
    ChannelPreference.objects.create(person=person, purpose="news", is_wanted=False)

    for page in (member.get("/me/"), staff.get(person.get_absolute_url())):
        words = page.content.decode()
        assert "Money: by post, in 18 point print" in words
        assert "News and chances to take part: not wanted" in words


def test_she_says_in_which_language_we_write_to_her(member, marian):
    person = marian[0]

    member.post(MINE, answers(person, language="pl"))

    person.refresh_from_db()
    assert person.language == "pl"
    event = AuditEvent.objects.get(verb="changed how to reach")
    assert event.changes["language"] == ["en-GB", "pl"]
    assert "Polish" in member.get("/me/").content.decode()


def test_a_refused_language_is_said_at_its_box(member, marian):
    page = member.post(MINE, answers(marian[0], language="<b>pl</b>"))

    assert "language" in page.context["form"].errors
    assert 'href="#id_language"' in page.content.decode()
    marian[0].refresh_from_db()
    assert marian[0].language == "en-GB"


@pytest.mark.parametrize(
    ("scopes", "language"), [(["details"], "cy"), (["see", "reply", "claim"], "en-GB")]
)
def test_a_supporter_says_it_for_her_when_she_may(client_as, scopes, language):
    link = SupporterFactory(scopes=scopes)
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)

    client_as(user).post(MINE, answers(link.member, language="cy"))

    link.member.refresh_from_db()
    assert link.member.language == language


def test_a_form_that_did_not_ask_for_the_language_leaves_it(staff):
    person = PersonFactory(language="pl")

    staff.post(theirs(person), answers(person, print_size="18"))

    person.refresh_from_db()
    assert (person.print_size, person.language) == (18, "pl")


def test_the_team_writes_the_language_down_and_sees_it(staff):
    person = PersonFactory(known_as="Agnieszka")

    staff.post(theirs(person), answers(person, language="pl"))

    page = staff.get(person.get_absolute_url()).content.decode()
    assert "Written to in Polish." in page
    assert "Speaks Polish" in page


def test_who_hears_from_us_in_english_has_no_flag_about_it(staff):
    page = staff.get(PersonFactory().get_absolute_url()).content.decode()

    assert "Written to in English." in page
    assert "Speaks" not in page
