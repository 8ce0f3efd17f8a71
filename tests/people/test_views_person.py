import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from groups.notices.models import Delivery
from groups.people import actions
from groups.people.enums import Channel, ContactKind, GivenHow, PersonState
from groups.people.models import ConsentWording, Person
from tests.factories import (
    AccessNeedFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db

LIST = "/people/"
ADD = "/people/add/"


@pytest.fixture
def priya(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def url(person: Person, name: str = "detail", *more: Any) -> str:
    return reverse(f"people:{name}", args=[person.reference, *more])


def answers(**changes: Any) -> dict[str, Any]:
    """What a form with only a name sends."""
    return {
        "known_as": "Dot Hargreaves",
        "capacity": "lived",
        "print_size": "14",
    } | changes


def test_a_call_that_ends_half_way_leaves_a_person_and_a_letter_but_no_complaint(priya):
    given = answers(
        address="14 Chapel Row\nElmsby",
        postcode="ns41ld",
        landline="01632 960 447",
        channel="letter",
        print_size="18",
        language="cy",
        call_after="2pm",
        needs=["step_free"],
        other_topic="technology at home",
        consent="yes",
        consent_how="phone",
    )

    answer = priya.post(ADD, given)

    dot = Person.objects.get()
    assert (answer.status_code, answer.url) == (302, dot.get_absolute_url())
    assert (dot.print_size, dot.call_after) == (18, dt.time(14))
    assert dot.language == "cy"
    assert dot.consents.get().wording.purpose == "network"
    (letter,) = Delivery.objects.all()
    assert (letter.channel, letter.print_size) == (Channel.LETTER, 18)
    shown = priya.get(dot.get_absolute_url()).content.decode()
    assert "NS4 1LD" in shown
    assert "01632 960447" in shown
    assert "Never leave a voicemail" in shown
    for word in ("incomplete", "missing", "outstanding", "no e-mail"):
        assert word not in shown.lower()


def test_only_a_name_is_needed(priya):
    priya.post(ADD, answers())

    assert Person.objects.get().known_as == "Dot Hargreaves"


def test_the_form_reads_the_wording_out(priya):
    wording = ConsentWording.objects.get(purpose="network")

    shown = priya.get(ADD).content.decode()

    assert wording.words in shown
    assert "I read these words out and they agreed" in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"known_as": ""}, "Write the name they like to be known by"),
        (
            {"known_as": "x" * 10_000},
            "The name can have 120 letters at most. It has 10,000.",
        ),
        ({"known_as": "Dot\x00"}, "The name"),
        ({"email": "dot"}, "Write the e-mail address in full, like name@example.com"),
        ({"landline": "12"}, "Write the telephone number in full, like 01632 960 001"),
        ({"postcode": "nowhere"}, "Write the postcode in full, like NS4 2QT"),
        ({"postcode": "NS4 1LD"}, "Write the address that goes with the postcode"),
        ({"channel": "pigeon"}, "Choose one of the answers on the page"),
        ({"call_after": "half past never"}, "Ring after"),
        (
            {"call_after": "6pm", "call_before": "2pm"},
            "Ring before must be later than ring after",
        ),
        ({"print_size": "3"}, "Choose one of the answers on the page"),
        ({"language": "en-GB; DROP"}, "Choose one of the answers on the page"),
        ({"other_needs": "x" * 301}, "Each need can have 300 letters at most."),
    ],
)
def test_a_wrong_answer_gets_a_sentence_keeps_the_rest_and_writes_nothing(
    priya, change, sentence
):
    answer = priya.post(ADD, answers(heard_from="The library") | change)

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "There is a problem" in shown
    assert sentence in shown
    assert 'value="The library"' in shown
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "\u200fمريم عثمان",
        "Dot 🌻 Hargreaves",
        "O’Neill-Åström",
        "=2+2",
    ],
)
def test_an_odd_name_is_kept_and_shown_as_it_is(priya, name):
    priya.post(ADD, answers(known_as=name))

    person = Person.objects.get()
    shown = priya.get(person.get_absolute_url()).content.decode()
    assert person.known_as == name
    assert "<script>alert" not in shown


def test_a_mark_that_turns_the_words_after_it_round_is_taken_out(priya):
    priya.post(ADD, answers(known_as="\u202eeverse"))

    assert Person.objects.get().known_as == "everse"


def test_next_week_the_same_form_opens_with_what_we_know(priya):
    dot = PersonFactory(known_as="Dot", channel="letter", call_after=dt.time(14))
    AccessNeedFactory(person=dot, detail="Hearing loop")
    AccessNeedFactory(person=dot, detail="The window open")

    shown = priya.get(url(dot, "edit")).content.decode()

    assert 'value="Dot"' in shown
    assert 'value="2pm"' in shown
    assert "1 Mill Lane" in shown
    assert "The window open" in shown
    assert "Read these words out" in shown


def test_next_week_the_rest_is_filled_in(priya):
    dot = PersonFactory(known_as="Dot", channel="letter")
    AccessNeedFactory(person=dot, detail="The window open", must=True)
    given = answers(
        known_as="Dot Hargreaves",
        address="1 Mill Lane\nElmsby",
        postcode="NS4 2QT",
        mobile="07700 900 118",
        channel="letter",
        other_needs="The window open",
        version="1",
    )

    answer = priya.post(url(dot, "edit"), given)

    dot.refresh_from_db()
    assert answer.url == dot.get_absolute_url()
    assert (dot.known_as, dot.version) == ("Dot Hargreaves", 2)
    live = dot.contact_points.filter(stopped_at__isnull=True).order_by("pk")
    assert [(p.kind, p.value) for p in live] == [
        ("post", "1 Mill Lane\nElmsby"),
        ("mobile", "+447700900118"),
    ]
    assert dot.passport.needs.get().must
    assert Delivery.objects.count() == 0


def test_a_second_number_that_has_no_box_on_the_form_stays(priya):
    dot = PersonFactory(channel="letter")
    for number in ("+447700900118", "+447700900119"):
        actions.add_contact_point(
            by=staff_actor(),
            person=dot,
            point=actions.NewContact(ContactKind.MOBILE, number),
        )
    given = answers(
        address="1 Mill Lane\nElmsby",
        postcode="NS4 2QT",
        mobile="07700 900 118",
        channel="letter",
        version="1",
    )

    priya.post(url(dot, "edit"), given)

    live = dot.contact_points.filter(kind="mobile", stopped_at__isnull=True)
    assert {point.value for point in live} == {"+447700900118", "+447700900119"}


def test_two_people_who_edit_at_once_both_see_both_texts_and_lose_neither(priya):
    dot = PersonFactory(known_as="Dot", channel="phone", heard_from="The library")
    given = answers(
        known_as="Dot", landline="01632 960 001", channel="phone", version="1"
    )
    actions.update_person(
        by=staff_actor(), person=dot, version=1, heard_from="Her niece"
    )

    conflict = priya.post(url(dot, "edit"), given | {"heard_from": "A poster"})

    shown = conflict.content.decode()
    assert "Somebody else saved first" in shown
    assert "Her niece" in shown
    assert 'value="A poster"' in shown
    assert 'name="version" value="2"' in shown
    dot.refresh_from_db()
    assert dot.heard_from == "Her niece"

    priya.post(url(dot, "edit"), given | {"heard_from": "A poster", "version": "2"})

    dot.refresh_from_db()
    assert (dot.heard_from, dot.version) == ("A poster", 3)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_with_a_spoilt_version_changes_nothing(priya, version):
    dot = PersonFactory(known_as="Dot", channel="phone")

    answer = priya.post(url(dot, "edit"), answers(known_as="Changed", version=version))

    assert answer.status_code == 200
    dot.refresh_from_db()
    assert dot.known_as == "Dot"


def test_the_page_shows_everything_and_writes_down_who_read_it(priya):
    dot = PersonFactory(known_as="Dot Hargreaves")
    AccessNeedFactory(person=dot, detail="Hearing loop")
    group = GroupFactory(name="Technology at Home")
    MembershipFactory(group=group, person=dot, seat=SeatFactory(group=group))
    SupporterFactory(member=dot, supporter=PersonFactory(known_as="Val Hargreaves"))

    shown = priya.get(url(dot)).content.decode()

    for words in (
        "Hearing loop",
        "Technology at Home",
        "Val Hargreaves",
        dot.reference,
    ):
        assert words in shown
    (event,) = AuditEvent.objects.filter(about_person_id=dot.pk)
    assert (event.verb, event.actor_name) == ("read access needs", "Priya Nair")


def test_an_auditor_reads_the_record_without_the_needs_and_it_is_logged(client_as):
    dot = PersonFactory()
    AccessNeedFactory(person=dot, detail="Hearing loop")
    auditor = client_as(Role.AUDITOR)

    shown = auditor.get(url(dot)).content.decode()

    assert dot.known_as in shown
    assert "Hearing loop" not in shown
    assert "Add or change" not in shown
    assert AuditEvent.objects.get().verb == "read record"


def test_the_page_costs_the_same_whatever_hangs_on_the_person(
    priya, django_assert_max_num_queries
):
    dot = PersonFactory()
    for _ in range(4):
        AccessNeedFactory(person=dot)
        SupporterFactory(member=dot)
        group = GroupFactory()
        MembershipFactory(group=group, person=dot, seat=SeatFactory(group=group))
        InvitationFactory(person=dot, meeting__group=group)

    with django_assert_max_num_queries(9):
        answer = priya.get(url(dot))

    assert answer.status_code == 200


@pytest.mark.parametrize("size", [1, 3, 60])
def test_the_list_page_costs_the_same_at_any_size(
    priya, django_assert_num_queries, size
):
    for _ in range(size):
        PersonFactory()

    with django_assert_num_queries(6):
        answer = priya.get(LIST)

    assert answer.status_code == 200


def test_the_list_is_useful_when_nobody_is_there_and_when_nobody_fits(priya):
    assert "Nobody is on the network yet" in priya.get(LIST).content.decode()
    PersonFactory()
    assert "Nobody fits" in priya.get(LIST, {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 10_000},
        {"q": "\x00"},
        {"q": "%_'\"\\"},
        {"topic": "1); DROP TABLE"},
        {"topic": "9" * 40},
        {"state": "nonsense", "channel": "pigeon"},
        {"after": "P-NOBODY"},
        {"before": "\x00"},
    ],
)
def test_a_spoilt_search_is_answered_with_a_page(priya, query):
    PersonFactory()

    assert priya.get(LIST, query).status_code == 200


def test_the_list_turns_its_pages_and_keeps_the_filter(priya):
    for number in range(25):
        PersonFactory(known_as=f"Okafor {number:02}")

    first = priya.get(LIST, {"q": "okafor"})
    second = priya.get(f"{LIST}?{first.context['next_query']}")

    assert "q=okafor" in first.context["next_query"]
    assert len(first.context["page"].rows) == 20
    assert [row.person.known_as for row in second.context["page"].rows] == [
        f"Okafor {number}" for number in range(20, 25)
    ]
    assert not second.context["next_query"]


def test_the_history_says_who_did_what_and_for_whom(priya):
    dot = PersonFactory()
    actions.record_leaving(
        by=staff_actor(name="Tom Ashworth"), person=dot, reason="She moved to Wales"
    )

    shown = priya.get(url(dot, "history")).content.decode()

    assert "Tom Ashworth" in shown
    assert "Recorded leaving: She moved to Wales" in shown


@pytest.mark.parametrize(
    ("slug", "state"),
    [
        ("take-part", PersonState.ACTIVE),
        ("pause", PersonState.PAUSED),
        ("leave", PersonState.LEFT),
        ("died", PersonState.DECEASED),
    ],
)
def test_a_move_is_confirmed_on_its_own_page(priya, slug, state):
    dot = PersonFactory(known_as="Dot", state=PersonState.WELCOMING)

    asked = priya.get(url(dot, "move", slug))
    dot.refresh_from_db()
    assert (asked.status_code, dot.state) == (200, PersonState.WELCOMING)
    done = priya.post(url(dot, "move", slug), {"reason": "She said so"})

    dot.refresh_from_db()
    assert (done.url, dot.state) == (dot.get_absolute_url(), state)


@pytest.mark.parametrize("slug", ["welcome", "nonsense"])
def test_a_move_that_is_not_open_is_not_found(priya, slug):
    dot = PersonFactory(state=PersonState.ACTIVE)

    assert priya.get(url(dot, "move", slug)).status_code == 404


def test_the_small_pages_of_staff_do_what_they_say(priya):
    dot = PersonFactory(known_as="Dot")
    wording = ConsentWording.objects.get(purpose="news")

    priya.post(
        url(dot, "need-add"),
        {"detail": "Hearing loop", "category": "room", "must": "on"},
    )
    priya.post(
        url(dot, "own-words"), {"own_words": "Wait for me", "agreed_to_share": "on"}
    )
    priya.post(url(dot, "contact-add"), {"kind": "mobile", "value": "07700 900 118"})
    priya.post(
        url(dot, "consent-ask", wording.pk), {"agreed": "yes", "given_how": "phone"}
    )

    need = dot.passport.needs.get()
    assert (need.detail, need.must, need.for_meetings) == ("Hearing loop", True, False)
    assert dot.passport.own_words == "Wait for me"
    point = dot.contact_points.get(kind="mobile")
    assert point.value == "+447700900118"
    assert dot.consents.get().given_how == GivenHow.PHONE

    priya.post(url(dot, "need-end", need.pk))
    priya.post(url(dot, "contact-stop", point.pk), {"reason": "Lost"})
    priya.post(url(dot, "consent-withdraw", dot.consents.get().pk))

    need.refresh_from_db()
    point.refresh_from_db()
    assert need.ended_at is not None
    assert point.stopped_reason == "Lost"
    assert dot.consents.get().withdrawn_by == "Dot"


def test_saying_not_yet_records_nothing(priya):
    dot = PersonFactory()
    wording = ConsentWording.objects.get(purpose="news")

    priya.post(
        url(dot, "consent-ask", wording.pk), {"agreed": "no", "given_how": "phone"}
    )

    assert not dot.consents.exists()


@pytest.mark.parametrize(
    ("kind", "value"), [("mobile", "12"), ("email", "nobody"), ("", "1 Mill Lane")]
)
def test_a_wrong_contact_point_is_answered_and_not_kept(priya, kind, value):
    dot = PersonFactory()

    answer = priya.post(url(dot, "contact-add"), {"kind": kind, "value": value})

    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert dot.contact_points.count() == 1


def supporter_answers(**changes: Any) -> dict[str, Any]:
    return {
        "relation": "carer",
        "scopes": ["see"],
        "agreed_how": "phone",
        "from_date_day": "10",
        "from_date_month": "3",
        "from_date_year": "2026",
    } | changes


def test_a_supporter_is_added_by_number_or_by_name(priya):
    dot, val = PersonFactory(), PersonFactory(known_as="Val")
    actions.update_person(by=staff_actor(), person=val, version=1, heard_from="x")

    priya.post(
        url(dot, "supporter-add"), supporter_answers(reference=val.reference.lower())
    )
    priya.post(
        url(dot, "supporter-add"),
        supporter_answers(
            known_as="Tom", phone="07700 900 118", email="tom@example.org"
        ),
    )

    links = dot.supporters.order_by("pk")
    assert [link.supporter.known_as for link in links] == ["Val", "Tom"]
    assert {point.kind for point in links[1].supporter.contact_points.all()} == {
        "mobile",
        "email",
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Write the name of the supporter, or their number"),
        ({"reference": "P-2222-2222"}, "We know nobody with this number"),
        (
            {"known_as": "Tom", "from_date_day": "31", "from_date_month": "2"},
            "real date",
        ),
        (
            {
                "known_as": "Tom",
                "to_date_day": "9",
                "to_date_month": "3",
                "to_date_year": "2026",
            },
            "The last day must be after the first day",
        ),
    ],
)
def test_a_supporter_that_makes_no_sense_is_answered_and_adds_nobody(
    priya, change, sentence
):
    dot = PersonFactory()

    answer = priya.post(url(dot, "supporter-add"), supporter_answers(**change))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert Person.objects.count() == 1


def test_staff_end_a_supporters_help_when_the_member_rings(priya):
    link = SupporterFactory()

    priya.post(url(link.member, "supporter-end", link.pk))

    link.refresh_from_db()
    assert link.ended_at is not None


def test_the_need_or_link_of_another_person_is_not_found(priya):
    dot, marian = PersonFactory(), PersonFactory()
    need = AccessNeedFactory(person=marian)
    link = SupporterFactory(member=marian)
    point = marian.contact_points.get()

    assert priya.post(url(dot, "need-end", need.pk)).status_code == 404
    assert priya.post(url(dot, "supporter-end", link.pk)).status_code == 404
    assert priya.post(url(dot, "contact-stop", point.pk)).status_code == 404


def test_a_member_finds_no_page_of_the_team_not_even_about_herself(client_as):
    marian, user = member_with_account()
    client = client_as(user)

    for name in ("detail", "edit", "history", "need-add", "own-words", "supporter-add"):
        assert client.get(url(marian, name)).status_code == 404
    assert client.get(LIST).status_code == 404
