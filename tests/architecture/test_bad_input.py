"""Every form, sent things nobody should have to think of: a clear answer, and nothing falls over."""

from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest

from tests.architecture import html_forms
from tests.architecture.addresses import Address, addresses
from tests.architecture.sweeping import Answer, folders, is_for, paths_of, quiet, world
from tests.architecture.world import Persona, World

__all__ = ["folders", "quiet", "world"]

# Each test rolls back to the world, which the module sets up once.
pytestmark = pytest.mark.django_db
OURS = [address for address in addresses() if not address.is_allauth]
_SCRIPT = "<script>alert('x')</script>\"&"
HOSTILE = {
    "10,000 characters": "long " * 2000,
    "a script": _SCRIPT,
    "right-to-left marks": "\u202eturned\u202c \u200f\u2066round\u2069",
    "emoji": "👩🏽‍🦽 came 🎉",
    "a zero byte": "before\x00after",
    "a huge number": "9" * 60,
    "a negative number": "-14.6",
    "no number": "NaN",
    "an endless number": "1e400",
    "digits of another script": "١٢٣",
    "nothing": "",
    "spaces": "   \t  ",
    "a line of its own": "one\r\nBcc: all@post.example",
}
_IN_ADDRESSES = (
    "nothing",
    "a zero byte",
    "a huge number",
    "a negative number",
    "no number",
)
_FREE = frozenset(
    {"text", "textarea", "email", "tel", "number", "search", "url", "date", "time"}
)
_DATE = {"_day": "31", "_month": "2", "_0": "31", "_1": "2"}


def open_form(
    world: World, address: Address
) -> tuple[Persona, str, html_forms.Form] | None:
    """Return the first form of this address, looked for once in each world."""
    if address.route not in world.forms:
        world.forms[address.route] = _look_for_form(world, address)
    return world.forms[address.route]


def _look_for_form(
    world: World, address: Address
) -> tuple[Persona, str, html_forms.Form] | None:
    """Return the first form of this address with somebody who may send it."""
    for path in paths_of(world, address):
        for persona in world.personas.values():
            if is_for(address, persona):
                answer = Answer(persona, path)
                if answer.status == 200:
                    for form in html_forms.post_forms(answer.body, path):
                        return persona, path, form
                    break
    return None


def send(persona: Persona, path: str, data: dict[str, Any]) -> Answer:
    answer = Answer(persona, path, "post", data)
    assert not answer.problem, f"{answer} {answer.problem} for {data}"
    assert "<script>alert(" not in answer.body, (
        f"{answer} gives a script back as a script"
    )
    return answer


def _free(form: html_forms.Form) -> list[str]:
    return [name for name in form.filled() if form.kinds.get(name) in _FREE]


def _keeps(answer: Answer, form: html_forms.Form, typed: str) -> None:
    """A form shown again holds what was typed, so that nobody types it twice."""
    areas = [name for name, kind in form.kinds.items() if kind == "textarea"]
    if answer.status == 200 and areas:
        assert typed.strip()[:40] in answer.body, (
            f"{answer} lost what was typed in {areas}"
        )


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_form_takes_any_text_or_says_what_is_wrong(
    world: World, address: Address
) -> None:
    opened = open_form(world, address)
    if opened is None:
        return  # the sweep says which page nobody opens; this one has no form
    persona, path, form = opened
    good = form.filled()
    for value in HOSTILE.values():
        answer = send(persona, path, good | dict.fromkeys(_free(form), value))
        if value == HOSTILE["10,000 characters"]:
            _keeps(answer, form, value)
    for name in good:
        send(persona, path, {key: each for key, each in good.items() if key != name})
        if name not in _free(form):
            for value in ("nonsense", "0", "-1", "9" * 30, "\x00"):
                send(persona, path, good | {name: value})


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_form_answers_to_31_february(world: World, address: Address) -> None:
    opened = open_form(world, address)
    if opened is None:
        return
    persona, path, form = opened
    good = form.filled()
    dates = {
        name: value
        for name in good
        for end, value in _DATE.items()
        if name.endswith(end)
    }
    days = [name for name in dates if name.endswith(("_day", "_0"))]
    if not days:
        return
    answer = send(persona, path, good | dates)
    assert answer.status == 200, f"{answer} took 31 February"
    assert "govuk-error-summary" in answer.body
    assert 'value="31"' in answer.body
    assert not answer.written


@pytest.mark.parametrize("address", OURS, ids=str)
def test_an_address_takes_any_question_after_it(world: World, address: Address) -> None:
    """Filters and page numbers in the address itself, which anybody may type over."""
    for path in paths_of(world, address)[:1]:
        for persona in [p for p in world.personas.values() if is_for(address, p)][:1]:
            first = Answer(persona, path)
            names = {"page", "q"}
            for form in html_forms.forms_of(first.body):
                names |= set(form.fields) if form.method == "get" else set()
            for value in (_SCRIPT, *map(HOSTILE.get, _IN_ADDRESSES)):
                asked = urlencode(dict.fromkeys(sorted(names), value))
                answer = Answer(persona, f"{path}?{asked}")
                assert not answer.problem, f"{answer} {answer.problem}"
                assert "<script>alert(" not in answer.body


def test_half_a_character_is_read_as_something(world: World) -> None:
    """A lone surrogate is no text at all; a browser never sends one, a program may."""
    persona = world.personas["involvement"]
    body = f"known_as=%ED%A0%80&form_key={quote_plus('5f0c7d6e-2d5c-4a35-9d2e-6a2b7f6a1d11')}"
    kind = "application/x-www-form-urlencoded"
    response = persona.client.post("/people/add/", body, content_type=kind)
    assert response.status_code in {200, 302}


def test_some_forms_are_reached(world: World) -> None:
    """The control: most forms open, and what is filled in for them is mostly taken."""
    adding = [
        address for address in OURS if address.route.endswith(("/add/", "/edit/"))
    ]
    opened = [
        form for form in (open_form(world, address) for address in adding) if form
    ]
    taken = [
        send(persona, path, form.filled()).status for persona, path, form in opened
    ]
    assert len(opened) > 15
    assert taken.count(302) > 8
