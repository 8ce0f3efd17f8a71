"""What must hold on every page, whoever looks at it and whatever is on it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as WaitedTooLong

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = 1280, 320

# Some rules of WCAG 2.2 are off unless they are named. Those that axe itself calls experimental
# guess, such as at what is a heading, and stay off.
_RUN_AXE = """async (tags) => {
  const rules = {};
  for (const rule of axe.getRules(tags)) {
    rules[rule.ruleId] = {enabled: !rule.tags.includes("experimental")};
  }
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, rules, resultTypes: ["violations"],
  });
  const ran = ["passes", "inapplicable", "incomplete", "violations"]
    .flatMap((kind) => found[kind].map((rule) => rule.id));
  return {violations: found.violations, version: axe.version, ran};
}"""

# Pressing a link of the summary moves focus in the page's own time, so this is waited for.
_REACHED = """(target) => {
  const here = document.activeElement;
  const wanted = document.getElementById(target);
  return !!wanted && here.matches("input, select, textarea, button")
    && (here === wanted || wanted.contains(here));
}"""

# What axe reads, without the words: a list of sixty rows is like a list of two. The main part
# and what is around it are told apart, because each role has a menu of its own.
_SHAPE = """() => {
  const kept = ["class", "role", "type", "scope", "tabindex", "lang", "autocomplete", "style"];
  const main = document.querySelector("main");
  const shape = (part, without) => {
    if (part === without) return "";
    const traits = [...part.attributes].map((a) => kept.includes(a.name)
      ? a.name + "=" + a.value : a.name + (a.value.trim() ? "+" : "-"));
    let last = "";
    const inner = [...part.childNodes].map((node) => {
      if (node.nodeType === 1) return shape(node, without);
      return node.nodeType === 3 && node.data.trim() ? "t" : "";
    }).filter((text) => text && text !== last && ((last = text), true));
    return part.tagName + "[" + traits.sort() + "](" + inner.join("") + ")";
  };
  const about = document.body.className + window.innerWidth;
  return [about + (main ? shape(main) : ""), about + shape(document.documentElement, main)];
}"""

_LOOK = """() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const inside = "main *, article *, section *, aside *, nav *";
  const first = document.querySelector(
    "body a[href], body button, body input:not([type=hidden]), body summary");
  return {
    title: document.title,
    lang: document.documentElement.lang,
    headings: all("h1,h2,h3,h4,h5,h6")
      .filter((h) => !h.closest("[hidden]")).map((h) => Number(h.tagName[1])),
    mains: all("main, [role=main]").length,
    banners: all("header, [role=banner]").filter((e) => !e.matches(inside)).length,
    contentinfos: all("footer, [role=contentinfo]").filter((e) => !e.matches(inside)).length,
    summary: all(".govuk-error-summary").length > 0,
    skip: first && first.getAttribute("href") === "#main" && !!document.querySelector("main#main"),
    sideways: document.scrollingElement.scrollWidth - window.innerWidth,
    loose: all("form[method=post]").filter((f) => !f.noValidate
      && f.querySelector("[required], [type=email], [type=number], [pattern]")).length,
  };
}"""


@dataclass
class Findings:
    """What was looked at, and what was wrong with it, told once for all pages alike."""

    axe_version: str = ""
    states: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    # What axe has read, by shape, the main part and what is around it: the same again is not news.
    shapes: set[str] = field(default_factory=set)
    read_by_axe: int = 0

    def add(self, problem: str, where: str) -> None:
        self.wrong.setdefault(problem, []).append(where)

    def take(self, other: "Findings") -> None:
        """Add what another part of the suite looked at."""
        self.axe_version = other.axe_version or self.axe_version
        self.states += other.states
        self.read_by_axe += other.read_by_axe

    def none_wrong(self) -> None:
        if self.wrong:
            pytest.fail(self.report(), pytrace=False)

    def report(self) -> str:
        lines = [f"{len(self.wrong)} problems:"]
        for problem, places in self.wrong.items():
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""
            lines.append(f"- {problem}\n    on {'; '.join(places[:3])}{more}")
        return "\n".join(lines)


def run_axe(page: Page) -> dict[str, Any]:
    """Run every rule of WCAG 2.2 AA that axe knows on the page as it stands."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    found: dict[str, Any] = page.evaluate(_RUN_AXE, RULES)
    return found


def check_axe(page: Page, findings: Findings, where: str) -> None:
    found = run_axe(page)
    findings.axe_version = found["version"]
    if "target-size" not in found["ran"]:
        findings.add("axe did not measure the size of targets", where)
    for violation in found["violations"]:
        for node in violation["nodes"]:
            snippet = AxeResults({"violations": [violation]}).generate_snapshot()
            whole = f"{snippet.split(' : ')[0]}: {node['html'][:200]}"
            findings.add(f"{whole} {node['failureSummary'][:300]}", where)


def check_page(page: Page, findings: Findings, where: str, *, kind: str) -> str:
    """Check a page at both widths and return its title. `kind`: empty, filled or error."""
    title = ""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        here = f"{where} at {width}"
        title = check_frame(page, findings, here)
        findings.states[kind] += 1
        shapes = set(page.evaluate(_SHAPE))
        if not shapes <= findings.shapes:
            findings.shapes |= shapes
            findings.read_by_axe += 1
            check_axe(page, findings, here)
    page.set_viewport_size({"width": WIDE, "height": 900})
    return title


def check_frame(page: Page, findings: Findings, where: str) -> str:
    """Check the title, language, headings, landmarks and width of a page."""
    seen = page.evaluate(_LOOK)
    headings, title = seen["headings"], seen["title"]
    ending = f" – {settings.SERVICE_NAME}"
    steps = zip([1, *headings], headings, strict=False)
    wrong = {
        f"the title does not end with the service: {title}": not title.endswith(ending),
        f"the title holds no words: {title}": len(title) <= len(ending),
        "the title begins with Error: only where something was wrong": seen["summary"]
        != title.startswith("Error: "),
        f"the language is {seen['lang']}": seen["lang"] != "en-GB",
        f"there are {headings.count(1)} first headings": headings.count(1) != 1,
        f"a heading level is skipped: {headings}": any(b > a + 1 for a, b in steps),
        f"there are {seen['mains']} mains": seen["mains"] != 1,
        f"there are {seen['banners']} banners": seen["banners"] != 1,
        f"there are {seen['contentinfos']} footers": seen["contentinfos"] != 1,
        "the first thing to reach is not the link to the main content": not seen[
            "skip"
        ],
        f"{seen['loose']} forms leave checking to the browser": seen["loose"] > 0,
        f"the page is {seen['sideways']} pixels wider than the window": seen["sideways"]
        > 0,
    }
    for problem, is_so in wrong.items():
        if is_so:
            findings.add(problem, where)
    return str(title)


def check_skip_link(page: Page, findings: Findings, where: str) -> None:
    """Press the skip link by keyboard: the next thing reached is in the main part."""
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('.govuk-skip-link')"):
        findings.add("the first press of Tab does not reach the skip link", where)
        return
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    past_the_header = """() => {
      const here = document.activeElement;
      return !here.closest("header, nav") && !here.matches(".govuk-skip-link");
    }"""
    if not page.evaluate(past_the_header):
        findings.add("the skip link does not skip the header", where)


def check_error_summary(page: Page, findings: Findings, where: str) -> None:
    """Check that focus lands on the summary, and that its links move it to their fields."""
    lands = "document.activeElement?.matches('.govuk-error-summary')"
    try:
        page.wait_for_function(lands, timeout=3000)
    except Exception as problem:  # noqa: BLE001 - whatever kept focus away is the finding
        findings.add(f"focus is not on the error summary: {problem}"[:90], where)
    links = page.locator(".govuk-error-summary__list a")
    for number in range(links.count()):
        link = links.nth(number)
        target = (link.get_attribute("href") or "")[1:]
        link.click()
        try:
            page.wait_for_function(_REACHED, arg=target, timeout=3000)
        except WaitedTooLong:
            findings.add(f"the summary's link to #{target} reaches no field", where)
