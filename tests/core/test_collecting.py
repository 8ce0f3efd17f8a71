"""A process that serves looks for garbage seldom, and never in itself."""

import gc
import subprocess
import sys

import pytest

from coprod.celery import app, settle
from coprod.core import collecting

TELL = "import gc, {}; print(gc.get_freeze_count() > 50_000, gc.get_threshold()[0])"


@pytest.fixture
def as_before():
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_a_web_server_has_settled_when_it_is_loaded():
    told = subprocess.run(
        [sys.executable, "-c", TELL.format("coprod.wsgi")],
        check=True,
        capture_output=True,
        text=True,
    )

    assert told.stdout.split() == ["True", str(collecting.SELDOM[0])]


def test_a_worker_settles(as_before):
    assert app.main == "coprod"
    gc.unfreeze()

    settle()

    assert gc.get_freeze_count() > 50_000
    assert gc.get_threshold() == collecting.SELDOM
