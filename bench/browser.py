"""What a page weighs in Chromium, cold and warm, and how long its scripts hold the page up."""

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from devkit.suites import chromium

_SLOWER = 4
_VISITS = 5
_LONG_TASKS = """
    window.held = 0;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) window.held += Math.max(0, task.duration - 50);
    }).observe({type: "longtask", buffered: true});
"""


@dataclass
class Load:
    """What one visit to one page fetched, in bytes as they came over the wire."""

    kinds: dict[str, int] = field(default_factory=dict)
    requests: int = 0

    @property
    def whole(self) -> int:
        return sum(self.kinds.values())


@dataclass(frozen=True)
class Weight:
    """The figures of one page."""

    page: str
    cold: Load
    warm: Load
    blocking: float


def _counted(page: Page, address: str) -> Load:
    """Open a page and count what comes; what the browser's own cache gives costs nothing."""
    load, types = Load(), {}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")

    def received(event: dict[str, Any]) -> None:
        types[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        kind = types.get(event["requestId"], "Other")
        if size:
            load.requests += 1
            load.kinds[kind] = load.kinds.get(kind, 0) + size

    devtools.on("Network.responseReceived", received)
    devtools.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    devtools.detach()
    return load


def _weigh(browser: Browser, name: str, place: str, path: str, cookie: str) -> Weight:
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": place}])
    cold = _counted(context.new_page(), place + path)
    warm = _counted(context.new_page(), place + path)
    held = [_held(context, place + path) for _ in range(_VISITS)]
    context.close()
    return Weight(name, cold, warm, median(held))


def _held(context: BrowserContext, address: str) -> float:
    """Open a page as on a slow device; return for how many milliseconds it could not answer."""
    page = context.new_page()
    page.add_init_script(_LONG_TASKS)
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.goto(address, wait_until="networkidle")
    held = float(page.evaluate("window.held"))
    page.close()
    return held


def weigh(place: str, pages: list[tuple[str, str, str]]) -> list[Weight] | None:
    """Return the weight of each page (name, path, cookie), or None without Chromium."""
    program = chromium()
    if program is None:
        return None
    quiet = ["--disable-background-networking", "--disable-component-update"]
    quiet += ["--disable-sync", "--no-first-run", "--disable-quic"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        try:
            return [_weigh(browser, name, place, *rest) for name, *rest in pages]
        finally:
            browser.close()
