"""What the small script of every page does, and what it leaves alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FORM = """
<form method="post" action="/nowhere/"><button type="submit" id="go">Go</button></form>
<script type="module" src="/app.js"></script>
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def pressed(page: Page, presses: int, apart: int) -> int:
    """Open a page with the script and one form, press its button, and count what was sent."""
    script = Path(settings.BASE_DIR, "static/js/app.js").read_text("utf-8")
    sent: list[str] = []
    page.route(
        "http://page.test/**",
        lambda route: route.fulfill(
            status=204 if route.request.method == "POST" else 200,
            content_type="text/javascript"
            if "app.js" in route.request.url
            else "text/html",
            body=script if "app.js" in route.request.url else FORM,
        ),
    )
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.goto("http://page.test/")
    for _ in range(presses):
        page.evaluate("document.getElementById('go').click()")
        page.wait_for_timeout(apart)
    return len(sent)


def test_a_press_that_trembles_sends_once(page: Page) -> None:
    assert pressed(page, presses=3, apart=100) == 1


def test_a_second_wish_a_little_later_is_sent_too(page: Page) -> None:
    assert pressed(page, presses=2, apart=1200) == 2
