"""A member does her part with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser_fixtures import World
from tests.journeys import hands, keys

pytestmark = pytest.mark.browser


def test_a_member_signs_in_reads_replies_and_claims_by_keyboard(
    page: Page, demo_world: World
) -> None:
    sign_in_with_a_code(page, demo_world)
    read_the_paper(page)
    reply(page)
    add_miles_to_the_claim(page)
    send_the_claim(page)


def sign_in_with_a_code(page: Page, world: World) -> None:
    page.goto(world.url)
    keys.write(page, "Your e-mail address", world.sign("Marian Okafor").sign_in)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    mail = world.mails_to(world.sign("Marian Okafor").sign_in)[0]
    code = re.search(r"\b\d{6}\b", mail)
    assert code, mail
    keys.type_code(page, code.group())
    hands.sees(page, "Hello Marian")


def read_the_paper(page: Page) -> None:
    """The skip link comes first and leads past the menu."""
    keys.arrive(page)
    page.keyboard.press("Tab")
    first = keys.where(page)
    assert first is not None
    assert first.words == "Skip to main content"
    page.keyboard.press("Enter")
    keys.go(page, "See the agenda and papers")
    keys.go(page, "Read it here")
    back_by_shift_and_tab(page)


def back_by_shift_and_tab(page: Page) -> None:
    """Shift and Tab walk the same way back."""
    keys.tab_to(page, "Home")
    here = keys.tab_to(page, "")
    keys.tab_to(page, "")
    assert keys.tab_to(page, "", back=True) == here
    keys.go(page, "Home")


def reply(page: Page) -> None:
    keys.go(page, "Tell us if you are coming")
    keys.choose(page, "Your answer", "Yes, I am coming")
    keys.choose(page, "How will you join?", "By video")
    keys.go(page, "Send my answer")
    hands.sees(page, "coming")


def add_miles_to_the_claim(page: Page) -> None:
    keys.go(page, "Home")
    hands.sees(page, "You said: coming")
    keys.go(page, "Look at your claim")
    keys.go(page, "Add miles by car")
    keys.write(page, "Where did the journey start?", "Home")
    keys.write(page, "Where did it go?", "Millbrook Library")
    keys.write(page, "How many miles in all?", "14.6")
    keys.go(page, "Save these miles")
    hands.sees(page, "14.6 miles")


def send_the_claim(page: Page) -> None:
    keys.go(page, "Choose")
    keys.choose(page, "What do you want to do?", "Take the payment")
    keys.go(page, "Save my choice")
    keys.tick(page, "This claim is true")
    keys.go(page, "Send this claim")
    hands.sees(page, "The claim is sent.", "Where your claim is")
