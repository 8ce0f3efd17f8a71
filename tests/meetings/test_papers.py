import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coprod.core.enums import Role
from meetings.enums import MeetingState
from meetings.models import Paper, PaperFile
from tests.factories import (
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    PaperFactory,
    member_with_account,
)

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def item_to_come():
    return AgendaItemFactory(meeting=MeetingFactory(state=MeetingState.PLANNED))


def add_url(item):
    return reverse("meetings:paper-add", args=[item.meeting.reference, item.pk])


def test_a_paper_with_words_and_a_file_is_read_and_fetched_by_a_member(client_as):
    item = item_to_come()
    client_as(Role.INVOLVEMENT).post(
        add_url(item),
        {
            "title": "What we found",
            "author": "Tom Ashworth",
            "body": "# Findings\n\n* It beeps\n\n<script>alert(1)</script>",
            "file": SimpleUploadedFile("found.pdf", PDF),
            "file_label": "Easy read",
        },
    )
    copy = PaperFile.objects.select_related("paper", "file").get()
    item.meeting.state = MeetingState.PUBLISHED
    item.meeting.published_at, item.meeting.published_by = (
        item.meeting.planned_at,
        item.meeting.planned_by,
    )
    item.meeting.save()
    marian, account = member_with_account()
    InvitationFactory(meeting=item.meeting, person=marian)
    member, ref = client_as(account), item.meeting.reference

    page = member.get(
        reverse("meetings:paper-detail", args=[ref, copy.paper_id])
    ).content.decode()
    url = reverse("meetings:paper-file", args=[ref, copy.paper_id, copy.pk])
    fetched = member.get(url)

    assert "<h3>Findings</h3>" in page
    assert "<script>alert" not in page
    assert "Easy read" in page
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched["Content-Disposition"] == 'attachment; filename="found.pdf"'
    _, stranger = member_with_account()
    assert client_as(stranger).get(url).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("paper.pdf", b"", "empty"),
        ("paper.pdf", b"MZ\x90\x00" + b"\0" * 400, "This file is something else."),
        ("paper.exe", PDF, "This file is something else."),
        ("paper.pdf", PDF + b"0" * (40 * 1024 * 1024), "This file is 40 MB."),
    ],
)
def test_a_file_we_cannot_take_gets_a_sentence_and_the_words_stay(
    client_as, name, data, words
):
    item = item_to_come()

    answer = client_as(Role.INVOLVEMENT).post(
        add_url(item),
        {
            "title": "What we found",
            "body": "Eleven people tried it.",
            "file": SimpleUploadedFile(name, data),
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count(words) >= 2
    assert "Eleven people tried it." in page
    assert not Paper.objects.exists()


def test_a_word_document_is_taken_and_one_with_macros_is_not(client_as):
    item, client = item_to_come(), client_as(Role.INVOLVEMENT)

    for title, inside in (
        ("Plain", "word/document.xml"),
        ("Macros", "word/vbaProject.bin"),
    ):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(inside, "x")
        upload = SimpleUploadedFile("paper.docx", held.getvalue())
        client.post(
            add_url(item), {"title": title, "file": upload, "file_label": "Standard"}
        )

    assert Paper.objects.get().title == "Plain"
    assert PaperFile.objects.get().kind == "Word"


def test_a_paper_without_words_or_a_file_asks_for_one(client_as):
    answer = client_as(Role.INVOLVEMENT).post(
        add_url(item_to_come()), {"title": "Nothing"}
    )

    assert "Write the paper here, or choose a file." in answer.content.decode()
    assert not Paper.objects.exists()


def test_staff_change_a_paper_and_take_it_away(client_as):
    paper = PaperFactory(item=item_to_come())
    client, args = client_as(Role.INVOLVEMENT), [paper.item.meeting.reference, paper.pk]

    client.post(
        reverse("meetings:paper-edit", args=args),
        {"title": "Both leaflets", "body": "Two."},
    )
    paper.refresh_from_db()
    assert (paper.title, paper.body) == ("Both leaflets", "Two.")

    assert client.get(reverse("meetings:paper-remove", args=args)).status_code == 200
    client.post(reverse("meetings:paper-remove", args=args))
    assert not Paper.objects.exists()


def test_hostile_words_are_shown_as_words(client_as):
    body = "<img src=x onerror=alert(1)> \u202egnirts 😀 " + "a" * 10_000
    item = item_to_come()

    client_as(Role.INVOLVEMENT).post(
        add_url(item), {"title": "<b>Bold</b>", "body": body}
    )

    paper = Paper.objects.get()
    page = client_as(Role.INVOLVEMENT).get(
        reverse("meetings:paper-detail", args=[item.meeting.reference, paper.pk])
    )
    words = page.content.decode()
    assert "<img src=x" not in words
    assert "&lt;b&gt;Bold&lt;/b&gt;" in words
    assert "\u202e" not in words
    assert "😀" in words


def test_a_direction_mark_in_a_title_does_not_turn_the_words_after_it_round(client_as):
    item = item_to_come()

    client_as(Role.INVOLVEMENT).post(
        add_url(item),
        {"title": "What \u202ewe\u2066 heard", "author": "Tom\u202e", "body": "Words"},
    )

    paper = Paper.objects.get()
    assert (paper.title, paper.author) == ("What we heard", "Tom")
