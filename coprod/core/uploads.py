"""Files people give us: looked at for what they are, stripped of where they were taken, kept apart."""

import hashlib
import io
import os
import uuid
import warnings
from dataclasses import dataclass
from pathlib import Path

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from coprod.core.actors import Actor
from coprod.core.models import StoredFile

MEGABYTE = 1024 * 1024
_IMAGES = {
    "image/jpeg": ("JPEG", ".jpg"),
    "image/png": ("PNG", ".png"),
    "image/webp": ("WEBP", ".webp"),
}
_MAX_PIXELS = 60_000_000
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Kind:
    """What a field takes: extensions by real content type, and how big."""

    types: dict[str, tuple[str, ...]]
    most_bytes: int
    words: str


RECEIPT = Kind(
    {
        "image/jpeg": (".jpg", ".jpeg"),
        "image/png": (".png",),
        "image/webp": (".webp",),
        "application/pdf": (".pdf",),
    },
    10 * MEGABYTE,
    "a photo (JPG, PNG or WebP) or a PDF",
)
PAPER = Kind(
    {"application/pdf": (".pdf",), _DOCX: (".docx",)},
    20 * MEGABYTE,
    "a PDF or a Word document",
)


def check(upload: UploadedFile, kind: Kind) -> bytes:
    """Return the clean bytes of an upload, images re-encoded so that no location is left.

    Raises ValidationError with a sentence for the field: empty, too big, not what its name says,
    not a kind we take, or a picture that cannot be read.
    """
    name = upload.name or ""
    size = upload.size or 0
    if size == 0:
        raise ValidationError("This file is empty. Choose another one.")
    if size > kind.most_bytes:
        raise ValidationError(
            f"This file is {size / MEGABYTE:.0f} MB. Choose one smaller than {kind.most_bytes // MEGABYTE} MB."
        )
    data = upload.read()
    guessed = filetype.guess_mime(data[:8192]) or ""
    if guessed == "application/zip" and name.lower().endswith(".docx"):
        guessed = _DOCX
    extensions = kind.types.get(guessed)
    if extensions is None or not name.lower().endswith(extensions):
        raise ValidationError(f"Choose {kind.words}. This file is something else.")
    if guessed in _IMAGES:
        data = _re_encode(data, guessed)
    elif guessed == "application/pdf" and b"/Encrypt" in data:
        raise ValidationError(
            "This PDF is locked with a password. Choose one that opens without."
        )
    elif guessed == _DOCX and b"vbaProject" in data:
        raise ValidationError("This document holds macros. Save it without them first.")
    return data


def _re_encode(data: bytes, content_type: str) -> bytes:
    pil_format, _ = _IMAGES[content_type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(data))
            if image.width * image.height > _MAX_PIXELS:
                raise ValidationError(
                    "This picture is too large to open. Choose a smaller one."
                )
            image = ImageOps.exif_transpose(image)
            image.thumbnail((2400, 2400))
            if pil_format == "JPEG":
                image = image.convert("RGB")
            out = io.BytesIO()
            image.save(out, format=pil_format)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as problem:
        raise ValidationError(
            "We cannot open this picture. Choose another one."
        ) from problem
    return out.getvalue()


def keep(*, data: bytes, name: str, content_type: str, by: Actor) -> StoredFile:
    """Write the bytes under a random name and return their row.

    The file is on disk, whole, before the row exists; a file without a row is swept later.
    """
    reference = uuid.uuid4()
    relative = f"{reference.hex[:2]}/{reference.hex}"
    target = Path(settings.FILES_DIR) / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(target)
    return StoredFile.objects.create(
        reference=reference,
        name=Path(name).name[-150:],
        content_type=content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        path=relative,
        stored_by=by.user,
    )


def keep_upload(*, upload: UploadedFile, data: bytes, by: Actor) -> StoredFile:
    """Keep an upload whose bytes `check` has returned."""
    content_type = filetype.guess_mime(data[:8192]) or "application/octet-stream"
    if content_type == "application/zip":
        content_type = _DOCX
    return keep(data=data, name=upload.name or "file", content_type=content_type, by=by)


def remove(stored: StoredFile) -> None:
    """Remove a kept file and its row, to which nothing points any more. Safe to run twice."""
    path_of(stored).unlink(missing_ok=True)
    StoredFile.objects.filter(pk=stored.pk).delete()


def path_of(stored: StoredFile) -> Path:
    return Path(settings.FILES_DIR) / stored.path
