import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied
from coprod.core.models import User
from groups.notices import actions
from groups.notices.models import Delivery, Notice
from groups.people.actions import NewContact
from groups.people.enums import ContactKind
from groups.people.models import Person
from tests.factories import PersonFactory, staff_actor

pytestmark = pytest.mark.django_db


def test_a_person_who_rang_is_owed_a_welcome_letter_addressed_in_her_print_size():
    person = actions.add_person_with_welcome(
        by=staff_actor(),
        known_as="Dot Hargreaves",
        print_size=18,
        call_after=dt.time(14),
        channel="letter",
        contact_points=[
            NewContact(ContactKind.POST, "7 Brook Row\nElmsby", "NS4 2QT"),
            NewContact(ContactKind.LANDLINE, "+441632960447"),
        ],
    )

    letter = Delivery.objects.get()
    assert (letter.channel, letter.state, letter.print_size) == (
        "letter",
        "planned",
        18,
    )
    assert letter.address == "Dot Hargreaves\n7 Brook Row\nElmsby\nNS4 2QT"
    assert f"Your membership number is {person.reference}." in letter.body
    assert (
        "We will post things to you, in 18 point print. When we ring, it will be after 2pm. "
        "We will never leave a voicemail." in letter.body
    )


def test_a_welcome_is_owed_once():
    person = PersonFactory()

    actions.welcome(by=staff_actor(), person=person)
    actions.welcome(by=staff_actor(), person=person)

    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("email", "We will send you things by e-mail."),
        ("letter", "We will post things to you, in 14 point print."),
        ("phone", "We will ring you when we have something to tell you."),
    ],
)
def test_a_welcome_says_how_we_will_reach_her(channel, words):
    actions.welcome(by=staff_actor(), person=PersonFactory(channel=channel))

    assert words in Delivery.objects.get().body


def test_no_sentence_of_a_welcome_or_an_invitation_is_longer_than_25_words():
    person = PersonFactory(call_after=dt.time(10), call_before=dt.time(16))
    actions.welcome(by=staff_actor(), person=person)
    actions.invite_to_sign_in(by=staff_actor(), person=person, email="dot@example.org")

    bodies = " ".join(Delivery.objects.values_list("body", flat=True)).replace(
        "\n\n", ". "
    )
    assert max(len(sentence.split()) for sentence in bodies.split(". ")) <= 25


def test_only_the_team_adds_welcomes_and_invites():
    person = PersonFactory()

    for act in (
        lambda: actions.add_person_with_welcome(
            by=staff_actor(Role.FINANCE), known_as="X"
        ),
        lambda: actions.welcome(by=staff_actor(Role.AUDITOR), person=person),
        lambda: actions.invite_to_sign_in(
            by=staff_actor(Role.APPROVER), person=person, email="a@example.org"
        ),
    ):
        with pytest.raises(ActionDenied):
            act()

    assert (Person.objects.count(), Notice.objects.count()) == (1, 0)


def test_an_invitation_to_sign_in_opens_an_account_and_tells_her_the_steps():
    person = PersonFactory(known_as="Marian Okafor")

    key = actions.invite_to_sign_in(
        by=staff_actor(), person=person, email="marian@example.org"
    )

    told = Delivery.objects.get()
    assert (key.person, key.user.email) == (person, "marian@example.org")
    assert told.subject == "You can sign in to Your Voice"
    assert "/accounts/login/code/" in told.body
    assert "Then type your e-mail address: marian@example.org" in told.body


def test_inviting_again_tells_her_again_and_makes_no_second_account():
    person = PersonFactory()
    staff = staff_actor()
    accounts = User.objects.count()

    for _ in range(2):
        actions.invite_to_sign_in(by=staff, person=person, email="marian@example.org")

    assert (Delivery.objects.count(), User.objects.count()) == (2, accounts + 1)
