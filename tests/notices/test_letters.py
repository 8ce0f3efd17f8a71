"""What stands in the PDF of a print run, and in a letter for GOV.UK Notify."""

import io

import pikepdf
import pytest

from coprod.core import pdf, uploads
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from groups.notices import actions, documents, periodic
from groups.notices.documents import NOTIFY_AREA, WINDOW, address_size
from groups.notices.models import Delivery, PrintRun
from groups.people.enums import Language
from groups.people.models import ContactPoint
from tests.factories import DeliveryFactory, PersonFactory, staff_actor
from tests.meetings.pdf_words import words_of

pytestmark = pytest.mark.django_db
LONG = "\n\n".join(["We met and talked about hospital transport. " * 12] * 60)
NINE_LINES = "\n".join(f"Part {number} of where I live" for number in range(8))
HOSTILE = "Dot <script>alert(1)</script> & {{ 7 }} \u202eenil"


def letter(postcode="NS4 2QT", lines="1 Mill Lane\nElmsby", **values):
    size = values.get("print_size", 14)
    person = PersonFactory(
        channel="letter",
        known_as=values.pop("known_as", "Dot"),
        print_size=size,
        language=values.pop("language", Language.ENGLISH),
    )
    ContactPoint.objects.filter(person=person).update(value=lines, postcode=postcode)
    return DeliveryFactory(person=person, channel="letter", **values)


def make():
    """Make the PDF of all letters that wait, as the worker does; return its run and its file."""
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    document = run.document
    for _ in range(20):
        periodic.make_letters_pdf(document_id=document.pk)
        document.refresh_from_db()
        if document.state in (DocumentState.READY, DocumentState.FAILED):
            break
    return PrintRun.objects.select_related("document").get(pk=run.pk)


def opened(run):
    return pikepdf.open(uploads.path_of(run.document.file))


def places():
    rows = Delivery.objects.select_related("person").order_by("pile_number")
    return [(row.pile_number, row.person.known_as, row.page_count) for row in rows]


def html_of(monkeypatch, delivery, make_it=None):
    """The page a letter is made from, instead of the PDF."""
    pages = []
    monkeypatch.setattr(
        pdf, "render_together", lambda given, styles: pages.extend(given)
    )
    documents.build_letters(Document(), [delivery.pk])
    return pages[0]


def test_the_worker_makes_one_tagged_pdf_with_each_letter_on_a_sheet_of_its_own():
    for size in (24, 14, 18):
        letter(print_size=size, known_as=f"Size {size}")

    run = make()

    assert run.document.state == DocumentState.READY
    assert run.document.title.startswith("3 letters, ")
    # Three lists to tick off with an empty page, then three letters, each with an empty back.
    assert run.document.page_count == 10
    with opened(run) as file:
        assert str(file.Root.Lang) == "en-GB"
        assert str(file.docinfo.Title) == run.document.title
        assert "/StructTreeRoot" in file.Root
        kinds = [str(each.S) for each in file.Root.StructTreeRoot.K[0].K]
        assert kinds.count("/Sect") == 3
    assert places() == [(1, "Size 14", 1), (2, "Size 18", 1), (3, "Size 24", 1)]


def test_the_pile_is_numbered_along_the_walk_with_large_envelopes_last():
    letter("NS10 1AA", known_as="Far")
    letter("NS2 1AA", known_as="Near")
    letter("", known_as="No postcode")
    letter("NS1 1AA", known_as="Long", body=LONG)

    run = make()

    assert [name for _, name, _ in places()] == ["Near", "Far", "No postcode", "Long"]
    assert [number for number, _, _ in places()] == [1, 2, 3, 4]
    assert Delivery.objects.get(person__known_as="Long").page_count >= 12
    with opened(run) as file, file.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles[-4:] == ["1. Near", "2. Far", "3. No postcode", "4. Long"]


def test_letters_called_off_before_the_pdf_was_made_are_not_in_it():
    kept, off = letter(known_as="Kept"), letter(known_as="Off")
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    actions.withdraw(
        by=staff_actor(), occasion=None, about=off.notice.about, reason="Off."
    )

    periodic.make_letters_pdf(document_id=run.document.pk)

    kept.refresh_from_db()
    off.refresh_from_db()
    assert (kept.pile_number, kept.page_count) == (1, 1)
    assert (off.pile_number, off.page_count) == (None, None)


def test_a_pile_of_which_nothing_waits_any_more_is_not_made():
    off = letter()
    run = actions.make_print_run(by=staff_actor(), due_before=None)
    actions.withdraw(
        by=staff_actor(), occasion=None, about=off.notice.about, reason="Off."
    )

    periodic.make_letters_pdf(document_id=run.document.pk)

    assert Document.objects.get().state == DocumentState.FAILED


def test_a_letter_that_cannot_be_made_holds_up_nobody(monkeypatch):
    letter(known_as="Good")
    letter(known_as="Poison", body="POISON")
    letter(known_as="Also good")
    lay_out = pdf.render_together

    def broken(pages, styles):
        if any("POISON" in page for page in pages):
            raise RecursionError
        return lay_out(pages, styles=styles)

    monkeypatch.setattr(pdf, "render_together", broken)

    run = make()

    poison = Delivery.objects.get(person__known_as="Poison")
    assert run.document.state == DocumentState.READY
    assert (poison.state, poison.reason) == (
        "failed",
        "This could not be made into a letter.",
    )
    assert poison.print_run is None
    assert [row.person.known_as for row in run.letters.order_by("pile_number")] == [
        *("Also good", "Good")
    ]


def test_each_letter_is_written_in_the_size_and_to_the_name_its_reader_asked_for(
    monkeypatch,
):
    row = letter(
        known_as="Dot <i>Hargreaves</i>",
        print_size=18,
        body="One.\n\nTwo & three.",
        address="Dot <i>Hargreaves</i>\n1 Mill Lane\nElmsby\nNS4 2QT",
    )

    html = html_of(monkeypatch, row)

    assert '<section class="letter size-18 to-window">' in html
    assert '<html lang="en-GB">' in html
    assert (
        "<p>Dot &lt;i&gt;Hargreaves&lt;/i&gt;<br>1 Mill Lane<br>Elmsby<br>NS4 2QT</p>"
        in html
    )
    assert "<p>Dear Dot &lt;i&gt;Hargreaves&lt;/i&gt;,</p>" in html
    assert "<p>One.</p><p>Two &amp; three.</p>" in html
    assert html.index(row.reference) < html.index("Dear")


def test_hostile_words_are_only_words(settings):
    letter(known_as=HOSTILE, lines=f"{HOSTILE}\n{'x' * 400}", body=HOSTILE * 30)

    run = make()

    assert run.document.state == DocumentState.READY
    assert Delivery.objects.get().page_count >= 1


@pytest.mark.parametrize(
    ("address", "size"),
    [
        ("Dot\n1 Mill Lane\nElmsby\nNS4 2QT", 13),
        (f"Dot\n{NINE_LINES}", 9),
        (f"Dot\n{NINE_LINES}\n{NINE_LINES}", 8),
        (f"{'Dorothea ' * 13}\n1 Mill Lane\nElmsby\nNS4 2QT", 11),
    ],
)
def test_an_address_is_as_large_as_the_window_lets_it(address, size):
    assert address_size(address, WINDOW) == size


def test_an_address_of_nine_lines_stays_in_one_letter_of_one_page():
    letter(lines=NINE_LINES)

    make()

    assert places()[0][2] == 1


def for_notify(**values):
    row = letter(**values)
    row.address = (
        f"{row.person.known_as}\n{values.get('lines', '1 Mill Lane')}\nNS4 2QT"
    )
    return row


def test_a_letter_for_notify_is_one_tagged_pdf_of_a4_pages_in_its_own_size():
    row = for_notify(print_size=24, subject="Your invitation")

    data = documents.one_letter(row)

    with pikepdf.open(io.BytesIO(data)) as file:
        assert str(file.docinfo.Title) == "Your invitation"
        assert str(file.Root.Lang) == "en-GB"
        assert "/StructTreeRoot" in file.Root
        for page in file.pages:
            assert [round(float(edge)) for edge in page.mediabox] == [0, 0, 595, 842]


def test_notify_gets_an_address_in_no_more_lines_than_it_reads(monkeypatch):
    row = for_notify(lines=NINE_LINES)
    pages = []

    def keep(given, styles):
        pages.extend(given)
        return pdf.Together(b"", [1])

    monkeypatch.setattr(pdf, "render_together", keep)

    documents.one_letter(row)

    address = pages[0].split('class="address"')[1].split("</p>")[0]
    assert address.count("<br>") == 6
    assert "Part 3 of where I live, Part 4 of where I live, Part 5" in address
    assert "<br>Part 7 of where I live<br>NS4 2QT" in address
    assert address_size(row.address, NOTIFY_AREA) < 10


def test_notify_takes_no_letter_of_more_than_ten_pages_and_none_without_an_address():
    long, nowhere = for_notify(body=LONG), letter()

    with pytest.raises(documents.CannotBePosted, match="more than 10 pages"):
        documents.one_letter(long)
    with pytest.raises(documents.CannotBePosted, match="no address"):
        documents.one_letter(nowhere)


def told_in(file):
    """The language of each paragraph that has one of its own, with its way, in the order read."""
    found = []

    def look(element):
        if "/Lang" in element:
            way = element.get("/A", {}).get("/WritingMode", "")
            found.append((str(element.Lang), str(way)))
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                look(kid)

    look(file.Root.StructTreeRoot.K[0])
    return found


def test_each_letter_of_a_mixed_run_is_addressed_in_its_readers_own_language():
    letter("NS1 1AA", known_as="Agnieszka", language="pl", body="The bus is at 10am.")
    letter("NS2 1AA", known_as="Dot")
    letter("NS3 1AA", known_as="Owen", language="cy", print_size=18)
    letter("NS4 1AA", known_as="Samira", language="ar")

    run = make()

    words = words_of(uploads.path_of(run.document.file).read_bytes())
    for said in (
        "Dzień dobry, Agnieszka,",
        "Ta wiadomość od Your Voice jest po angielsku.",
        "Z serdecznymi pozdrowieniami",
        "The bus is at 10am.",
        "Dear Dot,",
        "Annwyl Owen,",
        "Cofion gorau,",
    ):
        assert words.count(said) == 1
    assert words.count("With best wishes,") == 1
    with opened(run) as file:
        assert str(file.Root.Lang) == "en-GB"
        assert told_in(file) == [
            *[("pl", "")] * 3,
            *[("ar", "/RlTb")] * 3,
            *[("cy", "")] * 3,
        ]


def test_the_list_says_which_letters_need_a_translation():
    letter("NS1 1AA", known_as="Agnieszka", language="pl")
    letter("NS2 1AA", known_as="Dot")

    run = make()

    words = words_of(uploads.path_of(run.document.file).read_bytes())
    assert words.count("Polish: enclose") == 1
    assert words.count("interpreter") == 1


def empty_boxes(caplog):
    """What was drawn as an empty box, because no typeface of ours has it."""
    return [each for each in caplog.messages if "notdef" in each]


def test_nothing_of_a_letter_in_any_language_is_an_empty_box(caplog):
    for language in Language.values:
        letter(language=language, known_as=f"Reads {language}")

    make()

    assert len(places()) == len(Language)
    assert empty_boxes(caplog) == []


def test_an_empty_box_would_be_found(caplog):
    letter(body="বাংলা")

    make()

    assert len(empty_boxes(caplog)) == 5


def test_a_letter_through_notify_is_addressed_in_its_readers_language():
    row = for_notify(language="tr", known_as="Emine")

    words = words_of(documents.one_letter(row))

    assert "Sayın Emine," in words
    assert "Saygılarımızla," in words
