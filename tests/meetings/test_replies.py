import dataclasses
import datetime as dt

import pytest
import time_machine

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, RuleBroken
from coprod.core.models import AuditEvent
from groups.people.enums import Channel, SupportScope
from meetings.actions import replies
from meetings.enums import JoinMode, MeetingMode, MeetingState, Reply, ReplyRoute
from meetings.models import Invitation
from tests.factories import (
    InvitationFactory,
    MeetingFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)
from tests.meetings.published import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


def invited(**person):
    published(PersonFactory(**person))
    return Invitation.objects.select_related("meeting", "person").get()


def test_a_member_says_she_is_coming_with_a_supporter():
    invitation = InvitationFactory()

    replies.record_reply(
        by=actor_for_person(invitation.person),
        invitation=invitation,
        reply=Reply.COMING,
        join_mode=JoinMode.ROOM,
        with_supporter=True,
        supporter_name="Leon Okafor",
    )

    invitation.refresh_from_db()
    assert (invitation.reply, invitation.join_mode) == (Reply.COMING, JoinMode.ROOM)
    assert (invitation.with_supporter, invitation.supporter_name) == (
        True,
        "Leon Okafor",
    )
    assert (invitation.replied_by, invitation.reply_route) == (
        invitation.person.known_as,
        ReplyRoute.ONLINE,
    )


def test_an_answer_by_phone_is_hers_and_the_record_names_both():
    dot = PersonFactory(known_as="Dot Hargreaves", channel=Channel.LETTER)
    invitation, worker = InvitationFactory(person=dot), staff_actor(name="Priya Nair")

    replies.record_reply(
        by=worker,
        invitation=invitation,
        reply=Reply.COMING,
        join_mode=JoinMode.ROOM,
        route=ReplyRoute.PHONE,
    )

    invitation.refresh_from_db()
    assert (invitation.replied_by, invitation.recorded_by) == (
        "Dot Hargreaves",
        worker.user,
    )
    assert invitation.reply_route == ReplyRoute.PHONE
    event = AuditEvent.objects.get(verb="recorded reply")
    assert (event.actor_name, event.about_person_id) == ("Priya Nair", dot.pk)


def test_a_second_answer_takes_the_place_of_the_first_and_both_are_in_the_trail():
    invitation = InvitationFactory()
    marian = actor_for_person(invitation.person)

    replies.record_reply(by=marian, invitation=invitation, reply=Reply.NOT_SURE)
    replies.record_reply(
        by=marian, invitation=invitation, reply=Reply.COMING, join_mode=JoinMode.VIDEO
    )

    assert Invitation.objects.get().reply == Reply.COMING
    trail = AuditEvent.objects.order_by("pk").values_list("changes__reply", flat=True)
    assert list(trail) == [["none", "not_sure"], ["not_sure", "coming"]]


def test_not_coming_drops_how_and_with_whom():
    invitation = InvitationFactory(
        reply=Reply.COMING,
        join_mode=JoinMode.ROOM,
        with_supporter=True,
        supporter_name="Leon",
    )

    replies.record_reply(
        by=actor_for_person(invitation.person),
        invitation=invitation,
        reply=Reply.NOT_COMING,
        join_mode=JoinMode.ROOM,
        with_supporter=True,
    )

    invitation.refresh_from_db()
    assert (invitation.join_mode, invitation.with_supporter) == ("", False)
    assert invitation.supporter_name == ""


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"reply": Reply.NONE}, "reply"),
        ({"reply": "perhaps"}, "reply"),
        ({"reply": Reply.COMING, "join_mode": JoinMode.VIDEO}, "join_mode"),
    ],
)
def test_an_answer_that_is_not_offered_is_refused(answer, field):
    invitation = InvitationFactory(meeting__mode=MeetingMode.ROOM)

    with pytest.raises(RuleBroken) as refusal:
        replies.record_reply(
            by=actor_for_person(invitation.person), invitation=invitation, **answer
        )

    assert refusal.value.field == field
    invitation.refresh_from_db()
    assert invitation.reply == Reply.NONE


def test_another_member_cannot_answer_for_her():
    invitation = InvitationFactory()

    with pytest.raises(ActionDenied):
        replies.record_reply(
            by=actor_for_person(PersonFactory()),
            invitation=invitation,
            reply=Reply.COMING,
        )


@pytest.mark.parametrize(
    ("scope", "may"), [(SupportScope.REPLY, True), (SupportScope.SEE, False)]
)
def test_a_supporter_answers_only_when_the_member_lets_her(scope, may):
    invitation = InvitationFactory()
    supporter = dataclasses.replace(
        actor_for_person(invitation.person),
        name="Leon Okafor",
        roles=frozenset({Role.SUPPORTER}),
        is_supporter=True,
        scopes=frozenset({scope}),
    )

    try:
        replies.record_reply(by=supporter, invitation=invitation, reply=Reply.NOT_SURE)
    except ActionDenied:
        assert not may

    invitation.refresh_from_db()
    assert invitation.replied_by == ("Leon Okafor" if may else None)


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.RECORDED])
def test_nobody_answers_for_a_meeting_that_is_off_or_over(state):
    invitation = InvitationFactory(meeting=MeetingFactory(state=state))

    with pytest.raises(ActionDenied, match="nothing to answer"):
        replies.record_reply(
            by=actor_for_person(invitation.person),
            invitation=invitation,
            reply=Reply.COMING,
        )
