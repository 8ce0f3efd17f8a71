import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from coprod.core import uploads
from coprod.core.actors import Actor


def photo(name: str = "receipt.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    image = Image.new("RGB", (640, 480), "white")
    exif = image.getexif()
    exif[0x010F] = "A camera that tells"
    out = io.BytesIO()
    image.save(out, format=kind, exif=exif.tobytes() if kind == "JPEG" else b"")
    return SimpleUploadedFile(name, out.getvalue())


def test_a_photo_is_taken_and_says_no_more_about_where_it_was_taken() -> None:
    data = uploads.check(photo(), uploads.RECEIPT)

    assert b"A camera that tells" not in data
    assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.jpg", b"", "empty"),
        ("virus.jpg", b"MZ" + b"\x00" * 600, "something else"),
        ("page.png", b"<html><script>alert(1)</script></html>", "something else"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "something else"),
        ("photo.exe", photo().read(), "something else"),
        ("photo.pdf", photo().read(), "something else"),
        ("broken.jpg", photo().read()[:200], "cannot open"),
        ("locked.pdf", b"%PDF-1.7 /Encrypt 5 0 R", "locked"),
        ("run.sh", b"#!/bin/sh", "something else"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_a_reason(
    name: str, data: bytes, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        uploads.check(SimpleUploadedFile(name, data), uploads.RECEIPT)


def test_a_40_mb_file_is_refused_with_its_size() -> None:
    big = SimpleUploadedFile(
        "big.jpg", b"\xff\xd8\xff" + b"0" * (40 * uploads.MEGABYTE)
    )

    with pytest.raises(ValidationError, match="40 MB. Choose one smaller than 10 MB"):
        uploads.check(big, uploads.RECEIPT)


@pytest.mark.django_db
def test_a_kept_file_lies_under_a_random_name() -> None:
    stored = uploads.keep(
        data=b"%PDF-1.7",
        name="../../etc/passwd",
        content_type="application/pdf",
        by=Actor.system("test"),
    )

    assert uploads.path_of(stored).read_bytes() == b"%PDF-1.7"
    assert (stored.name, stored.size) == ("passwd", 8)
    assert "passwd" not in stored.path
