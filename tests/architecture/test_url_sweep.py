"""Every address, as everybody, at things of one's own and of others.

Each text of the world is a random string of its own. One of them in a page, a header, a file or a
message to somebody who may not read it is a leak; a form that somebody without the page can send
is a hole; and an address that says not whom it is for fails by itself.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from tests.architecture import field_policy
from tests.architecture.addresses import Address, addresses
from tests.architecture.canaries import our_models, text_fields
from tests.architecture.sweeping import (
    REFUSED,
    Answer,
    folders,
    form_for,
    is_for,
    leaks,
    paths_of,
    quiet,
    world,
)
from tests.architecture.world import World

__all__ = ["folders", "quiet", "world"]

ADDRESSES = addresses()
OURS = [address for address in ADDRESSES if not address.is_allauth]
# Each test rolls back to the world, which the module sets up once.
pytestmark = pytest.mark.django_db
# That an auditor read something, and how often an address has asked for a feed.
_WRITTEN_BY_READING = {"core_auditevent", "core_cache"}
_OTHER_METHODS = ("head", "put", "patch", "delete", "options", "trace")


def sweep_gets(
    world: World, address: Address, paths: list[str]
) -> tuple[list[str], dict[Any, Answer]]:
    """Ask for each path as everybody. Returns what was wrong and what everybody got."""
    wrong, got = [], {}
    for path in paths:
        for persona in world.personas.values():
            answer = got[persona.name, path] = Answer(persona, path)
            if answer.problem:
                wrong.append(f"{answer} {answer.problem}")
            if not is_for(address, persona) and not answer.is_refusal:
                wrong.append(f"{answer}, but the page is not for them")
            if set(answer.written) - _WRITTEN_BY_READING:
                wrong.append(f"{answer} wrote {answer.written}: reading never writes")
            wrong += leaks(world, answer)
    return wrong, got


def sweep_posts(
    world: World, address: Address, paths: list[str], got: dict[Any, Answer]
) -> list[str]:
    """Send each path's own form, filled in, as everybody who may not open it."""
    wrong = []
    for path in paths:
        data = form_for(world, got, path)
        for persona in world.personas.values():
            shut = (
                got[persona.name, path].is_refusal
                and got[persona.name, path].status != 405
            )
            answer = Answer(persona, path, "post", data)
            if answer.problem:
                wrong.append(f"{answer} {answer.problem}")
            refused = answer.is_refusal and not answer.written
            if (shut or not is_for(address, persona)) and not refused:
                wrong.append(
                    f"{answer} wrote {answer.written}, but they may not open the page"
                )
            wrong += leaks(world, answer)
    return wrong


@pytest.mark.parametrize("address", OURS, ids=str)
def test_every_address_says_whom_it_is_for(address: Address) -> None:
    assert address.audience, f"{address} has no declared audience: use core.access"


def test_every_model_with_words_has_a_reader() -> None:
    unread = {m._meta.label for m in our_models() if text_fields(m)} - set(
        field_policy.MODELS
    )
    assert not unread, f"Say in field_policy.py who may read {sorted(unread)}"


@pytest.mark.parametrize("address", OURS, ids=str)
def test_an_address_shows_and_does_nothing_for_the_wrong_person(
    world: World, address: Address
) -> None:
    paths = paths_of(world, address)
    if connection.vendor == "postgresql":
        # The whole is swept on SQLite: who may see what is decided by the same code.
        paths = paths[::3]
    wrong, got = sweep_gets(world, address, paths)
    if not hasattr(address.view, "form_key_exempt"):
        wrong += sweep_posts(world, address, paths, got)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("address", [a for a in ADDRESSES if not a.is_public], ids=str)
def test_an_address_asks_strangers_to_sign_in(world: World, address: Address) -> None:
    nobody = world.personas["nobody"]
    for path in paths_of(world, address)[:3]:
        answer = Answer(nobody, path)
        if address.is_allauth:
            assert not answer.problem, f"{answer} {answer.problem}"
        else:
            assert answer.status == 302, answer
            assert answer.location.startswith("/accounts/login/"), answer.location
        assert not leaks(world, answer)


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_an_address_takes_any_method_without_falling_over(
    world: World, address: Address
) -> None:
    known = [
        p for p in world.personas.values() if address.audience and is_for(address, p)
    ]
    for path in paths_of(world, address)[:2]:
        for method in _OTHER_METHODS:
            for persona in (world.personas["nobody"], *known[:1]):
                answer = Answer(persona, path, method)
                assert not answer.problem, f"{answer} {answer.problem}"
                assert not leaks(world, answer)


KEYED = [address for address in OURS if not hasattr(address.view, "form_key_exempt")]


@pytest.mark.parametrize("address", KEYED, ids=str)
def test_a_form_without_its_key_changes_nothing(world: World, address: Address) -> None:
    known = [p for p in world.personas.values() if is_for(address, p)]
    for path in paths_of(world, address)[:2]:
        answer = Answer(known[-1], path, "post", {"form_key": ""})
        assert answer.status in REFUSED or answer.is_refusal, answer
        assert not answer.written


# Pages that take only posts, or that stand on something this world does not have.
NEVER_OPENED = {
    "readyz": "no sweep has beaten here",
    "demonstration/gallery/": "only while the demonstration runs",
    "demonstration/mail/": "only while the demonstration runs",
    "demonstration/mail/<slug:name>/": "only while the demonstration runs",
    "kept/": "only after a session has ended in the middle of a form",
    "claims/<ref>/send/": "only when every choice and receipt is there",
    "claims/<str:ref>/reissue/": "only after the bank sent money back",
}


@pytest.mark.parametrize(
    "address", [a for a in OURS if a.route not in NEVER_OPENED], ids=str
)
def test_the_sweep_opens_every_page(world: World, address: Address) -> None:
    refused = set()
    for path in paths_of(world, address):
        for persona in reversed(world.personas.values()):
            if is_for(address, persona):
                answer = Answer(persona, path)
                if answer.status in {200, 405}:
                    return
                refused.add(answer.status)
    pytest.fail(
        f"nobody opened {address}: {sorted(refused)}. Add to world.py what it shows."
    )


FAULTS = {
    "people/<ref>/needs-of-anybody/": "as member of another group: 200 shows people.AccessNeed",
    "people/<ref>/redirect/": "as member of another group: 302 shows people.Person",
    "people/<ref>/for-anybody/": "but the page is not for them",
    "meetings/<ref>/hidden-button/": "but they may not open the page",
    "meetings/<ref>/writes/": "reading never writes",
    "falls-over/": "ZeroDivisionError",
}


@pytest.mark.parametrize("route", FAULTS)
def test_the_sweep_finds_a_page_with_this_fault(world: World, route: str) -> None:
    with override_settings(ROOT_URLCONF="tests.architecture.leaky_urls"):
        address = next(
            a for a in addresses("tests.architecture.leaky_urls") if a.route == route
        )
        paths = paths_of(world, address)
        wrong, got = sweep_gets(world, address, paths)
        wrong += sweep_posts(world, address, paths, got)
    assert any(FAULTS[route] in line for line in wrong), wrong
