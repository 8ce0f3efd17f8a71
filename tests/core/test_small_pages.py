import gzip

import pytest

from coprod.core.enums import Role

pytestmark = pytest.mark.django_db


def test_page_is_sent_compressed_to_a_browser_that_asks(client):
    plain = client.get("/help/")

    small = client.get("/help/", headers={"accept-encoding": "gzip"})

    assert small["Content-Encoding"] == "gzip"
    assert b"<h1" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain


def test_file_is_sent_as_it_is(client_as):
    client = client_as(Role.FINANCE)

    response = client.get("/reports/paid.csv", headers={"accept-encoding": "gzip"})

    assert "Content-Encoding" not in response
    assert b"Month" in response.getvalue()
