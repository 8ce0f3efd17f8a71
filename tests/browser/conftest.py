from typing import Any

import pytest

from tests.browser.page_checks import RULES, Findings
from tests.browser_fixtures import (
    browser_type_launch_args,
    chromium,
    demo_world,
    empty_world,
    folders,
    made_demo,
    made_empty,
)

__all__ = [
    "browser_type_launch_args",
    "chromium",
    "demo_world",
    "empty_world",
    "folders",
    "made_demo",
    "made_empty",
]
_TALLY = pytest.StashKey[Findings]()


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Findings:
    """What the whole crawl looked at, printed at the end."""
    return pytestconfig.stash.setdefault(_TALLY, Findings())


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    looked_at = config.stash.get(_TALLY, None)
    if looked_at is None:
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in looked_at.states.items())
    terminalreporter.write_line(
        f"axe {looked_at.axe_version}, {', '.join(RULES)}: {looked_at.states.total()} "
        f"states of pages at two widths ({counts}), {looked_at.read_by_axe} of different shape read by axe"
    )
