"""A person who uses the keyboard alone: Tab, Shift and Tab, Enter, Space and the arrows.

Every stop on the way is held to two things: that it can be seen where the focus is, and that the
next press of Tab leads on.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys.hands import sees_no_problem

_MOST_STOPS = 250
# How each thing looks before anything has the focus. A GOV.UK radio draws its focus on the label.
_REMEMBER = """() => {
  const look = (el) => {
    const read = (s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow,
      s.backgroundColor, s.borderColor, s.borderWidth, s.textDecoration].join("|");
    const parts = [read(getComputedStyle(el))];
    const label = el.labels && el.labels[0];
    if (label) parts.push(read(getComputedStyle(label, "::before")));
    return parts.join("#");
  };
  window.lookOf = look;
  window.looks = new Map();
  document.querySelectorAll("*").forEach((el) => window.looks.set(el, look(el)));
}"""
_WHERE = """() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const tidy = (text) => text.replace(/\\s+/g, " ").trim();
  const label = el.labels && el.labels.length ? el.labels[0].innerText : "";
  const legend = el.closest("fieldset")?.querySelector("legend")?.innerText || "";
  const box = el.getBoundingClientRect();
  const before = window.looks && window.looks.get(el);
  window.count = window.count || 0;
  if (!el.dataset.stop) el.dataset.stop = String(++window.count);
  return {
    words: tidy(label || el.getAttribute("aria-label") || el.innerText || ""),
    question: tidy(legend), kind: el.type || el.tagName.toLowerCase(), stop: el.dataset.stop,
    isMarked: before !== undefined && before !== window.lookOf(el),
    isOnScreen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
  };
}"""


@dataclass(frozen=True)
class Stop:
    """One thing that has the focus."""

    words: str
    question: str
    kind: str
    stop: str


def where(page: Page) -> Stop | None:
    """Return what has the focus, and see that anybody could tell that it has."""
    found = page.evaluate(_WHERE)
    if found is None:
        return None
    assert found.pop("isMarked"), f"The focus cannot be seen on {found} of {page.url}"
    assert found.pop("isOnScreen"), f"The focus is off the screen on {found}"
    return Stop(**found)


def arrive(page: Page) -> None:
    """Take note of how the page looks with the focus nowhere."""
    page.wait_for_load_state()
    if page.evaluate("window.looks === undefined"):
        page.evaluate(_REMEMBER)


def tab_to(page: Page, words: str, question: str = "", back: bool = False) -> Stop:
    """Press Tab until something with these words has the focus."""
    arrive(page)
    key, before, ends = "Shift+Tab" if back else "Tab", None, 0
    seen: list[str] = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press(key)
        now = where(page)
        if now is None:
            ends += 1
            assert ends < 3, f"Tab never came to {words!r} on {page.url}: {seen}"
            continue
        assert now != before, f"The focus is trapped on {now} of {page.url}"
        before = now
        seen.append(now.words[:40])
        if now.words.startswith(words) and now.question.startswith(question):
            return now
    raise AssertionError(f"Tab never came to {words!r} on {page.url}: {seen}")


def go(page: Page, words: str) -> None:
    """Come to a link or button and press Enter."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    sees_no_problem(page)


def write(page: Page, label: str, text: str, question: str = "") -> None:
    """Come to a box and type in it, over anything that stands there."""
    tab_to(page, label, question)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def choose(page: Page, question: str, option: str) -> None:
    """Come to a group of radios, go along it with the arrows, and take one with Space."""
    arrive(page)
    stop = _first_of(page, question)
    for _ in range(20):
        if stop.words.startswith(option):
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
        there = where(page)
        assert there is not None
        stop = there
    raise AssertionError(f"The arrows never came to {option!r} under {question!r}")


def _first_of(page: Page, question: str) -> Stop:
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = where(page)
        if stop and stop.kind == "radio" and stop.question.startswith(question):
            return stop
    raise AssertionError(f"Tab never came to {question!r} on {page.url}")


def tick(page: Page, label: str) -> None:
    tab_to(page, label)
    page.keyboard.press("Space")


def sign_in_to_work(page: Page, base: str, sign_in: str, password: str) -> None:
    """Open the password part of the sign-in page and fill it in, up to the second step."""
    page.goto(base)
    tab_to(page, "Sign in with a password")
    page.keyboard.press("Enter")
    write(page, "Your e-mail address", sign_in)
    write(page, "Your password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_code(page: Page, code: str) -> None:
    write(page, "Your code", code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    sees_no_problem(page)
