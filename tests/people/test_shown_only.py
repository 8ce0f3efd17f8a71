"""Saving a form never changes what the form did not show (lessons.md, T24)."""

import datetime as dt
from typing import Any

import pytest

from coprod.core.enums import Role
from groups.people.models import (
    AccessNeed,
    AccessPassport,
    ChannelPreference,
    ContactPoint,
    Interest,
    Person,
    Topic,
)
from tests.factories import PersonFactory, SignInFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["edit", "reach", "own-words"]
OWN_PAGES = ["/me/details/", "/me/reach/", "/me/own-words/"]


@pytest.fixture
def dot() -> Person:
    """A member about whom something is known in every column."""
    person = PersonFactory(
        known_as="Dot Hargreaves",
        channel="letter",
        heard_from="The library",
        print_size=18,
        language="pl",
        call_after=dt.time(14),
        call_before=dt.time(18),
        voicemail_ok=True,
        quiet_from=dt.time(20),
        quiet_until=dt.time(9),
        wants_digest=True,
        staff_contact=UserFactory(),
    )
    for kind, value in (
        ("landline", "+441632960447"),
        ("landline", "+441632960448"),
        ("text", "+447700900118"),
        ("email", "dot@example.org"),
    ):
        ContactPoint.objects.create(person=person, kind=kind, value=value, note="Hers")
    for purpose, channel, size, is_wanted in (
        ("meetings", "email", None, True),
        ("reminders", "text", None, True),
        ("money", "", 24, True),
        ("news", "", None, False),
    ):
        ChannelPreference.objects.create(
            person=person,
            purpose=purpose,
            channel=channel,
            print_size=size,
            is_wanted=is_wanted,
        )
    passport = AccessPassport.objects.create(
        person=person,
        own_words="Give me a minute.",
        agreed_to_share_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        agreed_to_share_by="Dot Hargreaves",
    )
    for detail in ("Step-free room", "A lamp on the table"):
        AccessNeed.objects.create(passport=passport, category="room", detail=detail)
    Interest.objects.create(person=person, topic=Topic.objects.create(name="Buses"))
    return person


def known(person: Person) -> dict[str, Any]:
    """Everything we know of a person that a form could change."""
    points = ContactPoint.objects.filter(person=person, stopped_at__isnull=True)
    wishes = ChannelPreference.objects.filter(person=person)
    needs = AccessNeed.objects.filter(passport__person=person, ended_at__isnull=True)
    return Person.objects.filter(pk=person.pk).values().get() | {
        "version": None,
        "points": set(points.values_list("kind", "value", "postcode", "note")),
        "wishes": set(
            wishes.values_list("purpose", "channel", "print_size", "is_wanted")
        ),
        "needs": set(needs.values_list("category", "detail", "must")),
        "topics": set(person.interests.values_list("topic__name", flat=True)),
        "words": AccessPassport.objects.values_list(
            "own_words", "agreed_to_share_at", "agreed_to_share_by"
        ).get(person=person),
    }


def as_shown(form: Any) -> dict[str, Any]:
    """What a browser sends when nothing on the page is touched."""
    shown = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        if value not in (None, "", False, []):
            shown[bound.name] = "on" if value is True else value
        elif not bound.is_tick and bound.kind == "input":
            shown[bound.name] = ""
    return shown


def without(data: dict[str, Any], name: str) -> dict[str, Any]:
    """The same, from a page that does not have this question."""
    left = {key: value for key, value in data.items() if key != name}
    if "asked" in left and name != "asked":
        boxes = [box for box in left["asked"].split() if box != name]
        left["asked"] = " ".join(boxes)
    return left


def pages(client_as: Any, dot: Person) -> list[tuple[Any, str]]:
    user = UserFactory()
    SignInFactory(user=user, person=dot)
    staff, member = client_as(Role.INVOLVEMENT), client_as(user)
    return [(staff, f"/people/{dot.reference}/{page}/") for page in PAGES] + [
        (member, page) for page in OWN_PAGES
    ]


def test_saving_what_the_page_shows_changes_nothing(client_as, dot, settings):
    settings.TEXT_THROUGH = "file"
    before = known(dot)

    for client, path in pages(client_as, dot):
        answer = client.post(path, as_shown(client.get(path).context["form"]))

        assert answer.status_code == 302, (path, answer.context["form"].errors)
        assert known(dot) == before, path


def test_a_question_that_was_not_on_the_page_keeps_its_answer(client_as, dot):
    # Nobody sends texts here, so that one of her choices is not offered either.
    before = known(dot)

    for client, path in pages(client_as, dot):
        form = client.get(path).context["form"]
        for name in form.fields:
            client.post(path, without(as_shown(form), name))
            assert known(dot) == before, (path, name)
            form = client.get(path).context["form"]


def test_a_page_with_hardly_a_question_changes_hardly_anything(client_as, dot):
    before = known(dot)

    for client, path in pages(client_as, dot):
        shown = as_shown(client.get(path).context["form"])
        needed = {"known_as", "version", "print_size", "capacity"}
        client.post(path, {name: shown[name] for name in needed & set(shown)})

        assert known(dot) == before, path


def test_an_empty_box_that_was_on_the_page_does_change_it(client_as, dot):
    client = client_as(Role.INVOLVEMENT)
    path = f"/people/{dot.reference}/reach/"
    shown = as_shown(client.get(path).context["form"])

    client.post(path, {k: v for k, v in shown.items() if k != "voicemail_ok"})

    dot.refresh_from_db()
    assert not dot.voicemail_ok
    assert dot.wants_digest


def test_a_form_from_before_an_address_was_added_does_not_take_it_away(client_as, dot):
    client = client_as(Role.INVOLVEMENT)
    path = f"/people/{dot.reference}/edit/"
    old = as_shown(client.get(path).context["form"])
    client.post(
        f"/people/{dot.reference}/contacts/add/",
        {"kind": "mobile", "value": "07700 900 555"},
    )

    answer = client.post(path, old)

    assert "Somebody else changed these details" in answer.content.decode()
    assert dot.contact_points.filter(kind="mobile", stopped_at=None).exists()
