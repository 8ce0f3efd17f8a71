"""Who chairs a group arranges its meetings, sees nothing else, and her supporter does neither."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied
from coprod.core.models import AuditEvent
from groups.governance.enums import OfficeKind
from groups.notices.models import Delivery
from groups.people.enums import Channel
from meetings import owed_queries
from meetings.actions import attendance, planning
from meetings.actions import minutes as minutes_actions
from meetings.enums import MeetingState, MinutesState, Reply
from meetings.models import (
    AccessArrangement,
    AgendaItem,
    Decision,
    Meeting,
    Minutes,
    Paper,
)
from tests.factories import (
    AccessNeedFactory,
    AgendaItemFactory,
    AttendanceFactory,
    GroupFactory,
    InvitationFactory,
    MeetingFactory,
    MembershipFactory,
    OfficeFactory,
    PaperFactory,
    PersonFactory,
    UserFactory,
    actor_for_person,
    make_policy,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db
TYPED = {
    "date_day": "24",
    "date_month": "November",
    "date_year": "2026",
    "start_time": "10am",
    "end_time": "12pm",
    "mode": "room",
    "venue": "Millbrook Library",
}
ITEM = {"title": "Which leaflet?", "purpose": "decision", "minutes_planned": "20"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 10, 29, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def chair():
    """A member who co-chairs a group of three."""
    bernadette, account = member_with_account(known_as="Bernadette Quinn")
    group = GroupFactory(name="Technology at Home")
    MembershipFactory(group=group, person=bernadette)
    OfficeFactory(group=group, person=bernadette, kind=OfficeKind.CO_CHAIR)
    MembershipFactory(group=group, person=PersonFactory(known_as="Marian Okafor"))
    dot = PersonFactory(known_as="Dot Hargreaves", channel=Channel.LETTER)
    MembershipFactory(group=group, person=dot)
    bernadette.account, bernadette.group = account, group
    return bernadette


def address(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.reference, *args])


def meeting_of(chair, **values):
    return MeetingFactory(group=chair.group, **values)


def test_a_chair_plans_a_meeting_of_her_own_group_from_its_page(client_as, chair):
    GroupFactory(name="Getting About")
    client = client_as(chair.account)
    url = reverse("meetings:meeting-add")

    assert url in client.get(chair.group.get_absolute_url()).content.decode()
    form = client.get(f"{url}?group={chair.group.slug}").content.decode()
    client.post(url, TYPED | {"group": chair.group.pk})

    assert "Getting About" not in form
    meeting = Meeting.objects.get()
    assert (meeting.group, meeting.planned_by) == (chair.group, chair.account)
    assert AuditEvent.objects.get(verb="planned").actor_name == "Bernadette Quinn"


def test_a_chair_cannot_plan_for_a_group_she_does_not_chair(client_as, chair):
    other = GroupFactory(name="Getting About")
    MembershipFactory(group=other, person=chair)

    answer = client_as(chair.account).post(
        reverse("meetings:meeting-add"), TYPED | {"group": other.pk}
    )

    assert answer.status_code == 200
    assert not Meeting.objects.exists()
    with pytest.raises(ActionDenied, match="who chairs this group"):
        planning.plan_meeting(
            by=actor_for_person(chair, chair.account),
            group=other,
            date=dt.date(2026, 11, 24),
            start_time=dt.time(10),
            end_time=dt.time(12),
            mode="room",
            venue="Millbrook Library",
        )


def test_a_chair_changes_the_details_and_writes_the_agenda_and_a_paper(
    client_as, chair
):
    meeting = meeting_of(chair, state=MeetingState.PLANNED)
    client = client_as(chair.account)

    client.post(address("meeting-edit", meeting), TYPED | {"version": "1"})
    client.post(address("item-add", meeting), ITEM)
    client.post(address("item-add", meeting), ITEM | {"title": "Welcome"})
    welcome = AgendaItem.objects.get(title="Welcome")
    client.post(address("item-move", meeting, welcome.pk), {"way": "up"})
    client.post(
        address("paper-add", meeting, welcome.pk),
        {"title": "What we found", "body": "Eleven people tried it."},
    )
    page = client.get(meeting.get_absolute_url()).content.decode()

    meeting.refresh_from_db()
    assert meeting.venue == "Millbrook Library"
    assert page.index("1. Welcome") < page.index("2. Which leaflet?")
    assert "Eleven people" in Paper.objects.get().body
    assert "Publish and invite people" in page


def test_a_chair_takes_things_off_the_agenda(client_as, chair):
    item = AgendaItemFactory(meeting=meeting_of(chair, state=MeetingState.PLANNED))
    paper = PaperFactory(item=item)
    client = client_as(chair.account)

    client.post(address("paper-remove", item.meeting, paper.pk))
    client.post(address("item-remove", item.meeting, item.pk))

    assert not AgendaItem.objects.exists()


def test_a_chair_publishes_and_reads_who_is_told_but_not_how(client_as, chair):
    make_policy()
    meeting = meeting_of(chair, state=MeetingState.PLANNED)
    client = client_as(chair.account)
    url = reverse("payments:meeting-publish", args=[meeting.reference])

    page = client.get(url).content.decode()
    client.post(url)

    meeting.refresh_from_db()
    assert "Dot Hargreaves" in page
    assert "Letter" not in page
    assert "Payment offered" not in page
    assert "The team posts the letters" in page
    assert meeting.state == MeetingState.PUBLISHED
    assert Delivery.objects.filter(notice__occasion="meeting.invitation").count() == 3


def test_the_team_still_reads_how_each_is_told(client_as, chair):
    meeting = meeting_of(chair, state=MeetingState.PLANNED)
    url = reverse("payments:meeting-publish", args=[meeting.reference])

    page = client_as(Role.INVOLVEMENT).get(url).content.decode()

    assert "Letter" in page
    assert "Payment offered" in page


def test_who_sees_to_access_is_of_the_team_also_when_a_chair_did_all(client_as, chair):
    make_policy()
    meeting = meeting_of(chair, state=MeetingState.PLANNED, planned_by=chair.account)
    tom = UserFactory(name="Tom Ashworth", roles=[Role.INVOLVEMENT])
    priya = UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT])
    UserFactory(name="Colin Webb", roles=[Role.FINANCE])
    helped = PersonFactory(known_as="Owen Pritchard", staff_contact=priya)
    MembershipFactory(group=chair.group, person=helped)
    AccessNeedFactory(person=helped, detail="Easy read papers")
    AccessNeedFactory(person=chair, detail="A hearing loop")

    client_as(chair.account).post(
        reverse("payments:meeting-publish", args=[meeting.reference])
    )

    owners = dict(AccessArrangement.objects.values_list("wording", "owner__name"))
    assert owners == {"Easy read papers": priya.name, "A hearing loop": tom.name}


def test_what_is_owed_about_a_meeting_a_chair_planned_waits_for_the_team(chair):
    meeting = meeting_of(chair, date=dt.date(2026, 10, 28), planned_by=chair.account)

    (line,) = owed_queries.owed(actor=staff_actor(), today=dt.date(2026, 10, 29))

    assert line.url == f"{meeting.get_absolute_url()}attendance/"
    assert line.holder == "Nobody yet"


def test_a_chair_cancels_with_a_reason(client_as, chair):
    meeting = meeting_of(chair)
    invitation = InvitationFactory(meeting=meeting)

    client_as(chair.account).post(
        address("meeting-cancel", meeting), {"reason": "The library is flooded."}
    )

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert "flooded" in Delivery.objects.get(person=invitation.person).body


def test_a_chair_reads_answers_and_no_notes_channels_or_outbox(client_as, chair):
    meeting = meeting_of(chair)
    InvitationFactory(
        meeting=meeting,
        person=PersonFactory(known_as="Yusuf Rahman"),
        reply=Reply.NOT_COMING,
        note="I am in hospital.",
        reply_route="phone",
    )

    page = client_as(chair.account).get(meeting.get_absolute_url()).content.decode()

    assert "Yusuf Rahman</b>: not coming" in page
    assert "1 not coming" in page
    for hidden in (
        "I am in hospital",
        "By phone,",
        "/outbox/",
        "/people/P-",
        "replies/",
    ):
        assert hidden not in page


def test_a_chair_writes_notes_a_decision_and_sends_the_draft_out(client_as, chair):
    meeting = meeting_of(chair, date=dt.date(2026, 10, 28), state=MeetingState.RECORDED)
    AgendaItemFactory(meeting=meeting, position=1, purpose="decision")
    for membership in chair.group.memberships.all():
        InvitationFactory(meeting=meeting, person=membership.person)
        AttendanceFactory(meeting=meeting, person=membership.person)
    client = client_as(chair.account)

    home = client.get(meeting.get_absolute_url()).content.decode()
    assert "Write the minutes" in home
    client.post(address("minutes-start", meeting))
    client.post(
        address("note-edit", meeting, 1), {"text": "We talked.", "version": "1"}
    )
    client.post(
        address("decision-record", meeting, 1),
        {
            "wording": "We send a card first.",
            "chosen": "0",
            "held_by": "group",
            "outcome": "agreed",
            "version": "0",
        },
    )
    draft = client.get(address("minutes-detail", meeting)).content.decode()
    assert "We talked." in draft
    assert "We send a card first." in draft
    decision = Decision.objects.get()
    page = client.get(reverse("meetings:decision-detail", args=[decision.reference]))
    assert "Only the team sees this list" not in page.content.decode()
    client.post(address("minutes-circulate", meeting))

    minutes = Minutes.objects.get()
    assert minutes.state == MinutesState.CIRCULATED
    assert minutes.circulated_by == chair.account


@pytest.fixture
def circulated(chair):
    worker = staff_actor()
    meeting = meeting_of(chair, date=dt.date(2026, 10, 20), state=MeetingState.RECORDED)
    AgendaItemFactory(meeting=meeting, position=1)
    for membership in chair.group.memberships.all():
        InvitationFactory(meeting=meeting, person=membership.person)
    minutes = minutes_actions.start_minutes(meeting=meeting, by=worker)
    section = minutes.sections.get()
    minutes_actions.save_section(by=worker, section=section, text="Yes.", version=1)
    return minutes_actions.circulate(minutes=minutes, by=worker)


def test_a_chair_records_that_a_later_meeting_approved(client_as, chair, circulated):
    later = meeting_of(chair, date=dt.date(2026, 10, 29), start_time=dt.time(8))
    client = client_as(chair.account)

    shown = client.get(address("minutes-detail", circulated.meeting)).content.decode()
    client.post(
        address("minutes-approve", circulated.meeting), {"at_meeting": later.reference}
    )

    circulated.refresh_from_db()
    assert "Record that a meeting approved them" in shown
    assert circulated.approved_by == chair.account


def test_a_chair_does_not_answer_corrections(client_as, chair, circulated):
    correction = minutes_actions.ask_for_correction(
        section=circulated.sections.get(),
        person=chair.group.memberships.get(person__known_as="Dot Hargreaves").person,
        words="It was no.",
        by=staff_actor(),
    )
    client = client_as(chair.account)
    url = address("correction-answer", circulated.meeting, correction.pk)

    page = client.get(address("minutes-detail", circulated.meeting)).content.decode()

    assert "Answer this" not in page
    assert client.get(url).status_code == 404
    with pytest.raises(ActionDenied):
        minutes_actions.answer_correction(
            correction=correction,
            by=actor_for_person(chair, chair.account),
            accepted=False,
            answer="No.",
        )


def test_a_chair_does_not_keep_the_register(client_as, chair):
    meeting = meeting_of(chair, date=dt.date(2026, 10, 28))
    InvitationFactory(meeting=meeting, person=chair)
    client = client_as(chair.account)

    page = client.get(meeting.get_absolute_url()).content.decode()

    assert "attendance/" not in page
    assert "When the team has written down who came" in page
    url = reverse("payments:meeting-attendance", args=[meeting.reference])
    assert client.get(url).status_code == 404
    with pytest.raises(ActionDenied, match="Only the involvement team"):
        attendance.record_attendance(
            meeting=meeting,
            by=actor_for_person(chair, chair.account),
            rows=[attendance.AttendanceRow(chair.pk, "present", "room", 120)],
        )


def test_the_list_offers_a_chair_to_plan_whether_it_is_empty_or_not(client_as, chair):
    client, url = client_as(chair.account), reverse("meetings:meeting-list")
    assert "Plan a meeting" in client.get(url).content.decode()
    other = InvitationFactory(person=chair).meeting

    page = client.get(url).content.decode()

    assert other.group.name in page
    assert "Plan a meeting" in page
    _, member = member_with_account()
    assert "Plan a meeting" not in client_as(member).get(url).content.decode()
