import datetime as dt

import pytest

from coprod.core.enums import Role
from groups.people import actions, queries
from groups.people.enums import Channel, ContactKind, GivenHow, NeedCategory, Relation
from groups.people.models import ConsentWording, Person
from tests.factories import (
    AccessNeedFactory,
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db


def test_everything_about_a_person_comes_in_one_statement(django_assert_num_queries):
    priya = staff_actor()
    dot = actions.add_person(
        by=priya,
        known_as="Dot Hargreaves",
        print_size=18,
        call_after=dt.time(14),
        contact_points=[
            actions.NewContact(ContactKind.POST, "14 Chapel Row\nElmsby", "NS4 1LD"),
            actions.NewContact(ContactKind.LANDLINE, "+441632960447"),
        ],
        channel=Channel.LETTER,
        topics=["technology at home"],
        needs=[actions.NewNeed(NeedCategory.ROOM, "Step-free room", must=True)],
        own_words="Give me a minute to find the word.",
        consent=actions.NewConsent(ConsentWording.objects.get(purpose="network").pk, "phone"),
    )
    val = PersonFactory(known_as="Val Hargreaves")
    SupporterFactory(
        member=dot, supporter=val, relation=Relation.CARER, scopes=["see", "reply"]
    )

    with django_assert_num_queries(1):
        page = queries.person_page(Person.objects.filter(pk=dot.pk))

    assert page.channel == Channel.LETTER
    assert page.points[0].lines == ["14 Chapel Row", "Elmsby", "NS4 1LD"]
    assert [flag.words for flag in page.flags] == [
        "Never leave a voicemail",
        "Step-free room",
        "Call after 2pm",
        "Letters in 18 point",
    ]
    assert page.own_words == "Give me a minute to find the word."
    assert page.agreed_to_share
    assert page.topics == ["technology at home"]
    assert [(helper.known_as, helper.may) for helper in page.supporters] == [
        ("Val Hargreaves", ("See my meetings and papers", "Reply for me"))
    ]
    assert page.supporters[0].from_date == dt.date(2026, 1, 1)
    (consent,) = page.live_consents
    assert (consent.number, consent.how_words) == (1, "by phone")
    assert consent.given_at == dot.consents.get().given_at
    assert not page.can_sign_in
