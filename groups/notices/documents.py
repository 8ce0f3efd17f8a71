from django.conf import settings

from coprod.core import dates, pdf
from coprod.core.models import Document
from coprod.core.pdf import Made
from groups.notices.enums import DeliveryState
from groups.notices.models import PrintRun


def build_letters(document: Document) -> Made:
    """Return one PDF with every letter of a pile that is still to go, each on pages of its own."""
    run = PrintRun.objects.get(reference=document.about)
    waiting = run.letters.filter(state=DeliveryState.PLANNED)
    letters = list(waiting.select_related("person").order_by("due_at", "pk"))
    if not letters:
        raise ValueError("no letter of this pile is waiting any more")
    context = {
        "title": document.title,
        "letters": letters,
        "date": dates.today(),
        "HELP_TEXT": settings.HELP_TEXT,
    }
    return pdf.render("pdf/letters.html", context)
