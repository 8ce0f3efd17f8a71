from typing import Any

import pytest

from coprod.core.models import AuditEvent
from groups.people import actions
from groups.people.enums import SupportScope
from groups.people.models import ConsentWording, SignIn
from tests.factories import (
    AccessNeedFactory,
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db

ME = "/me/"
WHO = "/me/who/"


@pytest.fixture
def household(client_as) -> dict[str, Any]:
    """Marian and Leon share an address, and Leon supports Marian."""
    priya = staff_actor()
    marian, leon = PersonFactory(known_as="Marian"), PersonFactory(known_as="Leon")
    key = actions.open_sign_in(by=priya, person=marian, email="okafor@example.org")
    actions.open_sign_in(by=priya, person=leon, email="okafor@example.org")
    link = SupporterFactory(member=marian, supporter=leon)
    actions.open_sign_in(by=priya, person=marian, email="okafor@example.org", link=link)
    return {"marian": marian, "leon": leon, "link": link, "client": client_as(key.user)}


def choose(client: Any, person: Any, capacity: str = "self") -> Any:
    key = SignIn.objects.get(person=person, capacity=capacity)
    return client.post(WHO, {"who": str(key.pk)})


def test_a_shared_address_is_asked_who_is_here_before_any_page(household):
    client = household["client"]

    for path in (ME, "/", "/me/details/"):
        assert client.get(path).url == WHO
    shown = client.get(WHO).content.decode()
    assert "Who are you today?" in shown
    assert shown.count('class="app-panel app-pick') == 3


def test_each_of_a_shared_address_sees_only_her_own_page(household):
    client = household["client"]

    assert choose(client, household["leon"]).url == "/"
    as_leon = client.get(ME).content.decode()
    choose(client, household["marian"])
    as_marian = client.get(ME).content.decode()

    assert household["leon"].reference in as_leon
    assert household["marian"].reference not in as_leon
    assert household["marian"].reference in as_marian
    assert household["leon"].reference not in as_marian


def test_what_a_supporter_does_names_both_and_every_page_says_for_whom(household):
    client, marian = household["client"], household["marian"]
    choose(client, marian, "supporter")

    shown = client.get(ME).content.decode()
    client.post("/me/needs/add/", {"detail": "Hearing loop", "category": "room"})

    assert "You are acting for <b>Marian</b>" in shown
    event = AuditEvent.objects.get(verb="added access need")
    assert (event.actor_name, event.for_person_name, event.about_person_id) == (
        "Leon",
        "Marian",
        marian.pk,
    )


def test_by_herself_on_the_same_address_nobody_else_is_named(household):
    client, marian = household["client"], household["marian"]
    choose(client, marian)

    client.post("/me/needs/add/", {"detail": "Hearing loop", "category": "room"})

    event = AuditEvent.objects.get(verb="added access need")
    assert (event.actor_name, event.for_person_name) == ("Marian", "Marian")
    assert "You are acting for" not in client.get(ME).content.decode()


@pytest.mark.parametrize("posted", ["", "0", "nonsense", "9" * 40, "\x00"])
def test_a_choice_that_is_not_on_the_page_chooses_nobody(household, posted):
    client = household["client"]

    answer = client.post(WHO, {"who": posted})

    assert answer.url == WHO
    assert client.get(ME).url == WHO


def test_somebody_elses_key_cannot_be_chosen(household, client_as):
    dot = PersonFactory()
    foreign = SignInFactory(person=dot)

    household["client"].post(WHO, {"who": str(foreign.pk)})

    assert household["client"].get(ME).url == WHO


def test_an_ended_supporter_loses_access_at_the_next_request(client_as):
    link = SupporterFactory()
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    supporter = client_as(user)
    assert supporter.get(ME).status_code == 200

    marian = UserFactory()
    SignInFactory(user=marian, person=link.member)
    client_as(marian).post(f"/me/supporters/{link.pk}/end/")

    answer = supporter.get(ME, follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain == [(WHO, 302)]
    assert "You cannot open anything now" in shown
    assert link.member.known_as not in shown
    refused = supporter.post("/me/needs/add/", {"detail": "A dog", "category": "room"})
    assert refused.url == WHO
    assert not AccessNeedFactory._meta.model.objects.exists()


def test_a_member_sees_and_changes_her_own_details(client_as):
    marian, user = member_with_account(known_as="Marian")
    AccessNeedFactory(person=marian, detail="Hearing loop")
    client = client_as(user)

    assert "Hearing loop" in client.get(ME).content.decode()
    form = client.get("/me/details/").content.decode()
    assert "Name you like to be known by" in form
    assert "How they heard about us" not in form
    email = marian.contact_points.get().value
    answer = client.post(
        "/me/details/",
        {
            "known_as": "Marian O",
            "email": email,
            "channel": "email",
            "print_size": "24",
            "language": "ro",
            "needs": ["loop"],
            "version": "1",
        },
    )

    marian.refresh_from_db()
    assert answer.url == ME
    assert (marian.known_as, marian.print_size) == ("Marian O", 24)
    assert marian.language == "ro"
    assert AuditEvent.objects.get(verb="changed person").actor_name == "Marian"


def test_a_member_ends_a_need_changes_her_words_and_her_consents(client_as):
    marian, user = member_with_account()
    need = AccessNeedFactory(person=marian)
    wording = ConsentWording.objects.get(purpose="news")
    client = client_as(user)

    client.post(f"/me/needs/{need.pk}/end/")
    client.post("/me/own-words/", {"own_words": "Wait for me", "agreed_to_share": "on"})
    client.post(f"/me/consents/{wording.pk}/agree/")

    need.refresh_from_db()
    marian.passport.refresh_from_db()
    consent = marian.consents.get()
    assert need.ended_by == user
    assert marian.passport.own_words == "Wait for me"
    assert (consent.given_how, consent.given_by) == ("online", marian.known_as)

    client.post(f"/me/consents/{consent.pk}/withdraw/")
    consent.refresh_from_db()
    assert consent.withdrawn_by == marian.known_as


def test_a_supporter_without_the_details_sees_only_what_she_may_do(client_as):
    link = SupporterFactory(scopes=[SupportScope.SEE])
    AccessNeedFactory(person=link.member, detail="Hearing loop")
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    client = client_as(user)

    shown = client.get(ME).content.decode()

    assert "see meetings and papers" in shown
    assert "Hearing loop" not in shown
    for path in ("/me/details/", "/me/needs/add/", "/me/own-words/"):
        assert client.get(path).status_code == 403


def test_a_supporter_touches_no_consent_and_no_supporter(client_as):
    link = SupporterFactory()
    other = SupporterFactory(member=link.member)
    wording = ConsentWording.objects.get(purpose="news")
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    client = client_as(user)

    assert client.post(f"/me/consents/{wording.pk}/agree/").status_code == 403
    assert client.post(f"/me/supporters/{other.pk}/end/").status_code == 404
    other.refresh_from_db()
    assert other.ended_at is None
    assert not link.member.consents.exists()


def test_a_supporter_stops_helping_by_herself(client_as):
    link = SupporterFactory()
    user = UserFactory()
    SignInFactory(user=user, person=link.supporter)
    client = client_as(user)

    assert link.member.known_as in client.get(ME).content.decode()
    client.post(f"/me/supporters/{link.pk}/end/")

    link.refresh_from_db()
    assert link.ended_by == user


def test_another_persons_need_consent_or_link_is_not_found(client_as):
    _, user = member_with_account()
    client = client_as(user)
    need = AccessNeedFactory()
    link = SupporterFactory()

    assert client.post(f"/me/needs/{need.pk}/end/").status_code == 404
    assert client.post(f"/me/supporters/{link.pk}/end/").status_code == 404
    assert client.post("/me/consents/999/withdraw/").status_code == 404
    assert client.post("/me/consents/999/agree/").status_code == 404
