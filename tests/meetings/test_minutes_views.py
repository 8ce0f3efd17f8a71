import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from coprod.core import documents as core_documents
from coprod.core.enums import DocumentState, Role
from coprod.core.models import Document
from groups.governance.enums import AttributionMode, SeatCategory
from groups.governance.models import CategoryQuorum
from meetings import documents
from meetings.actions import decisions
from meetings.actions import minutes as actions
from meetings.enums import (
    AttendanceStatus,
    CorrectionState,
    DecisionOutcome,
    HeldBy,
    ItemPurpose,
    JoinMode,
    MeetingState,
    MinutesState,
    Stance,
)
from meetings.models import Correction, Minutes, Revision
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    UserFactory,
    member_with_account,
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
def meeting():
    made = MeetingFactory(
        state=MeetingState.RECORDED,
        date=dt.date(2026, 12, 8),
        group__name="Technology at Home",
    )
    CategoryQuorum.objects.create(
        group=made.group, category=SeatCategory.MEMBER, minimum=1
    )
    AgendaItemFactory(meeting=made, position=1, title="The reminder trial")
    AgendaItemFactory(
        meeting=made, position=2, title="Ring first?", purpose=ItemPurpose.DECISION
    )
    return made


def came(meeting, person, how=JoinMode.ROOM):
    MembershipFactory(group=meeting.group, person=person)
    InvitationFactory(meeting=meeting, person=person)
    AttendanceFactory(meeting=meeting, person=person, join_mode=how)
    return person


@pytest.fixture
def marian(meeting):
    person, user = member_with_account(known_as="Marian Okafor")
    came(meeting, person)
    return user


@pytest.fixture
def dot(meeting):
    return came(meeting, PersonFactory(known_as="Dot Hargreaves"), JoinMode.PHONE)


@pytest.fixture
def drafted(meeting, marian, dot, staff) -> Minutes:
    minutes = actions.start_minutes(meeting=meeting, by=staff)
    for section in minutes.sections.all():
        actions.save_section(by=staff, section=section, text="We *talked*.", version=1)
    decision = decisions.record_decision(
        by=staff,
        item=meeting.items.get(position=2),
        wording="We will send a card first.",
        options=["A card", "Ring first"],
        chosen=0,
        held_by=HeldBy.GROUP,
        outcome=DecisionOutcome.WITH_CONCERNS,
        how="Nobody had a serious objection.",
        review_date=dt.date(2027, 4, 20),
    )
    decisions.record_view(
        by=staff,
        decision=decision,
        person=dot,
        stance=Stance.CONCERN,
        words="I cannot see it.",
    )
    return minutes


@pytest.fixture
def circulated(drafted, staff):
    return actions.circulate(minutes=drafted, by=staff)


def url(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.reference, *args])


def page_of(client, meeting):
    response = client.get(url("minutes-detail", meeting))
    assert response.status_code == 200
    return response.content.decode()


def test_staff_begin_the_minutes_from_a_page_without_any(client_as, meeting):
    client = client_as(Role.INVOLVEMENT)
    assert "Begin the minutes" in page_of(client, meeting)

    response = client.post(url("minutes-start", meeting))

    assert response.url == url("minutes-detail", meeting)
    assert Minutes.objects.get().sections.count() == 2


def test_before_it_is_recorded_who_came_the_page_says_what_to_do(client_as):
    published = MeetingFactory(state=MeetingState.PUBLISHED)

    assert "record who came" in page_of(client_as(Role.INVOLVEMENT), published)


def test_a_member_does_not_see_minutes_that_are_still_being_written(
    client_as, drafted, marian
):
    client = client_as(marian)

    assert client.get(url("minutes-detail", drafted.meeting)).status_code == 404


def test_a_member_reads_the_draft_once_it_has_gone_out(client_as, circulated, marian):
    page = page_of(client_as(marian), circulated.meeting)

    assert "2 people: 1 in the room, 1 by phone. 2 have lived experience." in page
    assert "Yes. We need 2 people, and 1 with lived experience." in page
    assert "<em>talked</em>" in page
    assert "We will send a card first." in page
    assert "<b>1 had a concern</b>, and let it go ahead" in page
    assert "<b>1 has not replied.</b> We do not count that as a yes." in page
    assert "Ask for a correction" in page
    assert "Write this note" not in page


def test_somebody_outside_the_group_does_not_see_the_minutes(client_as, circulated):
    _, stranger = member_with_account(known_as="Somebody Else")

    client = client_as(stranger)

    assert client.get(url("minutes-detail", circulated.meeting)).status_code == 404


@pytest.mark.parametrize(
    ("mode", "shown", "hidden"),
    [
        (AttributionMode.NAMED, ["Marian Okafor", "Dot Hargreaves"], []),
        (
            AttributionMode.ROLE,
            ["2 members", "A member, shown by role"],
            ["Dot Hargreaves"],
        ),
        (
            AttributionMode.NONE,
            ["Shown without a name or a role"],
            ["Dot Hargreaves", "2 members", "A member"],
        ),
    ],
)
def test_names_are_shown_as_the_group_chose_on_the_page_in_the_pdf_and_by_post(
    circulated, staff, client_as, *, mode, shown, hidden
):
    Minutes.objects.update(attribution=mode)
    circulated.meeting.items.get(position=2).decision.views.update(
        show_as=AttributionMode.NAMED
    )
    circulated.refresh_from_db()
    report = documents.minutes_queries.report_of(circulated)
    document = documents.ask_for_minutes(
        minutes=circulated, large_print=False, by=staff
    )

    page = page_of(client_as(Role.LEAD), circulated.meeting)
    copies = [
        page[page.index("Who was there") :],
        documents.minutes_html(document),
        documents.minutes_as_words(report),
    ]

    for copy in copies:
        assert [words for words in shown if words not in copy] == []
        assert [words for words in hidden if words in copy] == []


def test_a_note_is_written_and_shown(client_as, drafted):
    client = client_as(Role.INVOLVEMENT)
    address = url("note-edit", drafted.meeting, 1)
    version = client.get(address).context["form"]["version"].value()

    response = client.post(address, {"text": "Eight like it.", "version": version})

    assert response.url == url("minutes-detail", drafted.meeting)
    assert drafted.sections.get(item__position=1).text == "Eight like it."


def test_two_people_writing_the_same_note_lose_nothing(client_as, drafted):
    first = client_as(UserFactory(name="Priya", roles=[Role.INVOLVEMENT]))
    second = client_as(UserFactory(name="Tom", roles=[Role.LEAD]))
    address = url("note-edit", drafted.meeting, 1)
    first.post(address, {"text": "Eight want to keep it.", "version": 2})

    response = second.post(address, {"text": "Seven want to keep it.", "version": 2})

    kept = Revision.objects.get(kept_aside=True)
    assert kept.text == "Seven want to keep it."
    assert response.url == url("note-kept", drafted.meeting, 1, kept.pk)
    page = second.get(response.url).content.decode()
    assert '<mark class="is-marked"><b>Eight </b></mark>want to keep it.' in page
    assert '<mark class="is-marked"><b>Seven </b></mark>want to keep it.' in page
    merged = {"text": "Seven or eight want to keep it.", "version": 3}
    assert second.post(address, merged).url == url("minutes-detail", drafted.meeting)
    assert drafted.sections.get(item__position=1).text == merged["text"]
    assert "What Tom wrote" in first.get(address).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": "", "version": "2"}, "Write what was said"),
        ({"text": "x" * 20_001, "version": "2"}, "20,000"),
        ({"text": "Kept words", "version": "two"}, "This page is too old"),
        ({"text": "Kept words", "version": ""}, "This page is too old"),
    ],
)
def test_a_note_that_cannot_be_kept_says_why_and_keeps_what_was_typed(
    client_as, drafted, data, sentence
):
    client = client_as(Role.INVOLVEMENT)

    response = client.post(url("note-edit", drafted.meeting, 1), data)

    assert response.status_code == 200
    page = response.content.decode()
    assert sentence in page
    assert data["text"] in page
    assert drafted.sections.get(item__position=1).text == "We *talked*."


def test_scripts_and_direction_marks_in_a_note_do_nothing(client_as, drafted):
    client = client_as(Role.INVOLVEMENT)
    text = "Hello <script>alert(1)</script> \u202eabc [x](javascript:alert(1)) 😀"

    client.post(url("note-edit", drafted.meeting, 1), {"text": text, "version": 2})

    page = page_of(client, drafted.meeting)
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "\u202e" not in page
    assert "😀" in page


def test_sending_out_asks_first_and_then_opens_the_minutes_for_corrections(
    client_as, drafted
):
    client = client_as(Role.INVOLVEMENT)
    address = url("minutes-circulate", drafted.meeting)
    page = client.get(address).content.decode()
    assert "2 people get" in page
    assert "Thursday 24 December 2026" in page

    client.post(address)

    drafted.refresh_from_db()
    assert drafted.state == MinutesState.CIRCULATED


def test_sending_out_too_early_says_what_is_missing(client_as, meeting, staff):
    actions.start_minutes(meeting=meeting, by=staff)

    response = client_as(Role.INVOLVEMENT).post(url("minutes-circulate", meeting))

    assert "Write a note first for item 1 and 2." in response.content.decode()
    assert Minutes.objects.get().state == MinutesState.DRAFT


def ask(client, minutes, **changes):
    section = minutes.sections.get(item__position=1)
    data = {"section": section.pk, "words": "It was eight."} | changes
    return client.post(url("minutes-correct", minutes.meeting), data)


def test_a_member_asks_for_a_correction(client_as, circulated, marian):
    response = ask(client_as(marian), circulated)

    assert response.url == url("minutes-detail", circulated.meeting)
    correction = Correction.objects.get()
    assert (correction.asked_by, correction.words) == ("Marian Okafor", "It was eight.")


def test_staff_write_down_a_correction_for_somebody_who_rang(
    client_as, circulated, dot
):
    client = client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))

    ask(client, circulated, person=dot.pk)

    assert Correction.objects.get().asked_by == "Priya Nair, for Dot Hargreaves"


def test_a_correction_needs_a_place_and_words(client_as, circulated, marian):
    page = ask(client_as(marian), circulated, section="", words="").content.decode()

    assert "Choose where it is" in page
    assert "Write what should change" in page
    assert Correction.objects.count() == 0


@pytest.fixture
def correction(circulated, dot, staff):
    return actions.ask_for_correction(
        section=circulated.sections.select_related("minutes__meeting", "item").get(
            item__position=1
        ),
        person=dot,
        words="It was eight.",
        by=staff,
    )


def test_an_accepted_correction_changes_the_note_and_shows_why(
    client_as, correction, marian
):
    meeting = correction.minutes.meeting
    data = {
        "accepted": "yes",
        "answer": "“Seven” is now “eight”.",
        "new_text": "Eight want it.",
        "version": 2,
    }

    client_as(Role.INVOLVEMENT).post(
        url("correction-answer", meeting, correction.pk), data
    )

    page = page_of(client_as(marian), meeting)
    assert "Eight want it." in page
    assert "Item 1: “Seven” is now “eight”." in page
    assert "A member asked on Thursday 10 December 2026. Staff put it right" in page


def test_a_correction_not_accepted_shows_the_reason(client_as, correction, marian):
    meeting = correction.minutes.meeting
    data = {
        "accepted": "no",
        "answer": "The tape says seven.",
        "new_text": "",
        "version": 2,
    }

    client_as(Role.INVOLVEMENT).post(
        url("correction-answer", meeting, correction.pk), data
    )

    correction.refresh_from_db()
    assert correction.state == CorrectionState.NOT_ACCEPTED
    page = page_of(client_as(marian), meeting)
    assert "Item 1: It was eight." in page
    assert "The tape says seven." in page


def test_an_answer_from_an_old_page_changes_nothing_and_shows_what_is_there_now(
    client_as, correction
):
    client = client_as(Role.INVOLVEMENT)
    address = url("correction-answer", correction.minutes.meeting, correction.pk)
    data = {"accepted": "yes", "answer": "Mended.", "new_text": "Mine", "version": 1}

    page = client.post(address, data).content.decode()

    correction.refresh_from_db()
    assert correction.state == CorrectionState.ASKED
    assert "Somebody else has just changed this note" in page
    assert "We *talked*." in page
    assert "Mine" in page


def test_a_later_meeting_approves_and_the_page_says_so(client_as, circulated, marian):
    later = MeetingFactory(
        group=circulated.meeting.group,
        date=dt.date(2026, 12, 10),
        start_time=dt.time(11),
        end_time=dt.time(13),
    )
    client = client_as(Role.INVOLVEMENT)

    client.post(
        url("minutes-approve", circulated.meeting), {"at_meeting": later.reference}
    )

    page = page_of(client_as(marian), circulated.meeting)
    assert "Approved by the group on Thursday 10 December 2026." in page
    assert "Ask for a correction" not in page


def test_approval_waits_for_a_later_meeting(client_as, circulated):
    client = client_as(Role.INVOLVEMENT)

    page = client.get(url("minutes-approve", circulated.meeting)).content.decode()

    assert "The group has not met again yet" in page


def test_every_change_of_approved_minutes_is_refused_with_a_sentence(
    client_as, circulated, staff
):
    later = MeetingFactory(
        group=circulated.meeting.group,
        date=dt.date(2026, 12, 10),
        start_time=dt.time(11),
        end_time=dt.time(13),
    )
    actions.approve_minutes(minutes=circulated, at_meeting=later, by=staff)
    client = client_as(Role.INVOLVEMENT)
    changes = [
        ("note-edit", [1], {"text": "New", "version": 2}),
        ("minutes-circulate", [], {}),
        ("minutes-correct", [], {"words": "New"}),
        ("decision-record", [2], {"wording": "New"}),
    ]

    for name, args, data in changes:
        response = client.post(url(name, circulated.meeting, *args), data)
        assert response.status_code == 403, name
        assert "approved, so their words cannot change" in response.content.decode()


def copy_of(client, meeting, size="standard"):
    response = client.post(url("minutes-copy-ask", meeting), {"size": size})
    assert response.status_code == 302
    return response.url


def test_a_member_gets_a_copy_while_the_page_shows_how_far_it_is(
    client_as, circulated, marian
):
    client = client_as(marian)
    progress = copy_of(client, circulated.meeting, "large")
    waiting = client.get(progress).content.decode()
    assert '<meta http-equiv="refresh" content="3">' in waiting
    document = Document.objects.get()
    assert document.large_print is True

    core_documents.make(document_id=document.pk, build=documents.minutes_pdf)
    document.refresh_from_db()
    assert (document.state, document.problem) == (DocumentState.READY, "")

    ready = client.get(progress).content.decode()
    assert "Open your PDF" in ready
    assert "http-equiv" not in ready
    response = client.get(f"{progress}file/")
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_a_copy_that_could_not_be_made_says_so_and_can_be_tried_again(
    client_as, circulated, marian
):
    client = client_as(marian)
    progress = copy_of(client, circulated.meeting)
    Document.objects.update(state=DocumentState.FAILED)

    assert "Try again" in client.get(progress).content.decode()
    assert copy_of(client, circulated.meeting) != progress


def test_a_changed_word_makes_a_new_copy_and_unchanged_words_do_not(
    client_as, drafted, staff
):
    client = client_as(staff.user)
    first = copy_of(client, drafted.meeting)
    assert copy_of(client, drafted.meeting) == first
    section = drafted.sections.select_related("minutes__meeting", "item").get(
        item__position=1
    )

    actions.save_section(by=staff, section=section, text="Changed.", version=2)

    assert copy_of(client, drafted.meeting) != first


def test_the_copy_of_another_person_is_not_given_out(client_as, circulated, marian):
    progress = copy_of(client_as(Role.INVOLVEMENT), circulated.meeting)
    client = client_as(marian)

    assert client.get(progress).status_code == 404
    assert client.get(f"{progress}file/").status_code == 404


def test_a_copy_closes_with_the_door_to_the_meeting(client_as, circulated, marian):
    client = client_as(marian)
    progress = copy_of(client, circulated.meeting)
    assert client.get(progress).status_code == 200

    circulated.meeting.invitations.all().delete()
    circulated.meeting.group.memberships.all().delete()

    assert client.get(progress).status_code == 404


def extra_people(meeting, count):
    for number in range(count):
        person = came(meeting, PersonFactory(known_as=f"Extra {number}"))
        minutes = meeting.minutes
        Correction.objects.create(
            minutes=minutes,
            section=minutes.sections.first(),
            asked_for=person,
            words="Please",
            asked_by="x",
        )


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_minutes_page_takes_the_same_number_of_queries(
    client_as, circulated, marian, count, django_assert_num_queries
):
    extra_people(circulated.meeting, count)
    client = client_as(marian)

    with django_assert_num_queries(12):
        page_of(client, circulated.meeting)


def test_a_person_who_sent_apologies_is_counted_and_not_named(
    client_as, circulated, marian
):
    AttendanceFactory(
        meeting=circulated.meeting,
        person=PersonFactory(known_as="Ade Bello"),
        status=AttendanceStatus.APOLOGIES,
        minutes=0,
    )

    page = page_of(client_as(marian), circulated.meeting)

    assert "1 member" in page
    assert "Ade Bello" not in page
