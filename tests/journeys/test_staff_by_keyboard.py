"""An involvement worker and an approver do their part with the keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.browser_fixtures import World, totp_code
from tests.journeys import hands, keys

pytestmark = pytest.mark.browser


@contextmanager
def signed_in(browser: Browser, world: World, name: str) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign = world.sign(name)
    keys.sign_in_to_work(page, world.url, sign.sign_in, sign.password)
    keys.type_code(page, totp_code(sign.totp_secret))
    yield page
    context.close()


def test_a_worker_adds_a_person_records_a_reply_and_checks_a_claim_by_keyboard(
    browser: Browser, demo_world: World
) -> None:
    with signed_in(browser, demo_world, "Priya Nair") as page:
        add_a_person(page)
        record_a_reply(page)
        check_a_claim(page)


def test_an_approver_decides_by_keyboard(browser: Browser, demo_world: World) -> None:
    with signed_in(browser, demo_world, "Graham Oduya") as page:
        hands.sees(page, "Li Na Chen")
        keys.go(page, "C-")
        keys.choose(page, "Your decision", "Approve all of it")
        keys.go(page, "Make this decision")
        hands.sees(
            page, "You approved £55.00 for Li Na Chen.", "This claim is approved."
        )


def add_a_person(page: Page) -> None:
    keys.go(page, "People")
    keys.go(page, "Add a person")
    keys.write(page, "Name they like to be known by", "Ada Whitcombe")
    keys.write(page, "Address, without the postcode", "9 Mill Lane, Elmsby")
    keys.write(page, "Postcode", "NS4 2QT")
    keys.choose(page, "How they want to hear from us", "By post")
    keys.write(page, "Ring after", "2pm")
    keys.choose(page, "Size of print for letters and papers", "18 point")
    keys.tick(page, "Step-free room")
    keys.go(page, "Save")
    hands.sees(page, "Ada Whitcombe", "9 Mill Lane, Elmsby", "18 point")


def record_a_reply(page: Page) -> None:
    keys.go(page, "Meetings")
    keys.go(page, "Technology at Home")
    keys.go(page, "Answer of Kofi Boateng")
    keys.choose(page, "What did they say?", "Coming")
    keys.choose(page, "How will they join?", "By video")
    keys.choose(page, "How did they tell you?", "By phone")
    keys.go(page, "Save their answer")
    row = page.get_by_role("row").filter(has_text="Kofi Boateng")
    assert "Coming, by video" in " ".join(row.inner_text().split())


def check_a_claim(page: Page) -> None:
    keys.go(page, "Claims")
    keys.go(page, "To check")
    keys.go(page, "C-")
    keys.go(page, "Check this claim")
    keys.choose(page, "Your decision", "It is right, send it to be approved")
    keys.go(page, "Send on")
    hands.sees(page, "is checked. It goes to an approver now.")
