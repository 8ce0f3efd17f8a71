"""Read the forms of a page and fill them in as somebody in a hurry would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_UNFILLED = frozenset({"csrfmiddlewaretoken", "form_key"})


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def filled(self) -> dict[str, Any]:
        return {
            name: values
            for name, values in self.fields.items()
            if name not in _UNFILLED
        }


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(
                given.get("action", ""), given.get("method", "get").lower()
            )
            self.forms.append(self.open)
        elif self.open is None:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "button" and given.get("name"):
            self.open.fields.setdefault(given["name"], [given.get("value", "")])
        elif tag == "textarea":
            self.area = given.get("name", "")
            self.open.fields[self.area] = ["Some plain words."]
            self.open.kinds[self.area] = "textarea"
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and given.get("value"):
            self.open.fields.setdefault(self.select, [given["value"]])
            self.open.kinds[self.select] = "select"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""

    def _input(self, given: dict[str, str]) -> None:
        assert self.open is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or kind in {"submit", "button", "file"}:
            if kind == "file" and name:
                self.open.kinds[name] = "file"
            return
        held = self.open.fields
        self.open.kinds.setdefault(name, kind)
        if kind == "checkbox":
            held.setdefault(name, []).append(given.get("value", "on"))
        elif kind == "radio":
            held.setdefault(name, [given.get("value", "on")])
        else:
            held[name] = [given.get("value") or _guess(name, kind, given)]


def _guess(name: str, kind: str, given: dict[str, str]) -> str:
    if kind == "hidden":
        return ""
    for ending, value in (
        ("_day", "8"),
        ("_month", "12"),
        ("_year", "2026"),
        ("_hour", "10"),
    ):
        if name.endswith(ending):
            return value
    for ending, value in (("_0", "8"), ("_1", "12"), ("_2", "2026")):
        if name.endswith(ending):
            return value
    if kind == "email" or "email" in name:
        return "somebody@post.example"
    if kind == "number" or given.get("inputmode") in {"numeric", "decimal"}:
        return "10"
    return "10:00" if "time" in name else "A few words"


def forms_of(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def post_forms(html: str, path: str) -> list[Form]:
    """Return the forms that this page posts to itself."""
    own = (path, "", ".")
    return [
        form
        for form in forms_of(html)
        if form.method == "post" and form.action.split("?")[0] in own
    ]
