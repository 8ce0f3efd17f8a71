"""The checks of the keyboard journeys can fail: shown on pages made wrong on purpose."""

import pytest
from playwright.sync_api import Page

from tests.journeys import keys

pytestmark = pytest.mark.browser


def test_a_focus_that_cannot_be_seen_is_noticed(page: Page) -> None:
    page.set_content(
        "<style>a { outline: none }</style><a href='#a'>Read the paper</a>"
    )
    with pytest.raises(AssertionError, match="cannot be seen"):
        keys.tab_to(page, "Read the paper")


def test_a_focus_that_can_be_seen_is_taken(page: Page) -> None:
    page.set_content("<a href='#a'>Home</a><a href='#b'>Read the paper</a>")
    assert keys.tab_to(page, "Read the paper").words == "Read the paper"


def test_a_trap_is_noticed(page: Page) -> None:
    page.set_content(
        "<a href='#a'>Home</a><a href='#b'>Read</a><script>"
        "document.addEventListener('keydown', (event) => {"
        " if (document.activeElement.innerText === 'Home') event.preventDefault(); });"
        "</script>"
    )
    with pytest.raises(AssertionError, match="trapped"):
        keys.tab_to(page, "Read")


def test_something_that_takes_no_focus_is_noticed(page: Page) -> None:
    page.set_content(
        "<a href='#a'>Home</a><a href='#b'>Help</a><p onclick='x()'>Read the paper</p>"
    )
    with pytest.raises(AssertionError, match="never came"):
        keys.tab_to(page, "Read the paper")
