"""Follow every link from the first page of somebody, and post every form empty."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

from tests.browser.page_checks import (
    Findings,
    check_error_summary,
    check_page,
    check_skip_link,
)
from tests.browser_fixtures import World

# Of the pages at one address pattern, this many differ enough to look at.
PAGES_OF_A_KIND = 2
CHOOSE = "/me/who/"
NOWHERE = "/nothing-is-here/"
GALLERY = "/demonstration/gallery/"

_LINKS = "() => [...document.querySelectorAll('a[href]')].map((a) => a.href)"
_FORMS = """() => [...document.querySelectorAll("main form[method=post]")].map((form) =>
  !!form.querySelector("input:not([type=hidden], [type=submit]), textarea, select")
  && !!form.querySelector("button:not([type=button])"))"""
# Sent by the first button, as Enter in a field would, and without the browser's own checks.
EMPTY = """(number) => {
  const form = document.querySelectorAll("main form[method=post]")[number];
  form.noValidate = true;
  for (const part of form.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (["checkbox", "radio"].includes(part.type)) part.checked = false;
    else if (part.tagName === "SELECT") part.selectedIndex = part.options[0].value ? -1 : 0;
    else part.value = "";
  }
  form.requestSubmit(form.querySelector("button:not([type=button])"));
}"""


@dataclass
class Crawl:
    context: BrowserContext
    world: World
    findings: Findings
    role: str
    kind: str
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    seen: Counter[Any] = field(default_factory=Counter)
    with_forms: list[tuple[str, int]] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    waiting: deque[tuple[str, str]] = field(default_factory=deque)
    heard: list[str] = field(default_factory=list)
    here: str = ""

    def open_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._wrong(f"a script broke: {error}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", self._answered)
        return page

    def _wrong(self, problem: str) -> None:
        self.findings.add(problem, f"{self.role}, {self.kind}: {self.here}")

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that says no has a line in the console too; its status is checked where it is met.
        if message.type in {"error", "warning"} and "status of" not in message.text:
            self.heard.append(f"the console says: {message.text[:300]}")

    def tell_what_was_heard(self) -> None:
        for problem in self.heard:
            self._wrong(problem)
        self.heard.clear()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.world.url, "data:")):
            self._wrong(f"something was fetched from {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._wrong(f"{response.request.method} gave {response.status}")

    def follow_links(self, starts: tuple[str, ...]) -> None:
        """Look at the first pages and at every kind of page that can be reached from them."""
        page = self.open_page()
        self.waiting.extend((self.world.url + start, "the start") for start in starts)
        while self.waiting:
            self._visit(page, *self.waiting.popleft())
        page.close()

    def _visit(self, page: Page, url: str, linked_from: str) -> None:
        self.here = url.removeprefix(self.world.url)
        try:
            response = page.goto(url)
        except Error as problem:
            if "Download is starting" not in str(problem):
                raise
            return
        assert response is not None
        if page.url != url and not self._is_new(page.url):
            return
        expected = 404 if self.here == NOWHERE else 200
        if response.status != expected:
            self._wrong(f"a link on {linked_from} has an answer of {response.status}")
            return
        if "text/html" not in response.headers.get("content-type", ""):
            # The browser's own viewer of pictures talks of the policy too.
            self.heard.clear()
            return
        self._look(page)
        self.tell_what_was_heard()
        if urlsplit(page.url).path == CHOOSE:
            self._choose(page)
        self._gather(page)

    def _look(self, page: Page) -> None:
        where = page.url.removeprefix(self.world.url)
        title = check_page(
            page, self.findings, f"{self.role}, {self.kind}: {where}", kind=self.kind
        )
        if not self.visited:
            check_skip_link(page, self.findings, f"{self.role}: {where}")
        self.visited.append(where)
        path = urlsplit(where).path
        words = page.locator("main").inner_text()
        other, said = self.titles.setdefault(title, (path, words))
        if other != path and said != words:
            self._wrong(f"two pages have the title {title}: {other} too")
        for number, has_fields in enumerate(page.evaluate(_FORMS)):
            if has_fields:
                self.with_forms.append((where, number))

    def _choose(self, page: Page) -> None:
        """Say who is here, where an account opens more than one person."""
        button = page.locator("main form button")
        if button.count():
            button.first.click()
            page.wait_for_load_state()

    def _gather(self, page: Page) -> None:
        for link in page.evaluate(_LINKS):
            url = urldefrag(urljoin(page.url, link)).url
            if url.startswith(self.world.url + "/") and self._is_new(url):
                self.waiting.append((url, urlsplit(page.url).path))

    def _is_new(self, url: str) -> bool:
        parts = urlsplit(url)
        try:
            route = resolve(parts.path).route
        except Resolver404:
            route = parts.path
        key = (route, tuple(sorted(parse_qs(parts.query))))
        whole = parts.path + "?" + parts.query
        if self.seen[whole] or self.seen[key] >= PAGES_OF_A_KIND:
            return False
        self.seen[whole] += 1
        self.seen[key] += 1
        return True

    def post_forms_empty(self) -> None:
        """Send every form that was met with nothing in it."""
        page = self.open_page()
        done: set[Any] = set()
        for where, number in self.with_forms:
            key = (resolve(urlsplit(where).path).route, number)
            if key not in done and not where.startswith(GALLERY):
                done.add(key)
                self._post_empty(page, where, number)
        page.close()

    def _post_empty(self, page: Page, where: str, number: int) -> None:
        self.here = f"{where} sent empty"
        page.goto(self.world.url + where)
        if number >= len(page.evaluate(_FORMS)):
            self._wrong("the form is not there any more")
            return
        try:
            with page.expect_navigation() as arrival:
                page.evaluate(EMPTY, number)
        except Error as problem:
            self._wrong(f"no page came: {str(problem).splitlines()[0]}")
            return
        response = arrival.value
        if page.locator(".govuk-error-summary").count():
            here = f"{self.role}, {self.here}"
            check_error_summary(page, self.findings, here)
            check_page(page, self.findings, here, kind=self.kind)
            self.tell_what_was_heard()
        elif response.request.redirected_from is None:
            self._wrong(
                f"an answer of {response.status} without a word of what is wrong"
            )
        self.world.rewind()
