"""Long PDFs, made part by part and then joined.

Each part is kept as soon as it is made, and after a while the worker turns to other work and is
rung again. A worker that is killed loses one part. A thing that cannot be made is found by trying
it alone, and is left out.
"""

import itertools
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coprod.core import documents
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from coprod.core.pdf import Made, Together

log = logging.getLogger(__name__)
# The worker is stopped after 60 seconds; the last part and the joining come after these.
WORKER_SECONDS = 20.0
PER_PART = 20
# When more things than this cannot be made, it is not the things that are broken.
MOST_LEFT_OUT = 5


class TooMuchLeftOut(Exception):
    pass


@dataclass(frozen=True)
class Placed:
    """Where one thing stands in a part: from which page on (the first is 0), and how many pages."""

    path: Path
    first: int
    count: int


@dataclass(frozen=True)
class Job:
    """What a long document is made of. `build` and `join` may write nothing but their answer.

    `wanted` returns the keys of what is to be in it. `build` makes the part of some of them.
    `join` is given where each key was placed and which were left out.
    """

    wanted: Callable[[Document], Sequence[int]]
    build: Callable[[Document, Sequence[int]], Together]
    join: Callable[[Document, dict[int, Placed], Sequence[int]], Made]


@dataclass
class _Progress:
    placed: dict[int, Placed] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)

    def lacks(self, wanted: Sequence[int]) -> list[int]:
        known = self.placed.keys() | set(self.left_out)
        return [key for key in wanted if key not in known]


def make(*, document_id: int, job: Job) -> None:
    """Claim one waiting document and go on with it where the last worker stopped.

    Safe to run twice: one of two claims wins. Stops after a while and rings again, so that nothing
    else waits long.
    """
    document = documents.claim(document_id)
    if document is None:
        return
    started = time.monotonic()
    try:
        wanted = job.wanted(document)
        documents.ours(document).update(total_count=len(wanted))
        while missing := _read(document).lacks(wanted):
            if time.monotonic() - started > WORKER_SECONDS:
                _pause(document, attempts=0)
                return
            if not _add_part(document, missing, job):
                return
        known = _read(document)
        documents.finish(document, job.join(document, known.placed, known.left_out))
    except Exception as problem:  # noqa: BLE001 - whatever broke, the page must say so
        documents.give_up(document, problem)
    throw_away(document)


def _add_part(document: Document, missing: Sequence[int], job: Job) -> bool:
    """Make one part more and keep it. Return False when it broke and is to be tried again."""
    keys = missing[:PER_PART] if document.attempts <= 1 else missing[:1]
    if document.attempts >= documents.MAX_ATTEMPTS:
        _leave_out(document, keys)
        return True
    try:
        made = job.build(document, keys)
    except (
        Exception
    ):  # the next try takes one thing alone, and then leaves that one out
        log.exception("a part of document %s could not be made", document.reference)
        _pause(document, attempts=document.attempts)
        return False
    path = _folder(document) / f"{len(document.parts) + 1}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        handle.write(made.data)
        handle.flush()
        os.fsync(handle.fileno())
    pages = [list(pair) for pair in zip(keys, made.page_counts, strict=True)]
    _note(document, {"file": path.name, "pages": pages})
    return True


def _leave_out(document: Document, keys: Sequence[int]) -> None:
    log.error("document %s is made without %s", document.reference, keys)
    _note(document, {"left_out": list(keys)})
    if len(_read(document).left_out) > MOST_LEFT_OUT:
        raise TooMuchLeftOut


def _note(document: Document, part: dict[str, object]) -> None:
    document.parts = [*document.parts, part]
    document.attempts = 1
    document.done_count = len(_read(document).placed)
    documents.ours(document).update(
        parts=document.parts,
        done_count=document.done_count,
        attempts=document.attempts,
        claimed_until=timezone.now() + documents.LEASE,
    )


def _pause(document: Document, *, attempts: int) -> None:
    with transaction.atomic():
        documents.ours(document).update(
            state=DocumentState.QUEUED, attempts=attempts, claimed_until=None
        )
        transaction.on_commit(lambda: documents.ring(document))


def _read(document: Document) -> _Progress:
    """Return what there is. A part whose file is gone is made again."""
    known = _Progress()
    for part in document.parts:
        known.left_out += part.get("left_out", [])
        path = _folder(document) / part.get("file", "")
        if not path.is_file():
            continue
        keys, counts = zip(*part["pages"], strict=True)
        known.placed |= _places(path, keys, counts)
    return known


def _places(
    path: Path, keys: Sequence[int], counts: Sequence[int]
) -> Iterator[tuple[int, Placed]]:
    firsts = itertools.accumulate(counts, initial=0)
    for key, first, count in zip(keys, firsts, counts, strict=False):
        yield key, Placed(path, first, count)


def _folder(document: Document) -> Path:
    return Path(settings.FILES_DIR) / "parts" / document.reference


def throw_away(document: Document) -> None:
    """Remove the parts of a document that is made, or is made no more."""
    for part in document.parts:
        if "file" in part:
            (_folder(document) / part["file"]).unlink(missing_ok=True)
    if _folder(document).is_dir():
        _folder(document).rmdir()
