import datetime as dt

import pytest
import time_machine

from coprod.core.errors import ActionDenied, EditConflict, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.governance.enums import AttributionMode
from groups.notices.models import Delivery
from groups.people.enums import Channel
from meetings import minutes_queries
from meetings.actions import minutes as actions
from meetings.enums import CorrectionState, ItemPurpose, MeetingState, MinutesState
from meetings.models import Minutes, Revision
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    PersonFactory,
    actor_for_person,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NOW = "2026-12-10T12:00:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff():
    return staff_actor()


@pytest.fixture
def meeting():
    made = MeetingFactory(state=MeetingState.RECORDED, date=dt.date(2026, 12, 8))
    AgendaItemFactory(meeting=made, position=1, title="The reminder trial")
    AgendaItemFactory(
        meeting=made, position=2, title="Ring first?", purpose=ItemPurpose.DECISION
    )
    return made


@pytest.fixture
def member(meeting):
    person = PersonFactory(known_as="Marian Okafor")
    InvitationFactory(meeting=meeting, person=person)
    AttendanceFactory(meeting=meeting, person=person)
    return person


def started(meeting, staff) -> Minutes:
    minutes = actions.start_minutes(meeting=meeting, by=staff)
    for section in minutes.sections.all():
        actions.save_section(by=staff, section=section, text="We talked.", version=1)
    return minutes


def first_note(minutes):
    return minutes.sections.select_related("minutes__meeting", "item").get(
        item__position=1
    )


def test_starting_minutes_makes_a_note_for_each_item_and_keeps_the_way_names_are_shown(
    meeting, staff
):
    meeting.group.attribution = AttributionMode.NONE
    meeting.group.save()

    minutes = actions.start_minutes(meeting=meeting, by=staff)

    assert minutes.attribution == AttributionMode.NONE
    assert [s.item.position for s in minutes.sections.order_by("item__position")] == [
        1,
        2,
    ]


def test_starting_minutes_twice_gives_the_same_minutes(meeting, staff):
    first = actions.start_minutes(meeting=meeting, by=staff)

    assert actions.start_minutes(meeting=meeting, by=staff) == first
    assert Minutes.objects.count() == 1


def test_minutes_wait_until_it_is_recorded_who_came(staff):
    published = MeetingFactory(state=MeetingState.PUBLISHED)

    with pytest.raises(RuleBroken, match="First record who came"):
        actions.start_minutes(meeting=published, by=staff)


def test_a_member_cannot_write_minutes(meeting, member, staff):
    minutes = actions.start_minutes(meeting=meeting, by=staff)

    with pytest.raises(ActionDenied, match="Only the involvement team"):
        actions.save_section(
            by=actor_for_person(member),
            section=first_note(minutes),
            text="Mine",
            version=1,
        )
    assert first_note(minutes).text == ""


def test_saving_a_note_keeps_the_text_its_version_and_an_audit_line(meeting, staff):
    minutes = actions.start_minutes(meeting=meeting, by=staff)

    actions.save_section(
        by=staff, section=first_note(minutes), text="Eight like it.", version=1
    )

    section = first_note(minutes)
    assert (section.text, section.version, section.edited_by) == (
        "Eight like it.",
        2,
        staff.user,
    )
    assert AuditEvent.objects.filter(verb="wrote note").count() == 1


def test_the_second_of_two_note_takers_is_told_and_her_text_is_kept_aside(
    meeting, staff
):
    minutes = actions.start_minutes(meeting=meeting, by=staff)
    other = staff_actor(name="Tom Ashworth")
    hers, his = first_note(minutes), first_note(minutes)
    actions.save_section(by=staff, section=hers, text="Hers", version=1)

    with pytest.raises(EditConflict) as conflict:
        actions.save_section(by=other, section=his, text="His", version=1)

    assert (conflict.value.yours, conflict.value.theirs, conflict.value.version) == (
        "His",
        "Hers",
        2,
    )
    assert first_note(minutes).text == "Hers"
    kept = Revision.objects.get(kept_aside=True)
    assert (kept.text, kept.saved_by) == ("His", other.user)


def test_two_note_takers_who_typed_the_same_have_no_conflict(meeting, staff):
    minutes = actions.start_minutes(meeting=meeting, by=staff)
    hers, his = first_note(minutes), first_note(minutes)
    actions.save_section(by=staff, section=hers, text="Same", version=1)

    actions.save_section(
        by=staff_actor(name="Tom"), section=his, text="Same", version=1
    )

    assert not Revision.objects.filter(kept_aside=True).exists()


def test_sending_out_tells_everybody_invited_in_her_own_way(meeting, member, staff):
    dot = PersonFactory(
        known_as="Dot Hargreaves", channel=Channel.LETTER, print_size=18
    )
    InvitationFactory(meeting=meeting, person=dot)
    minutes = started(meeting, staff)

    actions.circulate(minutes=minutes, by=staff)

    minutes.refresh_from_db()
    assert minutes.state == MinutesState.CIRCULATED
    assert minutes.corrections_until == dt.date(2026, 12, 24)
    sent = {row.person: row for row in Delivery.objects.all()}
    assert sent[member].channel == Channel.EMAIL
    assert "We talked." not in sent[member].body
    assert sent[dot].channel == Channel.LETTER
    assert "We talked." in sent[dot].body


def test_minutes_with_an_empty_note_do_not_go_out(meeting, member, staff):
    minutes = actions.start_minutes(meeting=meeting, by=staff)

    with pytest.raises(RuleBroken, match="Write a note first for item 1 and 2"):
        actions.circulate(minutes=minutes, by=staff)

    minutes.refresh_from_db()
    assert minutes.state == MinutesState.DRAFT
    assert Delivery.objects.count() == 0


def test_a_name_in_a_note_stops_minutes_of_a_group_that_shows_none(
    meeting, member, staff
):
    minutes = started(meeting, staff)
    note = first_note(minutes)
    actions.save_section(
        by=staff, section=note, text="Marian Okafor liked it.", version=note.version
    )

    with pytest.raises(RuleBroken, match="Item 1 names Marian Okafor"):
        actions.circulate(minutes=minutes, by=staff)


def test_once_sent_out_a_note_changes_only_by_a_correction(meeting, member, staff):
    minutes = actions.circulate(minutes=started(meeting, staff), by=staff)

    with pytest.raises(ActionDenied, match="These minutes have gone out"):
        actions.save_section(
            by=staff, section=first_note(minutes), text="New", version=2
        )


@pytest.fixture
def circulated(meeting, member, staff):
    return actions.circulate(minutes=started(meeting, staff), by=staff)


def test_a_member_asks_for_a_correction_in_her_own_words(circulated, member):
    correction = actions.ask_for_correction(
        section=first_note(circulated),
        person=member,
        words="It was eight.",
        by=actor_for_person(member),
    )

    assert (correction.asked_for, correction.asked_by) == (member, "Marian Okafor")
    assert correction.state == CorrectionState.ASKED


def test_staff_record_a_correction_by_phone_and_the_record_names_both(
    circulated, member, staff
):
    correction = actions.ask_for_correction(
        section=first_note(circulated), person=member, words="It was eight.", by=staff
    )

    assert correction.asked_by == "Priya Nair, for Marian Okafor"


def test_a_member_cannot_ask_in_the_name_of_another(circulated, member, meeting):
    other = PersonFactory()
    InvitationFactory(meeting=meeting, person=other)

    with pytest.raises(ActionDenied):
        actions.ask_for_correction(
            section=first_note(circulated),
            person=member,
            words="X",
            by=actor_for_person(other),
        )


def test_after_the_last_day_a_member_is_asked_to_ring_and_staff_can_still_record(
    circulated, member, staff
):
    late = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)
    ask = {
        "section": first_note(circulated),
        "person": member,
        "words": "Late",
        "now": late,
    }

    with pytest.raises(ActionDenied, match="Ring us"):
        actions.ask_for_correction(by=actor_for_person(member), **ask)
    actions.ask_for_correction(by=staff, **ask)

    assert circulated.corrections.count() == 1


def asked(circulated, member):
    return actions.ask_for_correction(
        section=first_note(circulated),
        person=member,
        words="It was eight.",
        by=actor_for_person(member),
    )


def test_an_accepted_correction_changes_the_note_and_tells_the_asker(
    circulated, member, staff
):
    correction = asked(circulated, member)

    actions.answer_correction(
        correction=correction,
        by=staff,
        accepted=True,
        answer="“Seven” is now “eight”.",
        new_text="We talked. Eight want it.",
        version=2,
    )

    correction.refresh_from_db()
    assert correction.state == CorrectionState.ACCEPTED
    assert first_note(circulated).text == "We talked. Eight want it."
    told = Delivery.objects.get(notice__occasion="minutes.correction")
    assert told.person == member
    assert "We put it right. “Seven” is now “eight”." in told.body


def test_a_correction_not_accepted_leaves_the_note_and_gives_the_reason(
    circulated, member, staff
):
    correction = asked(circulated, member)

    actions.answer_correction(
        correction=correction, by=staff, accepted=False, answer="The tape says seven."
    )

    assert first_note(circulated).text == "We talked."
    assert (
        "The tape says seven."
        in Delivery.objects.get(notice__occasion="minutes.correction").body
    )


def test_a_correction_is_answered_once(circulated, member, staff):
    correction = asked(circulated, member)
    stale = (
        type(correction)
        .objects.select_related("section", "minutes")
        .get(pk=correction.pk)
    )
    actions.answer_correction(
        correction=correction, by=staff, accepted=False, answer="No."
    )

    with pytest.raises(InvalidTransition, match="already answered"):
        actions.answer_correction(
            correction=stale, by=staff, accepted=True, answer="Yes."
        )


@pytest.fixture
def next_meeting(meeting):
    return MeetingFactory(
        group=meeting.group,
        date=dt.date(2026, 12, 10),
        start_time=dt.time(11),
        end_time=dt.time(13),
    )


def test_a_later_meeting_approves_and_the_words_are_frozen_with_their_sum(
    circulated, next_meeting, staff
):
    actions.approve_minutes(minutes=circulated, at_meeting=next_meeting, by=staff)

    minutes = Minutes.objects.get()
    assert (minutes.state, minutes.approved_meeting) == (
        MinutesState.APPROVED,
        next_meeting,
    )
    assert minutes.approved_sha256 == minutes_queries.fingerprint(
        minutes_queries.report_of(minutes)
    )
    with pytest.raises(ActionDenied, match="approved, so their words cannot change"):
        actions.save_section(
            by=staff, section=first_note(minutes), text="New", version=2
        )


def test_a_meeting_that_was_over_before_the_draft_went_out_cannot_approve_it(
    circulated, meeting, next_meeting, staff
):
    circulated.circulated_at = next_meeting.ends_at + dt.timedelta(days=1)
    circulated.save(update_fields=["circulated_at"])

    with pytest.raises(RuleBroken, match="later meeting of this group"):
        actions.approve_minutes(minutes=circulated, at_meeting=next_meeting, by=staff)


@pytest.mark.parametrize("days", [-1, 5])
def test_only_a_later_meeting_that_has_begun_can_approve(
    circulated, meeting, staff, days
):
    wrong = MeetingFactory(
        group=meeting.group, date=meeting.date + dt.timedelta(days=days)
    )

    with pytest.raises(RuleBroken, match="later meeting of this group"):
        actions.approve_minutes(minutes=circulated, at_meeting=wrong, by=staff)


def test_a_meeting_of_another_group_cannot_approve(circulated, staff):
    other = MeetingFactory(
        group=GroupFactory(),
        date=dt.date(2026, 12, 10),
        start_time=dt.time(11),
        end_time=dt.time(13),
    )

    with pytest.raises(RuleBroken, match="later meeting of this group"):
        actions.approve_minutes(minutes=circulated, at_meeting=other, by=staff)


def test_minutes_with_an_open_correction_are_not_approved(
    circulated, next_meeting, member, staff
):
    asked(circulated, member)

    with pytest.raises(RuleBroken, match="Answer every correction first"):
        actions.approve_minutes(minutes=circulated, at_meeting=next_meeting, by=staff)

    assert Minutes.objects.get().state == MinutesState.CIRCULATED


def test_no_correction_is_asked_of_approved_minutes(
    circulated, next_meeting, member, staff
):
    actions.approve_minutes(minutes=circulated, at_meeting=next_meeting, by=staff)

    with pytest.raises(ActionDenied, match="approved"):
        asked(Minutes.objects.get(), member)


def test_corrections_end_the_day_before_the_meeting_that_will_be_asked_to_approve(
    meeting, staff
):
    MeetingFactory(
        group=meeting.group,
        date=dt.date(2026, 12, 15),
        state=MeetingState.PUBLISHED,
    )
    minutes = started(meeting, staff)

    actions.circulate(minutes=minutes, by=staff)

    minutes.refresh_from_db()
    assert minutes.corrections_until == dt.date(2026, 12, 14)


def test_a_letter_holds_the_notes_without_the_marks_of_the_editor(meeting, staff):
    dot = PersonFactory(channel=Channel.LETTER)
    InvitationFactory(meeting=meeting, person=dot)
    minutes = started(meeting, staff)
    note = first_note(minutes)
    actions.save_section(
        by=staff,
        section=note,
        text="# The trial\n\n* Eleven **tried** it\n* Eight kept it\n\n> It beeped at night",
        version=note.version,
    )

    actions.circulate(minutes=minutes, by=staff)

    letter = Delivery.objects.get(person=dot).body
    assert (
        "The trial\n\n• Eleven tried it\n• Eight kept it\n\n“It beeped at night”"
        in letter
    )
