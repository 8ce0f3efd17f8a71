"""Every page that each role can reach: empty, filled, and after a form was sent with nothing in it."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.crawl import EMPTY, Crawl
from tests.browser.page_checks import (
    Findings,
    check_axe,
    check_error_summary,
    check_frame,
)
from tests.browser.roles import VIEWERS, Viewer
from tests.browser_fixtures import World

pytestmark = pytest.mark.browser


def signed_in(browser: Browser, world: World, user: Any) -> Any:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    if user is not None:
        context.add_cookies([world.cookie_for(user)])
    world.save()
    return context


@pytest.mark.parametrize("viewer", VIEWERS, ids=str)
def test_every_page_of_the_demonstration_can_be_used_by_everybody(
    viewer: Viewer, demo_world: World, browser: Browser, tally: Findings
) -> None:
    demo_world.begin_again()
    user = viewer.in_demo(demo_world) if viewer.person else None
    context = signed_in(browser, demo_world, user)
    findings = Findings(shapes=tally.shapes)
    crawl = Crawl(context, demo_world, findings, viewer.role, "filled")
    crawl.follow_links(viewer.starts)
    demo_world.save()
    crawl.kind = "error"
    crawl.post_forms_empty()
    context.close()
    tally.take(findings)
    findings.none_wrong()


@pytest.mark.parametrize("viewer", VIEWERS, ids=str)
def test_every_page_of_an_empty_network_can_be_used_by_everybody(
    viewer: Viewer, empty_world: World, browser: Browser, tally: Findings
) -> None:
    empty_world.begin_again()
    context = signed_in(browser, empty_world, viewer.make())
    findings = Findings(shapes=tally.shapes)
    crawl = Crawl(context, empty_world, findings, viewer.role, "empty")
    crawl.follow_links(viewer.starts)
    context.close()
    tally.take(findings)
    findings.none_wrong()


SPOILT = {
    "a picture without words": "main.insertAdjacentHTML('beforeend', '<img src=\"/static/images/mark.svg\">')",
    "a field without a name": "main.insertAdjacentHTML('beforeend', '<input>')",
    "targets too close": "main.insertAdjacentHTML('beforeend', "
    "'<button class=spoilt>a</button><button class=spoilt>b</button>');"
    "document.querySelectorAll('.spoilt').forEach((b) => "
    "b.style.cssText = 'all:unset;display:inline-block;width:9px;height:9px;font-size:8px')",
    "pale words": "main.querySelector('h1').style.color = '#ddd'",
    "a skipped heading": "main.insertAdjacentHTML('beforeend', '<h6>Too deep</h6>')",
    "two first headings": "main.insertAdjacentHTML('beforeend', '<h1>Again</h1>')",
    "something wide": "main.insertAdjacentHTML('beforeend', '<p class=wide>w</p>');"
    "document.querySelector('.wide').style.width = '900px'",
    "no main part": "main.replaceWith(...main.childNodes)",
    "no language": "document.documentElement.removeAttribute('lang')",
    "a bare title": "document.title = 'Help'",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_page_is_caught(
    spoil: str, empty_world: World, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.goto(empty_world.url + "/help/")
    findings = Findings()
    check_frame(page, findings, "as it is")
    check_axe(page, findings, "as it is")
    findings.none_wrong()

    page.evaluate(f"const main = document.querySelector('main'); {spoil}")
    check_frame(page, findings, "spoilt")
    check_axe(page, findings, "spoilt")
    context.close()
    assert findings.wrong


def test_what_a_page_asks_of_others_and_tries_to_run_is_caught(
    empty_world: World, browser: Browser
) -> None:
    context = signed_in(browser, empty_world, None)
    findings = Findings()
    crawl = Crawl(context, empty_world, findings, "anonymous", "empty")
    page = crawl.open_page()
    page.goto(empty_world.url + "/help/")
    assert not findings.wrong

    page.evaluate(
        """() => {
          const picture = document.createElement("img");
          picture.src = "http://127.0.0.2:9/elsewhere.png";
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(picture, script);
        }"""
    )
    page.wait_for_timeout(300)
    crawl.tell_what_was_heard()
    context.close()
    told = findings.report()
    assert "script-src" in told
    assert "img-src" in told


def test_a_summary_that_leads_nowhere_is_caught(
    empty_world: World, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(empty_world.url + "/accounts/login/code/")
    with page.expect_navigation():
        page.evaluate(EMPTY, 0)
    findings = Findings()
    check_error_summary(page, findings, "as it is")
    findings.none_wrong()

    page.evaluate(
        "document.querySelector('.govuk-error-summary__list a').href = '#main'"
    )
    check_error_summary(page, findings, "spoilt")
    context.close()
    assert len(findings.wrong) == 2
