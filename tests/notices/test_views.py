import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from coprod.core.enums import Role
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery
from groups.people.enums import ContactKind, Purpose
from groups.people.models import ContactPoint, Person, SignIn
from tests.factories import (
    DeliveryFactory,
    NoticeFactory,
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


def sent(**values):
    given = {
        "state": DeliveryState.HANDED_OVER,
        "sent_at": timezone.now(),
        "sent_by_name": "Your Voice",
    }
    return DeliveryFactory(**given | values)


def fill(count):
    for _ in range(count):
        DeliveryFactory(person=PersonFactory(channel="letter"), channel="letter")
        DeliveryFactory(person=PersonFactory(channel="phone"), channel="phone")
        DeliveryFactory(state="failed")
        sent()


def test_the_empty_outbox_says_what_will_come(staff):
    page = staff.get("/outbox/").content.decode()

    assert "Nothing is waiting to go out" in page
    assert "There is nobody to ring now." in page


def test_the_outbox_shows_the_letter_addressed_in_its_print_size(staff):
    dot = PersonFactory(known_as="Dot Hargreaves", channel="letter")
    DeliveryFactory(
        person=dot,
        channel="letter",
        print_size=18,
        subject="Welcome to Your Voice",
    )

    page = staff.get("/outbox/").content.decode()

    assert "Dot Hargreaves<br>1 Mill Lane<br>Elmsby<br>NS4 2QT" in page
    assert "Large print 18" in page
    assert "Make the letters PDF" in page


def test_the_outbox_shows_a_call_with_its_script_window_and_no_voicemail(staff):
    dot = PersonFactory(
        known_as="Dot Hargreaves", channel="phone", call_after=dt.time(14)
    )
    DeliveryFactory(person=dot, channel="phone", body="Are you coming on Tuesday?")

    page = staff.get("/outbox/").content.decode()

    assert "Hello Dot Hargreaves, it is Priya Nair from Your Voice." in page
    assert "Are you coming on Tuesday?" in page
    assert "Call after 2pm" in page
    assert "Never leave a voicemail" in page
    assert "I left a message" not in page


def test_the_outbox_says_for_whom_to_book_an_interpreter(staff):
    for known_as, language in (("Agnieszka", "pl"), ("Emine", "tr"), ("Dot", "en-GB")):
        person = PersonFactory(known_as=known_as, channel="phone", language=language)
        DeliveryFactory(person=person, channel="phone")

    page = staff.get("/outbox/").content.decode()

    assert page.count("Speaks Polish; book an interpreter") == 1
    assert page.count("Speaks Turkish; book an interpreter") == 1
    assert page.count("interpreter") == 2


def test_the_outbox_says_in_which_language_a_letter_starts(staff):
    person = PersonFactory(channel="letter", language="so")
    DeliveryFactory(person=person, channel="letter")

    assert "Somali</span>" in staff.get("/outbox/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(
    ("path", "queries_asked"), [("/outbox/", 13), ("/outbox/history/", 6)]
)
def test_lists_ask_the_database_as_often_for_one_row_as_for_many(
    staff, django_assert_num_queries, path, queries_asked, count
):
    fill(count)
    staff.get(path)

    with django_assert_num_queries(queries_asked):
        staff.get(path)


@pytest.mark.parametrize("count", [1, 3, 15])
def test_what_we_sent_you_asks_the_database_equally_often(
    client_as, django_assert_num_queries, count
):
    person, user = member_with_account()
    for _ in range(count):
        sent(person=person)
    client = client_as(user)
    client.get("/me/messages/")

    with django_assert_num_queries(5):
        client.get("/me/messages/")


@pytest.mark.parametrize(
    "role", [Role.FINANCE, Role.RELEASER, Role.APPROVER, Role.AUDITOR, Role.SPONSOR]
)
def test_the_outbox_and_what_is_in_it_exist_only_for_the_team(client_as, role):
    delivery = DeliveryFactory(subject="CANARY")
    client = client_as(role)

    answers = [
        client.get(path)
        for path in ("/outbox/", "/outbox/history/", delivery.get_absolute_url())
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert b"CANARY" not in b"".join(answer.content for answer in answers)


def test_a_call_is_written_down_with_what_was_said(staff):
    call = DeliveryFactory(person=PersonFactory(channel="phone"), channel="phone")

    answer = staff.post(
        reverse("notices:call", args=[call.reference]),
        {"outcome": "spoke", "words": "Yes, with Val."},
    )

    call.refresh_from_db()
    assert answer.url == "/outbox/"
    assert call.state == "handed_over"
    assert call.outcome.endswith("Yes, with Val.")


@pytest.mark.parametrize("outcome", ["", "sang"])
def test_a_call_without_an_outcome_keeps_the_words_and_asks(staff, outcome):
    call = DeliveryFactory(person=PersonFactory(channel="phone"), channel="phone")

    answer = staff.post(
        reverse("notices:call", args=[call.reference]),
        {"outcome": outcome, "words": "She sang."},
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Choose what came of the call." in page
    assert "She sang." in page
    assert Delivery.objects.get().state == "planned"


def test_a_message_left_against_her_wish_is_refused_on_the_page(staff):
    call = DeliveryFactory(
        person=PersonFactory(channel="phone", known_as="Dot Hargreaves"),
        channel="phone",
    )

    answer = staff.post(
        reverse("notices:call", args=[call.reference]),
        {"outcome": "voicemail", "words": "Hi"},
    )

    assert (
        "Dot Hargreaves asked us never to leave a message." in answer.content.decode()
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("no_answer", "We try Dot again on"),
        ("wrong_number", "is under “Did not arrive”"),
    ],
)
def test_what_happens_next_with_a_call_is_said(staff, outcome, words):
    call = DeliveryFactory(
        person=PersonFactory(channel="phone", known_as="Dot"), channel="phone"
    )

    answer = staff.post(
        reverse("notices:call", args=[call.reference]),
        {"outcome": outcome},
        follow=True,
    )

    assert words in answer.content.decode()


def test_a_call_page_of_a_call_already_made_leads_to_what_was_said(staff):
    call = sent(person=PersonFactory(channel="phone"), channel="phone")

    answer = staff.get(reverse("notices:call", args=[call.reference]))

    assert answer.url == call.get_absolute_url()


def test_an_email_has_no_call_page(staff):
    email = DeliveryFactory()

    assert staff.get(reverse("notices:call", args=[email.reference])).status_code == 404


def test_a_failure_offers_only_the_ways_that_reach_the_person(staff):
    failed = DeliveryFactory(state="failed", reason="The mailbox is full.")
    ContactPoint.objects.create(
        person=failed.person, kind=ContactKind.LANDLINE, value="01632 960 001"
    )

    page = staff.get(failed.get_absolute_url()).content.decode()

    assert "The mailbox is full." in page
    assert "Send it again" in page
    assert "Ring instead" in page
    assert "Post it instead" not in page


@pytest.mark.parametrize(
    ("state", "what", "after"),
    [
        ("failed", "send-again", ["email planned"]),
        ("failed", "ring", ["email withdrawn", "phone planned"]),
        ("failed", "post", ["email withdrawn", "letter planned"]),
        ("uncertain", "arrived", ["email handed_over"]),
    ],
)
def test_a_failure_is_mended_from_its_page(staff, state, what, after):
    failed = DeliveryFactory(state=state)
    for kind in (ContactKind.LANDLINE, ContactKind.POST):
        ContactPoint.objects.create(
            person=failed.person, kind=kind, value="01632 960 001"
        )

    answer = staff.post(reverse("notices:delivery-mend", args=[failed.reference, what]))

    rows = Delivery.objects.order_by("pk").values_list("channel", "state")
    assert answer.url == "/outbox/"
    assert [" ".join(row) for row in rows] == after


def test_a_refused_repair_says_why_on_the_same_page(staff):
    failed = DeliveryFactory(state="failed")

    answer = staff.post(
        reverse("notices:delivery-mend", args=[failed.reference, "post"]), follow=True
    )

    assert answer.redirect_chain[-1][0] == failed.get_absolute_url()
    assert "We have no address or number for that." in answer.content.decode()


def test_a_repair_that_does_not_exist_is_not_found(staff):
    failed = DeliveryFactory(state="failed")

    answer = staff.post(
        reverse("notices:delivery-mend", args=[failed.reference, "burn"])
    )

    assert answer.status_code == 404


def test_posted_by_mistake_is_taken_back_from_its_page(staff):
    letter = sent(person=PersonFactory(channel="letter"), channel="letter")

    page = staff.get(letter.get_absolute_url()).content.decode()
    staff.post(reverse("notices:delivery-mend", args=[letter.reference, "undo"]))

    assert "Take back: it has not gone" in page
    assert Delivery.objects.get().state == "planned"


def test_what_came_back_is_written_down_with_why(staff):
    letter = sent(channel="letter")
    url = reverse("notices:delivery-came-back", args=[letter.reference])

    empty = staff.post(url, {"reason": ""})
    staff.post(url, {"reason": "Gone away"})

    letter.refresh_from_db()
    assert "Write why it came back" in empty.content.decode()
    assert (letter.state, letter.reason) == ("bounced", "Gone away")


def test_what_has_not_gone_cannot_come_back(staff):
    waiting = DeliveryFactory()

    answer = staff.post(
        reverse("notices:delivery-came-back", args=[waiting.reference]),
        {"reason": "Gone away"},
    )

    assert answer.status_code == 200
    assert Delivery.objects.get().state == "planned"


def test_a_failure_is_taken_off_the_list_with_what_was_done(staff):
    failed = DeliveryFactory(state="failed")
    url = reverse("notices:delivery-dealt-with", args=[failed.reference])

    empty = staff.post(url, {"note": " "})
    staff.post(url, {"note": "I told her in person."})
    twice = staff.post(url, {"note": "Again."})

    failed.refresh_from_db()
    assert "Write what you did about it" in empty.content.decode()
    assert "Somebody has already sorted this out." in twice.content.decode()
    assert (failed.outcome, failed.dealt_with_by.name) == (
        "I told her in person.",
        "Priya Nair",
    )
    assert (
        "Dealt with by Priya Nair"
        in staff.get(failed.get_absolute_url()).content.decode()
    )


def test_what_was_sent_can_be_narrowed_to_one_way(staff):
    sent(subject="By mail server")
    sent(subject="By post van", channel="letter")

    page = staff.get("/outbox/history/?channel=letter").content.decode()

    assert "By post van" in page
    assert "By mail server" not in page


def test_a_way_that_does_not_exist_is_said_and_finds_nothing(staff):
    sent(subject="By mail server")

    page = staff.get("/outbox/history/?channel=pigeon").content.decode()

    assert "There is a problem" in page
    assert "By mail server" not in page


def test_a_member_sees_what_we_sent_her_and_not_what_is_planned_or_anothers(client_as):
    person, user = member_with_account()
    hers = sent(person=person, subject="Hers", body="Come <b>soon</b>.")
    DeliveryFactory(person=person, subject="Not yet")
    others = sent(subject="Not hers")
    client = client_as(user)

    page = client.get("/me/messages/").content.decode()
    message = client.get(reverse("notices:my-message", args=[hers.reference]))
    stranger = client.get(reverse("notices:my-message", args=[others.reference]))

    assert "Hers" in page
    assert "Not yet" not in page
    assert "Not hers" not in page
    assert "Come &lt;b&gt;soon&lt;/b&gt;." in message.content.decode()
    assert stranger.status_code == 404


def test_a_member_who_was_sent_nothing_reads_what_will_stand_there(client_as):
    _, user = member_with_account()

    assert "Nothing yet" in client_as(user).get("/me/messages/").content.decode()


def test_a_worker_who_is_also_a_member_sees_only_her_own_there(client_as):
    person, user = member_with_account()
    user.role_grants.create(role=Role.INVOLVEMENT)
    sent(person=person, subject="Hers")
    sent(subject="Not hers")

    page = client_as(user).get("/me/messages/").content.decode()

    assert "Not hers" not in page
    assert "Hers" in page


def test_a_supporter_without_claims_does_not_see_messages_about_money(client_as):
    link = SupporterFactory(scopes=["see"])
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    sent(person=link.member, subject="Your agenda")
    sent(
        person=link.member,
        subject="Your money",
        notice=NoticeFactory(purpose=Purpose.MONEY),
    )

    page = client_as(user).get("/me/messages/").content.decode()

    assert "Your agenda" in page
    assert "Your money" not in page


def test_the_team_sees_everything_sent_to_a_person_and_what_waits(staff):
    person = PersonFactory()
    sent(person=person, subject="Went out")
    DeliveryFactory(person=person, subject="Still waits")
    sent(subject="Somebody else's")

    url = reverse("notices:person-messages", args=[person.reference])
    page = staff.get(url).content.decode()

    assert "Went out" in page
    assert "Still waits" in page
    assert "Somebody else" not in page


def test_a_person_with_no_messages_has_a_page_that_says_so(staff):
    person = PersonFactory()

    answer = staff.get(reverse("notices:person-messages", args=[person.reference]))

    assert "Nothing yet" in answer.content.decode()


def test_a_person_who_rings_is_added_and_her_letter_waits(staff):
    answer = staff.post(
        "/people/add/",
        {
            "known_as": "Dot Hargreaves",
            "capacity": "lived",
            "address": "7 Brook Row\nElmsby",
            "postcode": "NS4 2QT",
            "channel": "letter",
            "print_size": "18",
        },
    )

    person = Person.objects.get()
    letter = Delivery.objects.get()
    assert answer.url == person.get_absolute_url()
    assert (letter.person, letter.channel, letter.print_size) == (person, "letter", 18)
    assert letter.address == "Dot Hargreaves\n7 Brook Row\nElmsby\nNS4 2QT"


def test_a_person_without_a_name_is_not_added_and_what_was_typed_stays(staff):
    answer = staff.post(
        "/people/add/",
        {
            "known_as": "",
            "capacity": "lived",
            "print_size": "18",
            "heard_from": "The library",
        },
    )

    page = answer.content.decode()
    assert "Write the name they like to be known by" in page
    assert "The library" in page
    assert not Person.objects.exists()
    assert not Delivery.objects.exists()


def test_the_page_of_a_new_person_opens(staff):
    assert staff.get("/people/add/").status_code == 200


def test_a_person_is_invited_to_sign_in_with_the_address_we_know(staff):
    person = PersonFactory()
    known = person.contact_points.get().value
    url = reverse("notices:person-invite", args=[person.reference])

    page = staff.get(url).content.decode()
    answer = staff.post(url, {"email": known})

    assert known in page
    assert answer.url == person.get_absolute_url()
    assert SignIn.objects.get().user.email == known
    assert Delivery.objects.get().subject == "You can sign in to Your Voice"


def test_an_invitation_to_something_that_is_no_address_is_refused(staff):
    person = PersonFactory()
    url = reverse("notices:person-invite", args=[person.reference])

    answer = staff.post(url, {"email": "not an address"})

    assert answer.status_code == 200
    assert "not an address" in answer.content.decode()
    assert not SignIn.objects.exists()
