"""An auditor reads what groups did, in every group; each page she opens is written down."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.models import AuditEvent
from meetings.enums import MeetingState, MinutesState, Reply
from meetings.models import (
    AccessArrangement,
    Decision,
    Invitation,
    Meeting,
    Minutes,
    MinutesSection,
    PaperFile,
)
from tests.factories import (
    AccessNeedFactory,
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    PaperFactory,
    PersonFactory,
    ProjectFactory,
    StoredFileFactory,
    UserFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2026, 12, 10, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def moira(client_as):
    return client_as(UserFactory(name="Moira Finch", roles=[Role.AUDITOR]))


def address(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.reference, *args])


def out(meeting, **values):
    return MinutesFactory(
        meeting=meeting,
        state=MinutesState.CIRCULATED,
        circulated_at=dt.datetime(2026, 12, 9, 9, tzinfo=dt.UTC),
        circulated_by=UserFactory(),
        **values,
    )


def decided(minutes):
    item = AgendaItemFactory(meeting=minutes.meeting, position=1, purpose="decision")
    MinutesSection.objects.create(minutes=minutes, item=item, text="We talked.")
    return Decision.objects.create(
        item=item,
        wording="We send a card first.",
        held_by="group",
        rule="consent",
        outcome="not_agreed",
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (MeetingState.PLANNED, 404),
        (MeetingState.PUBLISHED, 200),
        (MeetingState.RECORDED, 200),
        (MeetingState.CANCELLED, 200),
    ],
)
def test_an_auditor_reads_a_meeting_once_people_were_told(moira, state, status):
    meeting = MeetingFactory(state=state)

    assert moira.get(meeting.get_absolute_url()).status_code == status
    shown = moira.get(reverse("meetings:meeting-list")).content.decode()
    over = moira.get(reverse("meetings:meeting-list") + "?when=past").content.decode()
    listed = meeting.reference in shown + over
    assert listed == (status == 200 and state != MeetingState.CANCELLED)


def test_an_auditor_reads_minutes_and_decisions_once_they_are_out(moira):
    shut = decided(MinutesFactory())
    opened = decided(out(MeetingFactory(state=MeetingState.RECORDED)))

    for decision, status in ((shut, 404), (opened, 200)):
        minutes = address("minutes-detail", decision.item.meeting)
        page = reverse("meetings:decision-detail", args=[decision.reference])
        assert moira.get(minutes).status_code == status
        assert moira.get(page).status_code == status
    words = moira.get(address("minutes-detail", opened.item.meeting)).content.decode()
    assert "We send a card first." in words
    for team in (
        "Answer this",
        "Write this note",
        "Ask for a correction",
        "approved them",
    ):
        assert team not in words


def test_an_auditor_reads_papers_their_files_the_group_and_its_project(moira, settings):
    meeting = MeetingFactory()
    project = ProjectFactory(group=meeting.group)
    paper = PaperFactory(item=AgendaItemFactory(meeting=meeting))
    copy = PaperFile.objects.create(paper=paper, file=StoredFileFactory())
    kept = settings.FILES_DIR / copy.file.path
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"%PDF")

    for url in (
        address("paper-detail", meeting, paper.pk),
        address("paper-file", meeting, paper.pk, copy.pk),
        address("pack-ask", meeting),
        meeting.group.get_absolute_url(),
        project.get_absolute_url(),
    ):
        assert moira.get(url).status_code == 200, url


def test_what_is_between_people_and_the_team_stays_there(moira):
    meeting = MeetingFactory()
    person = PersonFactory(known_as="Dot Hargreaves")
    InvitationFactory(
        meeting=meeting, person=person, reply=Reply.NOT_COMING, note="I am in hospital."
    )
    need = AccessNeedFactory(person=person, detail="A room with no steps")
    AccessArrangement.objects.create(
        meeting=meeting,
        person=person,
        need=need,
        wording=need.detail,
        owner=UserFactory(),
        due_date=dt.date(2026, 12, 1),
    )

    page = moira.get(meeting.get_absolute_url()).content.decode()

    assert "hospital" not in page
    assert "no steps" not in page
    assert "Dot Hargreaves" not in page
    assert moira.get(address("access-list", meeting)).status_code == 404
    auditor = staff_actor(Role.AUDITOR)
    assert not Invitation.objects.visible_to(auditor).exists()
    assert not AccessArrangement.objects.visible_to(auditor).exists()


def test_an_auditor_changes_nothing(moira):
    meeting = MeetingFactory()
    item = AgendaItemFactory(meeting=meeting, position=1)
    minutes = out(MeetingFactory(state=MeetingState.RECORDED))

    for url in (
        reverse("meetings:meeting-add"),
        address("meeting-edit", meeting),
        address("meeting-cancel", meeting),
        address("item-add", meeting),
        address("item-edit", meeting, item.pk),
        address("minutes-approve", minutes.meeting),
        address("minutes-correct", minutes.meeting),
        reverse("payments:meeting-publish", args=[meeting.reference]),
        reverse("payments:meeting-attendance", args=[meeting.reference]),
        reverse("governance:group-edit", args=[meeting.group.slug]),
        reverse("governance:seat-add", args=[meeting.group.slug]),
    ):
        assert moira.get(url).status_code == 404, url
        assert moira.post(url, {"reason": "x"}).status_code == 404, url
    assert Meeting.objects.get(pk=meeting.pk).state == MeetingState.PUBLISHED
    assert Minutes.objects.get().state == MinutesState.CIRCULATED


def test_what_an_auditor_opens_is_written_down_and_what_the_team_opens_is_not(
    moira, client_as
):
    meeting = MeetingFactory(state=MeetingState.RECORDED)
    decision = decided(out(meeting))
    paper = PaperFactory(item=decision.item)
    urls = [
        meeting.group.get_absolute_url(),
        meeting.get_absolute_url(),
        address("paper-detail", meeting, paper.pk),
        address("minutes-detail", meeting),
        reverse("meetings:decision-detail", args=[decision.reference]),
    ]

    for url in urls:
        moira.get(url)
        client_as(Role.INVOLVEMENT).get(url)

    rows = AuditEvent.objects.order_by("pk").values_list(
        "actor_name", "verb", "object_kind", "object_ref"
    )
    assert list(rows) == [
        ("Moira Finch", "read", "group", meeting.group.slug),
        ("Moira Finch", "read", "meeting", meeting.reference),
        ("Moira Finch", "read paper", "meeting", meeting.reference),
        ("Moira Finch", "read minutes", "meeting", meeting.reference),
        ("Moira Finch", "read", "decision", decision.reference),
    ]
