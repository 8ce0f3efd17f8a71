"""The words that are not in a template: on forms, in refusals, and in what is sent."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coprod.core import formpack
from tests.architecture.test_templates import _BANNED, _MOST_WORDS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("coprod", "groups", "meetings", "payments")
# What a person may read when the product says no.
_REFUSALS = {"ActionDenied", "RuleBroken", "InvalidTransition", "ValidationError"}
_FILLED = re.compile(r"{[^{}]*}")


def modules(*names: str) -> list[Path]:
    """Return our files of these names, or in a folder of such a name."""
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if (path.stem in names or set(path.parts) & set(names))
        and "migrations" not in path.parts
    )


def form_classes() -> list[type[formpack.Form]]:
    for path in modules("forms"):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        importlib.import_module(dotted.removesuffix(".__init__"))

    def below(kind: Any) -> Iterator[Any]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    found = {
        f"{each.__module__}.{each.__name__}": each for each in below(formpack.Form)
    }
    return [
        each for name, each in sorted(found.items()) if name.startswith(tuple(ROOMS))
    ]


def words_of(form: type[formpack.Form]) -> list[str]:
    said = [form.button]
    for field in form.base_fields.values():
        look = getattr(field, "look", None)
        said += [str(field.label or ""), str(field.help_text)]
        said += [getattr(field, "missing", "") or ""]
        said += list(look.hints.values()) if look else []
    return [text for text in said if text]


def refusals() -> list[tuple[str, str]]:
    """Return each sentence a refusal is raised with, and where it stands."""
    found = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _called(node) in _REFUSALS:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found += [(place, text) for text in map(_text, node.args) if text]
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _text(node: ast.AST) -> str:
    """Return the words of a string; what is filled in counts as one word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "X" for part in node.values)
    return ""


def wrong(text: str) -> list[str]:
    """Return the sentences of a text that are long or use a word we do not use."""
    sentences = re.split(r"(?<=[.?!:])\s", _FILLED.sub("X", text))
    return [
        sentence
        for sentence in sentences
        if len(sentence.split()) > _MOST_WORDS or _BANNED.search(sentence)
    ]


@pytest.mark.parametrize(
    "form", form_classes(), ids=lambda form: f"{form.__module__}.{form.__name__}"
)
def test_a_form_asks_in_short_and_kind_sentences(form: type[formpack.Form]) -> None:
    assert not [text for said in words_of(form) for text in wrong(said)]


def test_a_refusal_is_a_short_and_kind_sentence() -> None:
    said = refusals()
    assert said
    assert not [(place, bad) for place, text in said for bad in wrong(text)]


def test_what_is_sent_is_written_in_short_and_kind_sentences() -> None:
    said = [
        (path.name, _text(node))
        for path in modules(
            *("messages", "minutes_messages", "action_messages", "paper_messages"),
            *("emails", "decision_words", "terms"),
        )
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant | ast.JoinedStr) and " " in _text(node)
    ]
    assert said
    assert not [(place, bad) for place, text in said for bad in wrong(text)]


def test_the_check_finds_a_long_sentence_and_an_unkind_word() -> None:
    assert wrong("Short. " + "word " * 26)
    assert wrong("Your form is incomplete.")
    assert wrong("Ring Dot first. A service user rang.") == ["A service user rang."]
    assert not wrong("We ring you on Tuesday.")
