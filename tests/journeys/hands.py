"""What a person does with a page: read it, fill in its boxes, press its buttons.

Everything is found by the words on the page, never by an id or an address that a page does not
show, so that a journey is walked the way a person walks it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page

MAIL = "/demonstration/mail/"
PROBLEM = "There is a problem"


def named(words: str) -> re.Pattern[str]:
    """Match a label or legend in full, whether or not the page adds that it may be left empty."""
    return re.compile(rf"^\s*{re.escape(words)}( \(optional\))?\s*$")


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Type each answer into the box with that label; a date goes into its three boxes."""
    for label, answer in answers.items():
        if isinstance(answer, dt.date):
            boxes = page.get_by_role("group", name=named(label))
            parts = {"Day": answer.day, "Month": answer.month, "Year": answer.year}
            for part, number in parts.items():
                boxes.get_by_label(part, exact=True).fill(str(number))
        elif isinstance(answer, Path):
            page.get_by_label(named(label)).set_input_files(answer)
        else:
            page.get_by_label(named(label)).fill(str(answer))


def choose(page: Page | Locator, question: str, *options: str) -> None:
    """Choose under a question; more than one where it takes ticks."""
    group = page.get_by_role("group", name=named(question))
    for option in options:
        group.get_by_label(option, exact=True).check()


def tick(page: Page, label: str) -> None:
    page.get_by_label(named(label)).check()


def pick(page: Page, label: str, option: str) -> None:
    page.get_by_label(named(label)).select_option(label=option)


def press(page: Page, button: str) -> None:
    """Press a button and see that the page that follows finds nothing wrong."""
    found = page.get_by_role("button", name=re.compile(f"^{re.escape(button)}"))
    with page.expect_navigation():
        found.first.click()
    sees_no_problem(page)


def follow(page: Page, link: str) -> None:
    found = page.get_by_role("link", name=re.compile(f"^{re.escape(link)}"))
    with page.expect_navigation():
        found.first.click()
    sees_no_problem(page)


def sees_no_problem(page: Page) -> None:
    words = page.locator("body").inner_text()
    assert PROBLEM not in words, words
    assert "something went wrong" not in words.lower(), words


def words_of(page: Page) -> str:
    """Return what stands on the page, with every gap as one space."""
    return " ".join(page.locator("main").inner_text().split())


def sees(page: Page, *words: str) -> None:
    shown = words_of(page)
    for each in words:
        assert " ".join(each.split()) in shown, (each, shown)


def sees_not(page: Page, *words: str) -> None:
    shown = words_of(page)
    for each in words:
        assert each not in shown, (each, shown)


def code_in_the_mail(page: Page, base: str, address: str) -> str:
    """Read the newest sign-in code sent to an address off the demonstration's mail page."""
    page.goto(base + MAIL)
    row = page.get_by_role("row").filter(has_text=address).first
    row.get_by_role("link").click()
    found = re.search(r"\b\d{3} ?\d{3}\b", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found.group().replace(" ", "")


def download(page: Page, link: str) -> bytes:
    """Take the file a link on the page leads to, with the page's own cookies."""
    found = page.get_by_role("link", name=re.compile(re.escape(link))).first
    address = found.get_attribute("href")
    assert address
    answer = page.request.get(urljoin(page.url, address))
    assert answer.ok, answer.status
    body: bytes = answer.body()
    return body
