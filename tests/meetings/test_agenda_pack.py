import io

import pikepdf
import pytest
from django.urls import reverse

from coprod.core import pdf
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from meetings import documents, tasks
from meetings.actions import agenda
from meetings.enums import ItemPurpose, MeetingState
from tests.factories import (
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    PaperFactory,
    actor_for_person,
    member_with_account,
    staff_actor,
)

pytestmark = pytest.mark.django_db


def meeting_with_a_paper():
    meeting = MeetingFactory(state=MeetingState.PLANNED)
    item = AgendaItemFactory(meeting=meeting, position=1, title="Which leaflet?")
    PaperFactory(item=item, title="The two leaflets", body="Leaflet A and leaflet B.")
    return meeting


def test_the_worker_makes_the_pack_and_the_member_opens_it(client_as):
    marian, account = member_with_account()
    meeting = InvitationFactory(person=marian).meeting
    PaperFactory(item=AgendaItemFactory(meeting=meeting, position=1))
    client = client_as(account)
    asked = client.post(
        reverse("meetings:pack-ask", args=[meeting.reference]), {"size": "large"}
    )
    document = Document.objects.get()

    tasks.make_agenda_pack(document_id=document.pk)

    document.refresh_from_db()
    page = client.get(asked.url).content.decode()
    fetched = client.get(f"{asked.url}file/")
    assert document.state == DocumentState.READY
    assert "Ready: the pack." in page
    assert "refresh" not in page
    with pikepdf.open(io.BytesIO(b"".join(fetched.streaming_content))) as made:
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang).startswith("en")
        assert len(made.pages) == document.page_count
    _, other = member_with_account()
    assert client_as(other).get(f"{asked.url}file/").status_code == 404


def test_a_pack_that_could_not_be_made_says_so_and_offers_another_try(client_as):
    marian, account = member_with_account()
    meeting = InvitationFactory(person=marian).meeting
    client = client_as(account)
    asked = client.post(reverse("meetings:pack-ask", args=[meeting.reference]))
    Document.objects.update(state=DocumentState.FAILED, problem="gave up")

    page = client.get(asked.url).content.decode()

    assert "We could not make the pack." in page
    assert "Try again" in page
    assert client.get(f"{asked.url}file/").status_code == 404


def test_the_pack_holds_the_agenda_and_the_words_of_the_papers():
    meeting = meeting_with_a_paper()

    html = pdf.html_of(
        "pdf/agenda_pack.html",
        {
            "meeting": meeting,
            "agenda": documents.queries.agenda_of(meeting),
            "title": "Agenda pack",
            "large_print": True,
        },
    )

    assert "1. Which leaflet?" in html
    assert "Leaflet A and leaflet B." in html
    assert '<th scope="row"' in html
    assert 'class="size-18"' in html


def test_the_same_agenda_gives_the_same_pack_and_a_changed_one_a_new_pack():
    meeting, worker = meeting_with_a_paper(), staff_actor()
    first = documents.ask_for_agenda_pack(meeting=meeting, large_print=False, by=worker)
    same = documents.ask_for_agenda_pack(meeting=meeting, large_print=False, by=worker)
    agenda.add_item(
        by=worker, meeting=meeting, title="Close", purpose=ItemPurpose.DISCUSSION
    )

    changed = documents.ask_for_agenda_pack(
        meeting=meeting, large_print=False, by=worker
    )

    assert same == first
    assert changed != first


def test_each_person_has_her_own_pack():
    meeting = meeting_with_a_paper()
    hers = actor_for_person(InvitationFactory(meeting=meeting).person)

    first = documents.ask_for_agenda_pack(
        meeting=meeting, large_print=False, by=staff_actor()
    )
    second = documents.ask_for_agenda_pack(meeting=meeting, large_print=False, by=hers)

    assert first != second
