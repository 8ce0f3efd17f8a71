"""Every form of the product, sent after the session has ended: kept, and told in its own words."""

import datetime as dt
import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.urls import resolve

from coprod.core import dates, keptforms
from tests.architecture import html_forms
from tests.architecture.addresses import Address, addresses
from tests.architecture.sweeping import Answer, folders, is_for, paths_of, quiet, world
from tests.architecture.world import Persona, World
from tests.conftest import FormClient, sign_in

__all__ = ["folders", "quiet", "world"]

# Each test rolls back to the world, which the module sets up once.
pytestmark = pytest.mark.django_db
OURS = [address for address in addresses() if not address.is_allauth]
_TYPED = frozenset({"text", "textarea", "email", "tel", "number", "search"})
_ROW = re.compile(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", re.DOTALL)


def plain(html: str) -> str:
    """Return the words of some HTML without any gaps, which a page may set as it likes."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def pages_with_forms(
    world: World, address: Address
) -> Iterator[tuple[Persona, Answer, html_forms.Form]]:
    """Yield each form of ours that this address shows, whoever may open it."""
    seen = set()
    for path in paths_of(world, address):
        for persona in world.personas.values():
            if not is_for(address, persona):
                continue
            answer = Answer(persona, path)
            if answer.status != 200:
                continue
            for form in html_forms.forms_of(answer.body):
                target = urlsplit(urljoin(path, form.action)).path
                mark = (resolve(target).route, tuple(sorted(form.fields)))
                if keptforms.FIELD in form.fields and mark not in seen:
                    seen.add(mark)
                    yield persona, answer, form


def send_too_late(persona: Persona, page: Answer, form: html_forms.Form) -> str:
    """Send a form after the session has ended; return what is shown after the next sign-in."""
    client = FormClient()
    with transaction.atomic():
        sent = client.post(
            urljoin(page.path, form.action),
            form.filled(),
            HTTP_REFERER=f"http://testserver{page.path}",
        )
        assert sent.url.endswith("?next=/kept/"), f"{page} {form.action} was not kept"
        sign_in(client, persona.user, fresh=True)
        acting = persona.client.session.get("acting_person")
        if acting is not None:
            session = client.session
            session["acting_person"] = acting
            session.save()
        shown = client.get("/kept/").content.decode()
        transaction.set_rollback(True)
    return shown[shown.index("<main") : shown.index("</main")]


def typed(form: html_forms.Form) -> list[str]:
    """Return what was typed, line by line, and each date in words."""
    given = {name: values[0] for name, values in form.filled().items()}
    days = [name.removesuffix("_day") for name in given if name.endswith("_day")]
    dated = {f"{name}_{part}" for name in days for part in ("day", "month", "year")}
    lines = [
        line
        for name, value in given.items()
        if form.kinds.get(name) in _TYPED and name not in dated
        for line in value.splitlines()
    ]
    for name in days:
        parts = [int(given[f"{name}_{part}"]) for part in ("year", "month", "day")]
        lines.append(dates.long_date(dt.date(*parts)))
    return [plain(escape(line)) for line in lines]


def wrong_with(page: Answer, form: html_forms.Form, shown: str) -> list[str]:
    """Every question must stand on the page of the form, every answer there or among the typed."""
    words, answers = plain(page.body), typed(form)
    rows = [
        (plain(question), plain(line))
        for question, answer in _ROW.findall(shown)
        for line in answer.split("<br>")
    ]
    known = {plain("The button you pressed")}
    wrong = [
        f"“{question}” is not a question of the page"
        for question, _ in rows
        if question not in words and question not in known
    ]
    wrong += [
        f"“{question}: {answer}” is not in words of the page"
        for question, answer in rows
        if answer not in words and answer not in {"Yes", *answers}
    ]
    told = [answer for _, answer in rows]
    wrong += [f"“{each}” was lost" for each in answers if each not in told]
    boxes = {form.kinds.get(name) for name in form.filled()} - {"hidden", None}
    if boxes and not rows:
        wrong.append("nothing was told")
    return wrong


@pytest.mark.parametrize("address", OURS, ids=str)
def test_a_form_sent_too_late_is_told_in_the_words_of_its_page(
    world: World, address: Address
) -> None:
    wrong = []
    for persona, page, form in pages_with_forms(world, address):
        if "password" in form.kinds.values():
            wrong.append(f"{page} would keep a secret")
        shown = send_too_late(persona, page, form)
        wrong += [f"{page}: {each}" for each in wrong_with(page, form, shown)]
    assert not wrong, "\n".join(wrong)


def test_a_code_name_and_a_lost_answer_are_found(world: World) -> None:
    """The control: what the page showed before is wrong, and so is an answer left out."""
    address = next(a for a in OURS if a.name == "project-add")
    _persona, page, form = next(pages_with_forms(world, address))
    kept = "<dt>First member involved date year</dt><dd>2026</dd>"

    wrong = wrong_with(page, form, kept)

    assert any("is not a question of the page" in each for each in wrong)
    assert any("was lost" in each for each in wrong)
