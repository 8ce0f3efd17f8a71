"""The words of messages are kept for 90 days; that somebody was told, when and how, for longer."""

import datetime as dt
import time

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from coprod.core import documents, parts
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from groups.notices.actions.printing import LETTERS_TASK
from groups.notices.enums import IN_TROUBLE, OPEN
from groups.notices.models import Delivery, DeliveryQuerySet, PrintRun

_AT_A_TIME = 500


def remove_old_words(*, now: dt.datetime, seconds: float | None = None) -> int:
    """Remove the words, address, calendar and link of messages that ended long enough ago.

    A message ended when it went out; one that never did, at its time. What still waits, and what
    nobody has dealt with, keeps its words, so that it can be sent. The subject stays: it names no
    person and nobody's health. In pieces of 500, so that it may be stopped and go on where it was;
    it stops by itself after `seconds`. Returns how many messages lost their words.
    """
    started = time.monotonic()
    removed = 0
    old = _ended_before(now - settings.WORDS_KEPT)
    while seconds is None or time.monotonic() - started < seconds:
        piece = list(old.values_list("pk", flat=True)[:_AT_A_TIME])
        if not piece:
            break
        removed += old.filter(pk__in=piece).update(
            body="",
            text_body="",
            calendar="",
            address="",
            link_path="",
            words_removed_at=now,
        )
    return removed


def _ended_before(moment: dt.datetime) -> DeliveryQuerySet:
    in_somebodys_hands = Q(state__in=OPEN) | Q(
        state__in=IN_TROUBLE, dealt_with_at__isnull=True
    )
    return (
        Delivery.objects.filter(words_removed_at__isnull=True)
        .filter(Q(sent_at__lt=moment) | Q(sent_at__isnull=True, due_at__lt=moment))
        .exclude(in_somebodys_hands)
        .order_by("pk")
    )


def remove_old_pdfs(*, now: dt.datetime, seconds: float | None = None) -> int:
    """Remove the PDFs of piles none of whose letters keeps its words; the pile itself stays.

    A pile that was put back has no letters any more, and its PDF goes as many days after it was
    made. One PDF at a time, so that it may be stopped and go on where it was; it stops by itself
    after `seconds`. Returns how many PDFs it removed.
    """
    started = time.monotonic()
    removed = 0
    for document in _old_pdfs(now - settings.WORDS_KEPT):
        if seconds is not None and time.monotonic() - started >= seconds:
            break
        parts.throw_away(document)
        removed += documents.remove(document, now=now)
    return removed


def _old_pdfs(moment: dt.datetime) -> QuerySet[Document]:
    with_words = Delivery.objects.filter(
        print_run=OuterRef("pk"), words_removed_at__isnull=True
    )
    runs = PrintRun.objects.filter(~Exists(with_words), made_at__lt=moment)
    return (
        Document.objects.filter(
            task=LETTERS_TASK,
            about__in=runs.values("reference"),
            state__in=[DocumentState.READY, DocumentState.FAILED],
        )
        .select_related("file")
        .order_by("pk")
    )
