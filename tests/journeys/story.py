"""The story's own world: its clock, its browsers, its cast, and the worker between the pages."""

import datetime as dt
from pathlib import Path

import time_machine
from celery import current_app
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from coprod.core import dates
from coprod.core.enums import DocumentState
from coprod.core.models import Document
from coprod.home.demo.cast import Sign
from groups.notices.periodic import send_due
from tests.browser_fixtures import totp_code
from tests.journeys import hands


class Story:
    """Each role has a browser of its own, without script; all live by one clock."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        clock: time_machine.Traveller,
        folder: Path,
        script: bool = False,
    ) -> None:
        self.browser, self.base, self.clock, self.folder = browser, base, clock, folder
        self.script = script
        self.signs: dict[str, Sign] = {}
        self.mail: dict[str, str] = {}
        self.pages: dict[str, Page] = {}

    def on(self, day: dt.date, hour: int = 10, minute: int = 0) -> None:
        """Let it be this time for everybody."""
        self.clock.move_to(dates.wall_to_instant(day, dt.time(hour, minute)))

    def page(self, who: str) -> Page:
        if who not in self.pages:
            context: BrowserContext = self.browser.new_context(
                java_script_enabled=self.script
            )
            context.set_default_timeout(10_000)
            self.pages[who] = context.new_page()
        return self.pages[who]

    def visit(self, who: str) -> Page:
        """Open somebody's first page, signing in when the last time was too long ago."""
        page = self.page(who)
        page.goto(self.base)
        if "/accounts/login" in page.url:
            if who in self.signs:
                self._sign_in_to_work(page, self.signs[who])
            else:
                self._sign_in_with_a_code(page, self.mail[who])
        assert "/accounts/" not in page.url, page.locator("body").inner_text()
        return page

    def _sign_in_to_work(self, page: Page, sign: Sign) -> None:
        page.get_by_text("Sign in with a password").click()
        form = page.locator("form").filter(has=page.get_by_label("Your password"))
        form.get_by_label("Your e-mail address").fill(sign.sign_in)
        form.get_by_label("Your password").fill(sign.password)
        form.get_by_role("button", name="Sign in").click()
        self.type_app_code(page, sign)

    def type_app_code(self, page: Page, sign: Sign) -> None:
        assert sign.totp_secret
        page.get_by_label("Your code").fill(totp_code(sign.totp_secret))
        page.locator("main").get_by_role("button").first.click()

    def _sign_in_with_a_code(self, page: Page, address: str) -> None:
        page.get_by_label("Your e-mail address").first.fill(address)
        page.get_by_role("button", name="Send me a code").click()
        mail = page.context.new_page()
        code = hands.code_in_the_mail(mail, self.base, address)
        mail.close()
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Go on").click()

    def sweep(self) -> None:
        """Let the worker send what is due by now."""
        send_due(now=timezone.now())

    def work(self) -> int:
        """Let the worker make the documents that were asked for."""
        current_app.loader.import_default_modules()
        waiting = list(Document.objects.filter(state=DocumentState.QUEUED))
        for document in waiting:
            current_app.tasks[document.task].apply(
                kwargs={"document_id": document.pk}
            ).get()
        return len(waiting)

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
