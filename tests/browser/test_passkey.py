"""A passkey made and used in a real browser, with an authenticator that Chromium plays itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from coprod.home.demo.cast import Sign
from tests.browser_fixtures import World, totp_code

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


FIRST_PAGE = re.compile(r"localhost:\d+/$")


def place(world: World) -> str:
    # A passkey belongs to a name; a number like 127.0.0.1 cannot have one.
    return world.url.replace("127.0.0.1", "localhost")


def priya(world: World) -> Sign:
    return next(who for who in world.cast if who.person == "Priya Nair")


def give_password(page: Page, world: World) -> None:
    page.goto(f"{place(world)}/accounts/login/")
    page.get_by_text("Sign in with a password").click()
    form = page.locator("form").filter(has=page.get_by_label("Your password"))
    form.get_by_label("Your e-mail address").fill(priya(world).sign_in)
    form.get_by_label("Your password").fill(priya(world).password)
    form.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, world: World) -> None:
    """Sign in with a password and the six figures of an app."""
    give_password(page, world)
    page.get_by_label("Your code").fill(totp_code(priya(world).totp_secret or ""))
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url(FIRST_PAGE)


def make_passkey(page: Page, world: World, *, alone: bool) -> None:
    """Add a passkey to the account that is signed in, and sign out."""
    page.goto(f"{place(world)}/accounts/2fa/webauthn/add/")
    if page.get_by_text("Sign in again to go on").count():
        page.get_by_label("Your password").fill(priya(world).password)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("A name for this passkey (optional)").fill("My laptop")
    if alone:
        page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.context.clear_cookies()


@pytest.fixture
def page(browser: Browser, demo_world: World) -> Iterator[Page]:
    """A page in a browser that has an authenticator, signed in as an involvement worker."""
    demo_world.begin_again()
    context = browser.new_context()
    context.set_default_timeout(15_000)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, demo_world)
    yield page
    context.close()


def test_a_worker_makes_a_passkey_and_signs_in_with_it_alone(
    page: Page, demo_world: World
) -> None:
    make_passkey(page, demo_world, alone=True)

    page.goto(f"{place(demo_world)}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url(FIRST_PAGE)
    expect(page.get_by_text("Priya Nair").first).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(
    page: Page, demo_world: World
) -> None:
    make_passkey(page, demo_world, alone=False)

    give_password(page, demo_world)
    page.get_by_role("button", name="Use my passkey").click()

    page.wait_for_url(FIRST_PAGE)
    expect(page.get_by_text("Priya Nair").first).to_be_visible()


def test_a_passkey_that_is_only_a_second_step_opens_nothing_alone(
    page: Page, demo_world: World
) -> None:
    make_passkey(page, demo_world, alone=False)

    page.goto(f"{place(demo_world)}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("The passkey did not work.")).to_be_visible()
    page.goto(f"{place(demo_world)}/people/")
    assert "/accounts/login/" in page.url
