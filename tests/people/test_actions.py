import datetime as dt

import pytest
from allauth.account.models import EmailAddress

from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent, User
from groups.people import actions, queries
from groups.people.enums import (
    PERSON_TRANSITIONS,
    Channel,
    ContactKind,
    GivenHow,
    NeedCategory,
    PersonState,
    Relation,
    SignInCapacity,
    SupportScope,
)
from groups.people.models import ConsentWording, Person, SignIn
from tests.factories import (
    AccessNeedFactory,
    PersonFactory,
    SupporterFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db

MOVES = {
    PersonState.ACTIVE: actions.start_taking_part,
    PersonState.PAUSED: actions.pause_person,
    PersonState.WELCOMING: actions.welcome_back,
    PersonState.LEFT: actions.record_leaving,
    PersonState.DECEASED: actions.record_death,
}


@pytest.fixture
def priya():
    return staff_actor()


def only_event(verb: str) -> AuditEvent:
    return AuditEvent.objects.get(verb=verb)


def test_adding_a_person_needs_nothing_but_a_name(priya):
    dot = actions.add_person(by=priya, known_as="  Dot Hargreaves ")

    assert dot.known_as == "Dot Hargreaves"
    assert dot.state == PersonState.WELCOMING
    assert dot.added_by == priya.user
    assert not dot.contact_points.exists()
    assert only_event("added person").about_person_id == dot.pk


def test_adding_a_person_keeps_all_she_said_on_the_telephone(priya):
    wording = ConsentWording.objects.get(purpose="network", number=1)

    dot = actions.add_person(
        by=priya,
        known_as="Dot Hargreaves",
        print_size=18,
        call_after=dt.time(14),
        contact_points=[
            actions.NewContact(ContactKind.POST, "14 Chapel Row", "NS4 1LD")
        ],
        channel=Channel.LETTER,
        topics=["technology at home"],
        needs=[actions.NewNeed(NeedCategory.ROOM, "Step-free room", must=True)],
        own_words="Give me a minute.",
        consent=actions.NewConsent(wording.pk, GivenHow.PHONE),
    )

    dot.refresh_from_db()
    assert (dot.print_size, dot.call_after, dot.voicemail_ok) == (
        18,
        dt.time(14),
        False,
    )
    assert queries.channel_for(dot, "meetings") == Channel.LETTER
    assert queries.contact_value(dot, [ContactKind.POST]) == "14 Chapel Row\nNS4 1LD"
    assert [row.topic.name for row in dot.interests.all()] == ["technology at home"]
    assert [(need.detail, need.must) for need in dot.passport.needs.all()] == [
        ("Step-free room", True)
    ]
    assert dot.passport.agreed_to_share_by == "Dot Hargreaves"
    given = dot.consents.get()
    assert (given.wording, given.given_how, given.given_by, given.recorded_by) == (
        wording,
        GivenHow.PHONE,
        "Dot Hargreaves",
        priya.user,
    )


def test_the_audit_trail_holds_no_needs_no_own_words_and_no_addresses(priya):
    actions.add_person(
        by=priya,
        known_as="Dot",
        contact_points=[
            actions.NewContact(ContactKind.POST, "14 Chapel Row", "NS4 1LD")
        ],
        needs=[actions.NewNeed(NeedCategory.ROOM, "Step-free room")],
        own_words="Give me a minute.",
    )

    written = str(list(AuditEvent.objects.values()))
    assert "added person" in written
    assert not [text for text in ("Chapel", "Step-free", "minute") if text in written]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_says_nothing_or_does_not_fit_is_refused_and_nothing_is_written(
    priya, name
):
    with pytest.raises(RuleBroken) as refusal:
        actions.add_person(by=priya, known_as=name)

    assert refusal.value.field == "known_as"
    assert not Person.objects.exists()


def test_a_member_cannot_add_a_person():
    marian = PersonFactory()

    with pytest.raises(ActionDenied, match="involvement team"):
        actions.add_person(by=actor_for_person(marian), known_as="Dot")


def test_the_rest_is_filled_in_next_week_and_the_old_address_is_kept_as_stopped(priya):
    dot = actions.add_person(
        by=priya,
        known_as="Dot",
        contact_points=[
            actions.NewContact(ContactKind.POST, "14 Chapel Row", "NS4 1LD"),
            actions.NewContact(ContactKind.LANDLINE, "+441632960447"),
        ],
    )

    actions.update_person(
        by=priya,
        person=dot,
        version=1,
        heard_from="The library",
        contact_points=[
            actions.NewContact(ContactKind.POST, "2 Mill Lane", "NS4 1LD"),
            actions.NewContact(ContactKind.LANDLINE, "+441632960447"),
        ],
    )

    assert (dot.version, dot.heard_from) == (2, "The library")
    stopped = dot.contact_points.get(stopped_at__isnull=False)
    assert (stopped.value, stopped.stopped_by) == ("14 Chapel Row", priya.user)
    live = dot.contact_points.filter(stopped_at__isnull=True).order_by("pk")
    assert [point.value for point in live] == ["+441632960447", "2 Mill Lane"]
    assert only_event("changed person").changes == {
        "heard_from": ["", "The library"],
        "contact_points": ["post", "post"],
    }


def test_the_second_of_two_savers_is_told_and_changes_nothing(priya):
    dot = PersonFactory(known_as="Dot", heard_from="")
    actions.update_person(by=priya, person=dot, version=1, heard_from="The library")

    with pytest.raises(actions.PersonChanged) as conflict:
        actions.update_person(
            by=priya,
            person=dot,
            version=1,
            heard_from="A neighbour",
            contact_points=[actions.NewContact(ContactKind.EMAIL, "x@example.org")],
        )

    assert conflict.value.theirs.heard_from == "The library"
    dot.refresh_from_db()
    assert dot.heard_from == "The library"
    assert not dot.contact_points.filter(value="x@example.org").exists()


def test_update_refuses_a_field_that_is_not_its_own(priya):
    with pytest.raises(TypeError, match="state"):
        actions.update_person(by=priya, person=PersonFactory(), version=1, state="left")


def test_a_need_that_stays_is_not_written_twice(priya):
    need = AccessNeedFactory(detail="Step-free room")
    person = need.passport.person

    actions.update_person(
        by=priya,
        person=person,
        version=1,
        needs=[
            actions.NewNeed(NeedCategory.ROOM, "Step-free room"),
            actions.NewNeed(NeedCategory.ROOM, "Hearing loop"),
        ],
    )

    live = person.passport.needs.filter(ended_at__isnull=True).order_by("pk")
    assert [row.detail for row in live] == ["Step-free room", "Hearing loop"]
    assert live[0].pk == need.pk


@pytest.mark.parametrize("old", PersonState.values)
@pytest.mark.parametrize("new", list(MOVES))
def test_each_move_is_made_when_the_table_has_it_and_refused_when_not(priya, old, new):
    person = PersonFactory(state=old)

    if new in PERSON_TRANSITIONS[old]:
        MOVES[new](by=priya, person=person)
        person.refresh_from_db()
        assert person.state == new
        assert AuditEvent.objects.get().changes == {"state": [old, new]}
    else:
        with pytest.raises(InvalidTransition):
            MOVES[new](by=priya, person=person)
        person.refresh_from_db()
        assert person.state == old


@pytest.mark.parametrize("new", sorted(set(MOVES) - {PersonState.PAUSED}))
def test_a_member_moves_nobody_not_even_herself_but_for_a_break(new):
    marian = PersonFactory(state=PersonState.WELCOMING)

    with pytest.raises(ActionDenied):
        MOVES[new](by=actor_for_person(marian), person=marian)


def test_contact_points_are_added_and_stopped_once(priya):
    dot = PersonFactory()
    point = actions.add_contact_point(
        by=priya,
        person=dot,
        point=actions.NewContact(ContactKind.MOBILE, "+447700900118"),
    )

    actions.stop_contact_point(by=priya, point=point, reason="Number no longer works")

    point.refresh_from_db()
    assert (point.stopped_by, point.stopped_reason) == (
        priya.user,
        "Number no longer works",
    )
    with pytest.raises(InvalidTransition):
        actions.stop_contact_point(by=priya, point=point)


def test_an_empty_contact_point_is_refused(priya):
    with pytest.raises(RuleBroken):
        actions.add_contact_point(
            by=priya,
            person=PersonFactory(),
            point=actions.NewContact(ContactKind.POST, "  "),
        )


def test_a_person_chooses_how_she_hears_about_money():
    marian = PersonFactory()
    herself = actor_for_person(marian)

    actions.set_channel(
        by=herself, person=marian, channel=Channel.LETTER, purpose="money"
    )

    assert queries.channel_for(marian, "money") == Channel.LETTER
    assert queries.channel_for(marian, "meetings") == Channel.EMAIL
    assert only_event("chose channel").changes == {"money": ["", "letter"]}


def test_a_member_adds_and_ends_her_own_need():
    marian = PersonFactory()
    herself = actor_for_person(marian)

    need = actions.add_need(
        by=herself,
        person=marian,
        need=actions.NewNeed(NeedCategory.ROOM, "Hearing loop"),
    )
    actions.end_need(by=herself, need=need)

    need.refresh_from_db()
    assert need.ended_by == herself.user
    with pytest.raises(InvalidTransition):
        actions.end_need(by=herself, need=need)


def test_an_empty_need_is_refused(priya):
    with pytest.raises(RuleBroken):
        actions.add_need(
            by=priya,
            person=PersonFactory(),
            need=actions.NewNeed(NeedCategory.ROOM, " "),
        )


def test_own_words_are_kept_and_sharing_is_taken_back():
    marian = PersonFactory()
    herself = actor_for_person(marian)
    actions.set_own_words(
        by=herself, person=marian, own_words="Wait for me", agreed_to_share=True
    )
    assert marian.passport.agreed_to_share_by == marian.known_as

    actions.set_own_words(
        by=herself, person=marian, own_words="Wait", agreed_to_share=False
    )

    marian.passport.refresh_from_db()
    assert marian.passport.own_words == "Wait"
    assert marian.passport.agreed_to_share_at is None
    assert marian.passport.agreed_to_share_by is None


def test_consent_is_given_once_taken_back_and_kept(priya):
    dot = PersonFactory(known_as="Dot")
    wording = ConsentWording.objects.get(purpose="news", number=1)
    consent = actions.NewConsent(wording.pk, GivenHow.PHONE)
    first = actions.give_consent(by=priya, person=dot, consent=consent)
    again = actions.give_consent(by=priya, person=dot, consent=consent)
    assert again.pk == first.pk

    actions.withdraw_consent(by=actor_for_person(dot), record=first)

    first.refresh_from_db()
    assert first.withdrawn_by == "Dot"
    with pytest.raises(InvalidTransition):
        actions.withdraw_consent(by=priya, record=first)


def test_consent_to_words_nobody_knows_is_refused(priya):
    with pytest.raises(RuleBroken):
        actions.give_consent(
            by=priya,
            person=PersonFactory(),
            consent=actions.NewConsent(0, GivenHow.PHONE),
        )


def test_a_supporter_is_linked_with_what_the_member_allows(priya):
    dot, val = PersonFactory(known_as="Dot"), PersonFactory(known_as="Val")

    link = actions.link_supporter(
        by=priya,
        member=dot,
        supporter=val,
        relation=Relation.CARER,
        scopes=[SupportScope.REPLY],
        agreed_how=GivenHow.PHONE,
        from_date=dt.date(2026, 3, 10),
    )

    assert link.scopes == [SupportScope.SEE, SupportScope.REPLY]
    assert only_event("linked supporter").about_person_id == dot.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": ["everything"]}, "scopes"),
        ({"to_date": dt.date(2026, 3, 9)}, "to_date"),
        ({"supporter": "herself"}, "supporter"),
    ],
)
def test_a_supporter_link_that_makes_no_sense_is_refused(priya, change, field):
    dot = PersonFactory()
    wanted = {
        "supporter": PersonFactory(),
        "relation": Relation.FRIEND,
        "scopes": [],
        "agreed_how": GivenHow.PHONE,
        "from_date": dt.date(2026, 3, 10),
    } | change
    if wanted["supporter"] == "herself":
        wanted["supporter"] = dot

    with pytest.raises(RuleBroken) as refusal:
        actions.link_supporter(by=priya, member=dot, **wanted)

    assert refusal.value.field == field
    assert not dot.supporters.exists()


def test_the_same_supporter_is_not_linked_twice(priya):
    link = SupporterFactory()

    with pytest.raises(RuleBroken, match="already supports"):
        actions.link_supporter(
            by=priya,
            member=link.member,
            supporter=link.supporter,
            relation=Relation.FRIEND,
            scopes=[],
            agreed_how=GivenHow.PHONE,
            from_date=dt.date(2026, 3, 10),
        )


def test_a_member_ends_her_supporters_help_at_once():
    link = SupporterFactory()
    herself = actor_for_person(link.member)

    actions.end_support(by=herself, link=link)

    link.refresh_from_db()
    assert link.ended_by == herself.user
    with pytest.raises(InvalidTransition):
        actions.end_support(by=herself, link=link)


def test_inviting_makes_an_account_without_a_password_and_a_known_address(priya):
    marian = PersonFactory(known_as="Marian Okafor")

    key = actions.open_sign_in(by=priya, person=marian, email=" Marian@Example.org ")

    user = User.objects.get(email="marian@example.org")
    assert key.user == user
    assert (user.name, user.has_usable_password()) == ("Marian Okafor", False)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (
        "marian@example.org",
        True,
        True,
    )
    assert not user.role_grants.exists()


def test_two_people_of_one_address_share_an_account_and_keep_their_own_records(priya):
    marian, leon = PersonFactory(), PersonFactory()

    first = actions.open_sign_in(by=priya, person=marian, email="okafor@example.org")
    second = actions.open_sign_in(by=priya, person=leon, email="OKAFOR@example.org")
    again = actions.open_sign_in(by=priya, person=leon, email="okafor@example.org")

    assert first.user == second.user
    assert again.pk == second.pk
    assert SignIn.objects.filter(user=first.user).count() == 2
    assert EmailAddress.objects.filter(user=first.user).count() == 1


def test_a_supporter_with_an_account_opens_the_member_too_but_not_when_only_coming_along(
    priya,
):
    dot, val, tom = PersonFactory(), PersonFactory(), PersonFactory()
    actions.open_sign_in(by=priya, person=val, email="val@example.org")
    actions.open_sign_in(by=priya, person=tom, email="tom@example.org")
    common = {
        "by": priya,
        "member": dot,
        "relation": Relation.CARER,
        "agreed_how": GivenHow.PHONE,
        "from_date": dt.date(2026, 3, 10),
    }

    actions.link_supporter(supporter=val, scopes=[SupportScope.SEE], **common)
    actions.link_supporter(supporter=tom, scopes=[], **common)

    keys = SignIn.objects.filter(person=dot)
    assert [(key.user.email, key.capacity) for key in keys] == [
        ("val@example.org", SignInCapacity.SUPPORTER)
    ]


def test_a_supporter_is_invited_through_the_link(priya):
    link = SupporterFactory()

    key = actions.open_sign_in(
        by=priya, person=link.member, email="val@example.org", link=link
    )

    assert (key.person, key.link, key.user.name) == (
        link.member,
        link,
        link.supporter.known_as,
    )


def test_an_invitation_that_opens_nothing_is_refused(priya):
    only_comes = SupporterFactory(scopes=[])
    gone = PersonFactory(state=PersonState.LEFT)

    with pytest.raises(RuleBroken, match="only comes along"):
        actions.open_sign_in(
            by=priya, person=only_comes.member, email="v@example.org", link=only_comes
        )
    with pytest.raises(RuleBroken, match="does not support"):
        actions.open_sign_in(
            by=priya, person=PersonFactory(), email="v@example.org", link=only_comes
        )
    with pytest.raises(RuleBroken, match="no longer on the network"):
        actions.open_sign_in(by=priya, person=gone, email="v@example.org")
    assert not SignIn.objects.exists()


def test_reading_somebody_elses_needs_is_written_down_and_reading_ones_own_is_not(
    priya,
):
    dot = PersonFactory()

    actions.note_sensitive_read(by=actor_for_person(dot), person=dot)
    actions.note_sensitive_read(by=priya, person=dot)

    (event,) = AuditEvent.objects.all()
    assert (event.verb, event.actor_name, event.about_person_id) == (
        "read access needs",
        priya.name,
        dot.pk,
    )
