"""PDFs made by the worker while the page shows how far they are.

The row is the queue; the task is only a bell, and the sweep rings again for what it missed.
"""

import datetime as dt
import logging
from collections.abc import Callable

from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from coprod.core import audit, uploads
from coprod.core.actors import Actor
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from coprod.core.pdf import Made

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=100)
MAX_ATTEMPTS = 3


def ask_for(
    *,
    task: str,
    kind: str,
    about: str,
    title: str,
    version: str,
    large_print: bool,
    by: Actor,
) -> Document:
    """Return the document of this kind about this thing, asking the worker for a new one if needed.

    A ready or waiting document of the same version is given again to the account that asked for it,
    while it acts as the same person.
    """
    same = (
        Document.objects.filter(
            kind=kind,
            about=about,
            version=version,
            large_print=large_print,
            asked_by=by.user,
            asked_for_person_id=by.person_id,
        )
        .exclude(state__in=[DocumentState.FAILED, DocumentState.REMOVED])
        .order_by("-pk")
        .first()
    )
    if same:
        return same
    document = Document.objects.create(
        task=task,
        kind=kind,
        about=about,
        version=version,
        title=title,
        large_print=large_print,
        asked_by=by.user,
        asked_for_person_id=by.person_id,
    )
    audit.record(by=by, verb="asked for", on=document, changes={"about": ["", about]})
    transaction.on_commit(lambda: ring(document))
    return document


def ring(document: Document) -> None:
    """Tell the worker to look. Never fails the request: the sweep finds what was missed."""
    try:
        current_app.send_task(document.task, kwargs={"document_id": document.pk})
    except Exception as problem:  # noqa: BLE001 - whatever the broker throws, the row is the queue
        log.warning("could not ring the worker: %s", type(problem).__name__)


def claim(document_id: int) -> Document | None:
    """Take one waiting document for ourselves, or return None when another worker has it."""
    now = timezone.now()
    claimed = Document.objects.filter(
        Q(state=DocumentState.QUEUED)
        | Q(state=DocumentState.MAKING, claimed_until__lt=now),
        pk=document_id,
    ).update(
        state=DocumentState.MAKING,
        claimed_until=now + LEASE,
        attempts=F("attempts") + 1,
    )
    return Document.objects.get(pk=document_id) if claimed else None


def finish(document: Document, made: Made) -> None:
    """Keep what was made, and say on the row that it is ready."""
    stored = uploads.keep(
        data=made.data,
        name=f"{document.title}.pdf",
        content_type="application/pdf",
        by=Actor.system("documents"),
    )
    ours(document).update(
        state=DocumentState.READY,
        file=stored,
        page_count=made.page_count,
        claimed_until=None,
    )


def give_up(document: Document, problem: Exception) -> None:
    """Say on the row that it could not be made."""
    log.error("document %s could not be made", document.reference, exc_info=problem)
    ours(document).update(
        state=DocumentState.FAILED,
        problem=type(problem).__name__,
        claimed_until=None,
    )


def ours(document: Document) -> QuerySet[Document]:
    return Document.objects.filter(pk=document.pk, state=DocumentState.MAKING)


def make(*, document_id: int, build: Callable[[Document], Made]) -> None:
    """Claim one waiting document, build it and keep it. Safe to run twice: one of two claims wins."""
    document = claim(document_id)
    if document is None:
        return
    try:
        finish(document, build(document))
    except Exception as problem:  # noqa: BLE001 - whatever broke, the page must say so
        give_up(document, problem)


def remove(document: Document, *, now: dt.datetime) -> bool:
    """Remove what was made and say on the row when; tell whether it was still there to remove.

    A document that is still to be made is left alone. The row lets go of its file only together with
    the file, so that what was stopped half way is found and finished the next time.
    """
    with transaction.atomic():
        gone = Document.objects.filter(
            pk=document.pk, state__in=[DocumentState.READY, DocumentState.FAILED]
        ).update(state=DocumentState.REMOVED, file=None, removed_at=now)
        if gone and document.file is not None:
            uploads.remove(document.file)
    return bool(gone)


def sweep(*, now: dt.datetime) -> int:
    """Ring again for documents nobody has made. Gives up after three tries, visibly."""
    waiting = Document.objects.filter(
        Q(state=DocumentState.QUEUED, asked_at__lt=now - dt.timedelta(seconds=30))
        | Q(state=DocumentState.MAKING, claimed_until__lt=now)
    )
    waiting.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=DocumentState.FAILED, problem="gave up", claimed_until=None
    )
    rung = 0
    for document in waiting.filter(attempts__lt=MAX_ATTEMPTS).order_by("pk"):
        ring(document)
        rung += 1
    return rung
