"""A council on its first morning: accounts and a payment policy, and nobody on the network."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, Page

from coprod.core import dates
from coprod.home.demo.cast import Cast, hire
from tests.browser_fixtures import (
    World,
    browser_type_launch_args,
    chromium,
    demo_world,
    empty_world,
    folders,
    made_demo,
    made_empty,
)
from tests.factories import make_policy
from tests.journeys.story import Story

__all__ = [
    "browser_type_launch_args",
    "chromium",
    "demo_world",
    "empty_world",
    "folders",
    "made_demo",
    "made_empty",
]


@pytest.fixture(autouse=True)
def mail_in_files(settings: Any) -> None:
    """The test runner keeps mail in memory; here it is read as the demonstration shows it."""
    settings.EMAIL_BACKEND = "coprod.core.mail.FileBackend"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def story(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Story]:
    """Begin on Monday 6 October 2025 at 10am; the live server lives by the same clock."""
    world: World = request.getfixturevalue("empty_world")
    start = dates.wall_to_instant(dt.date(2025, 10, 6), dt.time(10))
    with time_machine.travel(start) as clock:
        cast = Cast()
        hire(cast)
        make_policy()
        story = Story(browser, world.url, clock, tmp_path)
        story.signs = dict(zip(cast.accounts, cast.signs, strict=True))
        yield story
        story.close()
