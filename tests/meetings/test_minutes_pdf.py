import datetime as dt
import http.server
import io
import threading

import pikepdf
import pytest
import time_machine

from coprod.core.enums import DocumentState
from meetings import documents, tasks
from meetings.actions import minutes as actions
from meetings.enums import ItemPurpose, MeetingState
from meetings.models import Decision, DecisionView, Minutes
from tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    InvitationFactory,
    MeetingFactory,
    PersonFactory,
    staff_actor,
)

pytestmark = pytest.mark.django_db
NOTE = "Eleven people tried a reminder box for six weeks. " * 40


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-12-10T12:00:00Z", tick=False):
        yield


@pytest.fixture
def staff():
    return staff_actor()


@pytest.fixture
def minutes(staff) -> Minutes:
    meeting = MeetingFactory(state=MeetingState.RECORDED, date=dt.date(2026, 12, 8))
    AgendaItemFactory(meeting=meeting, position=1, title="The reminder trial")
    AgendaItemFactory(meeting=meeting, position=2, purpose=ItemPurpose.DECISION)
    person = PersonFactory()
    InvitationFactory(meeting=meeting, person=person)
    AttendanceFactory(meeting=meeting, person=person)
    made = actions.start_minutes(meeting=meeting, by=staff)
    for section in made.sections.all():
        actions.save_section(by=staff, section=section, text=NOTE, version=1)
    return made


def pdf_of(minutes, staff, *, large_print=False):
    document = documents.ask_for_minutes(
        minutes=minutes, large_print=large_print, by=staff
    )
    return documents.minutes_pdf(document)


def elements(file, kind):
    return [
        item
        for item in file.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == kind
    ]


def test_the_minutes_are_tagged_with_headings_a_language_a_title_and_row_headers(
    minutes, staff
):
    file = pikepdf.open(io.BytesIO(pdf_of(minutes, staff).data))

    assert str(file.Root.Lang) == "en-GB"
    assert str(file.docinfo.Title) == "Minutes of Tuesday 8 December 2026"
    assert (len(elements(file, "/H1")), len(elements(file, "/H2"))) == (1, 3)
    headers = elements(file, "/TH")
    assert {str(cell.A.Scope) for cell in headers} == {"/Row"}
    assert len(headers) == len(elements(file, "/TD"))


def test_large_print_has_larger_letters_and_so_more_pages(minutes, staff):
    standard = pdf_of(minutes, staff)
    large = pdf_of(minutes, staff, large_print=True)

    assert large.page_count > standard.page_count
    file = pikepdf.open(io.BytesIO(large.data))
    assert str(file.docinfo.Title) == "Minutes of Tuesday 8 December 2026, large print"


def test_the_task_makes_the_copy_that_was_asked_for(minutes, staff):
    document = documents.ask_for_minutes(minutes=minutes, large_print=False, by=staff)

    tasks.make_minutes_pdf(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.READY
    assert document.file.name == "Minutes of Tuesday 8 December 2026.pdf"


@pytest.fixture
def canary():
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_nothing_that_anybody_typed_makes_the_minutes_fetch_anything(
    minutes, staff, canary, tmp_path
):
    url, asked = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY-4711")
    bait = (
        f'![x]({url}/1.png) <img src="{url}/2.png"> <link rel=stylesheet href="{url}/3.css">'
        f"<style>@import '{url}/4.css'</style> <object data='file://{secret}'></object>"
        f" ![y](file://{secret}) <svg><image href='{url}/5.png'/></svg>"
    )
    meeting = minutes.meeting
    meeting.group.name = bait[:120]
    meeting.group.save()
    meeting.items.update(title=bait[:200])
    minutes.sections.update(text=bait)
    item = meeting.items.get(position=2)
    decision = Decision.objects.create(
        item=item,
        wording=bait,
        how=bait,
        held_by="group",
        rule="consent",
        outcome="agreed",
        quorum_met=True,
    )
    decision.options.create(position=1, text=bait[:300])
    person = meeting.invitations.get().person
    DecisionView.objects.create(
        decision=decision, person=person, stance="concern", words=bait
    )
    minutes.corrections.create(
        section=minutes.sections.first(), asked_for=person, words=bait, asked_by="x"
    )

    made = pdf_of(minutes, staff)

    assert asked == []
    assert made.page_count > 0
    for item in pikepdf.open(io.BytesIO(made.data)).objects:
        if isinstance(item, pikepdf.Stream):
            assert b"CANARY-4711" not in item.read_bytes()
