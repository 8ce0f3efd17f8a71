import datetime as dt

import pytest
import time_machine

from coprod.core.errors import ActionDenied, EditConflict, RuleBroken
from coprod.core.models import AuditEvent
from groups.governance.enums import AttributionMode
from groups.people.enums import Capacity
from meetings import decision_queries
from meetings.actions import decisions as actions
from meetings.actions import minutes as minutes_actions
from meetings.enums import (
    AttendanceStatus,
    DecisionOutcome,
    HeldBy,
    ItemPurpose,
    MeetingState,
    Stance,
)
from meetings.models import Decision
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-12-10T12:00:00Z", tick=False):
        yield


@pytest.fixture
def staff():
    return staff_actor()


@pytest.fixture
def item():
    meeting = MeetingFactory(state=MeetingState.RECORDED, date=dt.date(2026, 12, 8))
    return AgendaItemFactory(meeting=meeting, position=1, purpose=ItemPurpose.DECISION)


def serving(item, name, *, came=True, **person):
    made = PersonFactory(known_as=name, **person)
    MembershipFactory(group=item.meeting.group, person=made)
    InvitationFactory(meeting=item.meeting, person=made)
    AttendanceFactory(
        meeting=item.meeting,
        person=made,
        status=AttendanceStatus.PRESENT if came else AttendanceStatus.APOLOGIES,
        minutes=120 if came else 0,
    )
    return made


@pytest.fixture
def marian(item):
    return serving(item, "Marian Okafor")


@pytest.fixture
def dot(item, marian):
    return serving(item, "Dot Hargreaves")


def record(item, staff, **changes):
    values = {
        "wording": "We will send a short card first.",
        "options": ["A card first", "Ring first", "Write only"],
        "chosen": 0,
        "held_by": HeldBy.GROUP,
        "outcome": DecisionOutcome.AGREED,
        "how": "Nobody had a serious objection.",
        "review_date": dt.date(2027, 4, 20),
    }
    return actions.record_decision(by=staff, item=item, **values | changes)


def card_of(decision):
    mode = decision.item.meeting.minutes.attribution
    return decision_queries.decision_card(
        decision, decision.options.all(), list(decision.views.all()), mode
    )


def test_a_decision_is_kept_with_its_options_and_who_was_there(item, dot, staff):
    decision = record(item, staff)

    assert [(o.text, o.chosen) for o in decision.options.order_by("position")] == [
        ("A card first", True),
        ("Ring first", False),
        ("Write only", False),
    ]
    assert (decision.present_count, decision.quorum_met, decision.rule) == (
        2,
        True,
        "consent",
    )
    assert AuditEvent.objects.filter(verb="recorded decision").count() == 1


def test_everybody_asked_starts_with_no_reply_and_that_is_never_a_yes(
    item, marian, dot, staff
):
    away = serving(item, "Ade Bello", came=False)
    guest = PersonFactory(capacity=Capacity.STAFF)
    InvitationFactory(meeting=item.meeting, person=guest)

    decision = record(item, staff)

    assert {v.person: v.stance for v in decision.views.all()} == {
        marian: Stance.NO_REPLY,
        dot: Stance.NO_REPLY,
        away: Stance.NO_REPLY,
    }
    assert [(t.words, t.rest) for t in card_of(decision).tallies] == [
        ("3 have not replied.", " We do not count that as a yes.")
    ]


@pytest.mark.parametrize(
    "outcome", [DecisionOutcome.AGREED, DecisionOutcome.WITH_CONCERNS]
)
def test_too_few_people_cannot_agree(item, marian, staff, outcome):
    with pytest.raises(RuleBroken, match="Too few people were there") as refusal:
        record(item, staff, outcome=outcome)

    assert refusal.value.field == "outcome"
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("outcome", actions.WITHOUT_QUORUM)
def test_too_few_people_can_leave_it_to_be_confirmed(item, marian, staff, outcome):
    assert record(item, staff, outcome=outcome).quorum_met is False


def test_an_item_that_was_not_for_decision_has_none(staff, item):
    talk = AgendaItemFactory(
        meeting=item.meeting, position=2, purpose=ItemPurpose.DISCUSSION
    )

    with pytest.raises(ActionDenied, match="not for decision"):
        record(talk, staff)


def test_the_second_writer_of_a_decision_is_told_what_the_first_wrote(item, dot, staff):
    first = record(item, staff)
    record(item, staff, wording="Ring first.", version=first.version)

    with pytest.raises(EditConflict) as conflict:
        record(item, staff, wording="Write only.", version=first.version)

    assert conflict.value.theirs == "Ring first."
    assert Decision.objects.get().wording == "Ring first."


def test_writing_a_decision_again_keeps_what_people_said(item, dot, staff):
    decision = record(item, staff)
    actions.record_view(by=staff, decision=decision, person=dot, stance=Stance.SUPPORT)

    record(item, staff, wording="Changed.", version=decision.version)

    assert decision.views.get(person=dot).stance == Stance.SUPPORT


def test_a_decision_is_closed_once_the_minutes_have_gone_out(item, dot, staff):
    decision = record(item, staff)
    minutes = item.meeting.minutes
    minutes_actions.save_section(
        by=staff, section=minutes.sections.get(), text="We decided.", version=1
    )
    minutes_actions.circulate(minutes=minutes, by=staff)
    item.refresh_from_db()

    with pytest.raises(ActionDenied, match="gone out"):
        record(item, staff, version=decision.version)


def test_a_member_says_what_she_thought_in_her_own_words(item, dot, staff):
    decision = record(item, staff)

    view = actions.record_view(
        by=actor_for_person(dot),
        decision=decision,
        person=dot,
        stance=Stance.CONCERN,
        words="I cannot see a photo.",
        show_as=AttributionMode.ROLE,
    )

    assert (view.stance, view.words, view.said_by) == (
        Stance.CONCERN,
        "I cannot see a photo.",
        "Dot Hargreaves",
    )


def test_staff_write_a_view_for_her_and_the_record_names_both(item, dot, staff):
    view = actions.record_view(
        by=staff, decision=record(item, staff), person=dot, stance=Stance.SUPPORT
    )

    assert view.said_by == "Priya Nair, for Dot Hargreaves"


def test_nobody_else_changes_her_words(item, marian, dot, staff):
    decision = record(item, staff)
    actions.record_view(
        by=staff, decision=decision, person=dot, stance=Stance.CONCERN, words="Hers"
    )

    with pytest.raises(ActionDenied, match="Only this person"):
        actions.record_view(
            by=actor_for_person(marian),
            decision=decision,
            person=dot,
            stance=Stance.SUPPORT,
            words="Not hers",
        )

    assert decision.views.get(person=dot).words == "Hers"


def test_somebody_who_was_not_asked_has_no_view(item, dot, staff):
    with pytest.raises(RuleBroken, match="not asked"):
        actions.record_view(
            by=staff,
            decision=record(item, staff),
            person=PersonFactory(),
            stance=Stance.SUPPORT,
        )


def test_a_view_written_by_mistake_goes_back_to_no_reply(item, dot, staff):
    decision = record(item, staff)
    said = {"by": staff, "decision": decision, "person": dot}
    actions.record_view(**said, stance=Stance.CONCERN, words="Wrong person")

    view = actions.record_view(**said, stance=Stance.NO_REPLY)

    assert (view.stance, view.words, view.said_at, view.said_by) == (
        "no_reply",
        "",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("group_mode", "her_choice", "by"),
    [
        (AttributionMode.NAMED, AttributionMode.NAMED, "Dot Hargreaves"),
        (AttributionMode.NAMED, AttributionMode.ROLE, "A member, shown by role"),
        (AttributionMode.ROLE, AttributionMode.NAMED, "A member, shown by role"),
        (AttributionMode.ROLE, AttributionMode.NONE, "Shown without a name or a role"),
        (AttributionMode.NONE, AttributionMode.NAMED, "Shown without a name or a role"),
    ],
)
def test_words_are_shown_as_she_chose_and_never_more_openly_than_the_group_chose(
    item, dot, staff, *, group_mode, her_choice, by
):
    item.meeting.group.attribution = group_mode
    item.meeting.group.save()
    decision = record(item, staff)

    actions.record_view(
        by=staff,
        decision=decision,
        person=dot,
        stance=Stance.CONCERN,
        words="I cannot see a photo.",
        show_as=her_choice,
    )

    assert [(q.words, q.by) for q in card_of(decision).quotes] == [
        ("I cannot see a photo.", by)
    ]
