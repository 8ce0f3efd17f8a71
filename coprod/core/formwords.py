"""Say what was typed into a form in the words of the page the form stood on.

A page names every box for the person who fills it in, whatever drew it: the form pack, a layout, or
a template of its own. So the page itself is read, and no form needs to tell anybody its labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import ValidationError

from coprod.core import dates
from coprod.core.formpack import parsing

Fields = Sequence[tuple[str, str]]
Rows = list[tuple[str, str]]

_NO_LABEL = "Something else you wrote"
_PRESSED = "The button you pressed"
_GONE = "An answer that is no longer on the page"
_READ = frozenset({"h1", "label", "legend", "option", "button"})
# A browser keeps neither of these either; what is hidden was not typed.
_UNSAID = frozenset({"hidden", "file", "password"})
_BEFORE_A_STOP = re.compile(r"\s+([.,;:?!’”)])")
_NEVER_A_DATE = frozenset({"radio", "checkbox", "select", "button"})


@dataclass
class _Group:
    """A fieldset: the question its boxes answer together."""

    is_date: bool
    legend: str = ""


@dataclass
class _Box:
    """Something a form is filled in with, as it stands on the page."""

    name: str
    kind: str
    id: str
    value: str | None
    group: _Group | None
    label: str = ""
    options: dict[str, str] = field(default_factory=dict)

    @property
    def is_one_of_many(self) -> bool:
        """Tell an answer of a question from a tick, whose own label is the question."""
        many = self.kind == "radio" or (
            self.kind == "checkbox" and self.value is not None
        )
        return many and self.group is not None


@dataclass
class _Form:
    action: str
    boxes: list[_Box] = field(default_factory=list)


class _Page(HTMLParser):
    """The forms of a page and its heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heading = ""
        self.forms: list[_Form] = []
        self._form: _Form | None = None
        self._groups: list[_Group] = []
        self._heard: list[str] = []
        self._for = ""
        self._button: _Box | None = None
        self._labels: dict[str, str] = {}
        self.feed(html)
        for box in (box for form in self.forms for box in form.boxes):
            box.label = box.label or self._labels.get(box.id, "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._heard.append(" ")
        if tag in _READ:
            self._heard, self._button = [], None
        if tag == "label":
            self._for = given.get("for", "")
        elif tag == "form":
            self._form = _Form(given.get("action", ""))
            if given.get("method", "").lower() == "post":
                self.forms.append(self._form)
        elif tag == "fieldset":
            self._groups.append(_Group(is_date=given.get("role") == "group"))
        elif tag == "option" and self._form and self._form.boxes:
            self._for = given.get("value", "")
        elif tag in {"input", "textarea", "select", "button"} and given.get("name"):
            self._add(given, tag)

    def _add(self, given: dict[str, str], tag: str) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        group = self._groups[-1] if self._groups else None
        box = _Box(given["name"], kind, given.get("id", ""), given.get("value"), group)
        if self._form is not None:
            self._form.boxes.append(box)
        self._button = box if tag == "button" else None

    def handle_data(self, data: str) -> None:
        self._heard.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "fieldset" and self._groups:
            self._groups.pop()
        elif tag in _READ:
            words = " ".join("".join(self._heard).split())
            self._keep(tag, _BEFORE_A_STOP.sub(r"\1", words))

    def _keep(self, tag: str, words: str) -> None:
        boxes = self._form.boxes if self._form else []
        if tag == "h1":
            self.heading = words
        elif tag == "label":
            self._labels[self._for] = words.removesuffix(" (optional)")
        elif tag == "legend" and self._groups:
            self._groups[-1].legend = words.removesuffix(" (optional)")
        elif tag == "option" and boxes:
            boxes[-1].options[self._for] = words
        elif tag == "button" and self._button:
            self._button.label = words


@dataclass(frozen=True)
class Told:
    """A form somebody filled in: the heading of its page, and each question with her answer."""

    heading: str
    rows: Rows


def tell(html: str, address: str, target: str, fields: Fields) -> Told | None:
    """Return what the fields sent to `target` say, asked in the words of the page at `address`.

    None when no form of that page asks for any of them. What was typed is never left out: where the
    page no longer has the box, it says so instead of naming it.
    """
    page = _Page(html)
    names = {name for name, _ in fields}
    form = max(
        page.forms,
        key=lambda form: (
            _leads_to(form, address, target),
            len(names & {box.name for box in form.boxes}),
        ),
        default=None,
    )
    if form is None or (names and not names & {box.name for box in form.boxes}):
        return None
    return Told(page.heading, list(_rows(form, fields)))


def untold(fields: Fields) -> Told:
    """Return what was typed when the page cannot be read any more."""
    return Told("", [(_NO_LABEL, value) for _, value in fields if value.strip()])


def _leads_to(form: _Form, address: str, target: str) -> bool:
    return urlsplit(urljoin(address, form.action)).path == urlsplit(target).path


def _rows(form: _Form, fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the answers in the order of the page, then what the page has no box for."""
    given: dict[str, list[str]] = {}
    for name, value in fields:
        given.setdefault(name, []).append(value)
    asked: dict[str, list[_Box]] = {}
    for box in form.boxes:
        asked.setdefault(_question(box), []).append(box)
    for boxes in asked.values():
        label, words = _answer(boxes, given)
        if words:
            yield label, words
    known = {box.name for box in form.boxes}
    for name, value in fields:
        if name not in known and value.strip():
            yield _NO_LABEL, value


def _question(box: _Box) -> str:
    """Return what holds boxes together: the three of a date, all answers of one name."""
    in_date = box.group and box.group.is_date and box.kind not in _NEVER_A_DATE
    return f"date {id(box.group)}" if in_date else f"name {box.name}"


def _answer(boxes: list[_Box], given: dict[str, list[str]]) -> tuple[str, str]:
    first = boxes[0]
    values = [value for box in _once(boxes) for value in given.get(box.name, [])]
    if first.kind in _UNSAID or not any(value.strip() for value in values):
        return "", ""
    legend = first.group.legend if first.group else ""
    if _question(first).startswith("date"):
        return legend, _date(values)
    if first.kind == "select":
        return first.label, _words(first.options, values)
    if first.kind == "button" or first.is_one_of_many:
        answers = {box.value or "": box.label for box in boxes}
        return legend or _PRESSED, _words(answers, values)
    if first.kind == "checkbox":
        return first.label, "Yes"
    return first.label or _NO_LABEL, "\n".join(values)


def _words(answers: dict[str, str], values: list[str]) -> str:
    return "\n".join(answers.get(value, _GONE) for value in values)


def _once(boxes: list[_Box]) -> list[_Box]:
    return list({box.name: box for box in boxes}.values())


def _date(parts: list[str]) -> str:
    """Return a real date in words, and anything else as it was typed."""
    try:
        day, month, year = parts
        return dates.long_date(parsing.parse_date(day, month, year, noun=""))
    except (ValidationError, ValueError):
        return " ".join(part for part in parts if part)
