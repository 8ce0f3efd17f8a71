import datetime as dt

import pytest

from coprod.core.enums import Role
from groups.people import actions, queries
from groups.people.enums import Channel, ContactKind, NeedCategory, Relation
from groups.people.models import ConsentWording
from groups.people.queries import listing
from tests.factories import (
    AccessNeedFactory,
    GroupFactory,
    MembershipFactory,
    PersonFactory,
    SeatFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
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
        consent=actions.NewConsent(
            ConsentWording.objects.get(purpose="network").pk, "phone"
        ),
    )
    val = PersonFactory(known_as="Val Hargreaves")
    SupporterFactory(
        member=dot, supporter=val, relation=Relation.CARER, scopes=["see", "reply"]
    )

    with django_assert_num_queries(1):
        page = queries.person_page(dot)

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
        ("Val Hargreaves", ("see meetings and papers", "reply to invitations"))
    ]
    assert page.supporters[0].from_date == dt.date(2026, 1, 1)
    (consent,) = page.live_consents
    assert (consent.number, consent.how_words) == (1, "by phone")
    assert consent.given_at == dot.consents.get().given_at
    assert not page.can_sign_in


def names(page: queries.PeoplePage) -> list[str]:
    return [row.person.known_as for row in page.rows]


@pytest.mark.parametrize("size", [1, 3, 60])
def test_the_list_costs_two_statements_at_any_size(django_assert_num_queries, size):
    group = GroupFactory()
    for number in range(size):
        person = PersonFactory(known_as=f"Person {number:03}")
        AccessNeedFactory(person=person)
        MembershipFactory(group=group, person=person, seat=SeatFactory(group=group))
    priya = staff_actor()

    with django_assert_num_queries(2):
        page = queries.people_page(priya, queries.PeopleFilter())

    assert len(page.rows) == min(size, 20)
    assert page.count == size
    assert page.rows[0].groups == [group.name]
    assert [flag.words for flag in page.rows[0].flags] == ["A room with no steps"]


def test_pages_are_turned_forward_and_back_without_losing_or_repeating_anybody():
    for number in range(45):
        PersonFactory(known_as=f"Person {number // 2:03}")
    priya, everybody = staff_actor(), queries.PeopleFilter()

    first = queries.people_page(priya, everybody)
    second = queries.people_page(priya, everybody, after=first.after)
    third = queries.people_page(priya, everybody, after=second.after)
    back = queries.people_page(priya, everybody, before=third.before)

    pks = [row.person.pk for page in (first, second, third) for row in page.rows]
    assert len(pks) == len(set(pks)) == 45
    assert (first.before, third.after) == ("", "")
    assert [row.person.pk for row in back.rows] == [
        row.person.pk for row in second.rows
    ]
    assert queries.people_page(priya, everybody, before=first.after).before == ""


def test_the_count_stops_where_counting_would_cost_more(monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 2)
    for _ in range(5):
        PersonFactory()

    page = queries.people_page(staff_actor(), queries.PeopleFilter())

    assert (page.count, page.is_counted) == (3, False)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (queries.PeopleFilter(), ["Dot Hargreaves", "Marian Okafor", "Yusuf Rahman"]),
        (queries.PeopleFilter(words="okafor MAR"), ["Marian Okafor"]),
        (queries.PeopleFilter(words="01632 960 447"), ["Dot Hargreaves"]),
        (queries.PeopleFilter(words="+44 1632 960447"), ["Dot Hargreaves"]),
        (queries.PeopleFilter(words="nobody"), []),
        (queries.PeopleFilter(state="paused"), ["Yusuf Rahman"]),
        (queries.PeopleFilter(state="left"), ["Zofia Malik"]),
        (queries.PeopleFilter(state="everybody", words="zofia"), ["Zofia Malik"]),
        (queries.PeopleFilter(state="nonsense", words="zofia"), []),
        (queries.PeopleFilter(channel=Channel.LETTER), ["Dot Hargreaves"]),
        (queries.PeopleFilter(channel=Channel.EMAIL), ["Marian Okafor"]),
        (queries.PeopleFilter(channel=Channel.PHONE), ["Yusuf Rahman"]),
    ],
)
def test_people_are_found_by_name_number_state_and_channel(wanted, found):
    priya = staff_actor()
    actions.add_person(
        by=priya,
        known_as="Dot Hargreaves",
        contact_points=[
            actions.NewContact(ContactKind.LANDLINE, "+441632960447"),
            actions.NewContact(ContactKind.POST, "14 Chapel Row", "NS4 1LD"),
        ],
    )
    PersonFactory(known_as="Marian Okafor")
    PersonFactory(known_as="Yusuf Rahman", channel="phone", state="paused")
    PersonFactory(known_as="Zofia Malik", state="left")

    assert names(queries.people_page(priya, wanted)) == found


def test_people_are_found_by_reference_and_by_topic():
    priya = staff_actor()
    dot = actions.add_person(by=priya, known_as="Dot", topics=["transport"])
    PersonFactory()
    (topic,) = queries.topics()

    by_reference = queries.PeopleFilter(words=dot.reference.lower())
    by_topic = queries.PeopleFilter(topic=str(topic.pk))

    assert names(queries.people_page(priya, by_reference)) == ["Dot"]
    assert names(queries.people_page(priya, by_topic)) == ["Dot"]


def test_an_auditor_sees_names_but_no_needs():
    AccessNeedFactory(detail="Hearing loop")

    page = queries.people_page(staff_actor(Role.AUDITOR), queries.PeopleFilter())

    assert len(page.rows) == 1
    assert page.rows[0].flags == []
    assert not page.rows[0].may_see_needs


def test_an_account_is_known_in_one_statement(django_assert_num_queries):
    user = UserFactory(roles=[Role.INVOLVEMENT, Role.LEAD])
    for _ in range(3):
        SignInFactory(user=user)

    with django_assert_num_queries(1):
        actor, must_choose = queries.actor_for(user, chosen_person_id=None)

    assert actor.roles == {Role.INVOLVEMENT, Role.LEAD}
    assert (must_choose, actor.person_id) == (True, None)


def test_a_supporter_acts_for_the_member_under_his_own_name():
    link = SupporterFactory(scopes=["see", "reply"])
    user = UserFactory(name="The household", roles=[Role.INVOLVEMENT])
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)

    actor, must_choose = queries.actor_for(user, chosen_person_id=None)

    assert not must_choose
    assert actor.roles == {Role.SUPPORTER}
    assert (actor.name, actor.person_name) == (
        link.supporter.known_as,
        link.member.known_as,
    )
    assert actor.own_person_id == link.supporter_id
    assert actor.scopes == {"see", "reply"}


@pytest.mark.parametrize(
    "change",
    [
        {"ended": True},
        {"from_date": dt.date(2999, 1, 1)},
        {"to_date": dt.date(2026, 1, 2)},
    ],
)
def test_a_link_outside_its_days_or_ended_opens_nobody(change):
    dates_given = {name: value for name, value in change.items() if name != "ended"}
    link = SupporterFactory(**dates_given)
    user = UserFactory()
    SignInFactory(user=user, person=link.member, capacity="supporter", link=link)
    if "ended" in change:
        actions.end_support(by=staff_actor(), link=link)

    actor, must_choose = queries.actor_for(user, chosen_person_id=link.member_id)

    assert (actor.person_id, actor.roles, must_choose) == (None, frozenset(), False)


def test_nobody_signs_in_as_somebody_who_died():
    person = PersonFactory(state="deceased")
    user = UserFactory()
    SignInFactory(user=user, person=person)

    actor, _ = queries.actor_for(user, chosen_person_id=person.pk)

    assert actor.person_id is None


@pytest.mark.parametrize(
    ("kinds", "channel"),
    [
        ([ContactKind.EMAIL, ContactKind.POST], Channel.EMAIL),
        ([ContactKind.POST, ContactKind.LANDLINE], Channel.LETTER),
        ([ContactKind.LANDLINE], Channel.PHONE),
        ([], Channel.PHONE),
    ],
)
def test_somebody_who_has_not_said_hears_by_what_we_have(kinds, channel):
    priya = staff_actor()
    points = [actions.NewContact(kind, "something") for kind in kinds]
    dot = actions.add_person(by=priya, known_as="Dot", contact_points=points)

    assert queries.channel_for(dot, "meetings") == channel


@pytest.mark.parametrize(
    ("after", "before", "words"),
    [
        (dt.time(14), None, "Call after 2pm"),
        (None, dt.time(18), "Call before 6pm"),
        (dt.time(10), dt.time(14, 30), "Call between 10am and 2.30pm"),
    ],
)
def test_when_to_ring_is_a_flag(after, before, words):
    person = PersonFactory(call_after=after, call_before=before, channel="phone")

    page = queries.person_page(person)

    assert [flag.words for flag in page.flags] == ["Never leave a voicemail", words]
