import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from coprod.core.sessions import SessionStore

pytestmark = pytest.mark.django_db


def kept() -> SessionStore:
    store = SessionStore()
    store["colour"] = "blue"
    store.save()
    return store


def test_a_session_is_read_again_by_its_key():
    assert SessionStore(kept().session_key)["colour"] == "blue"


def test_a_session_that_has_ended_is_empty_and_takes_a_new_key():
    store = kept()
    later = timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)

    with time_machine.travel(later, tick=False):
        again = SessionStore(store.session_key)
        assert again.get("colour") is None
        assert again.session_key is None


def test_a_session_that_was_taken_away_opens_nothing():
    store = kept()
    Session.objects.all().delete()

    assert SessionStore(store.session_key).get("colour") is None


def test_an_unknown_key_opens_nothing():
    kept()

    assert SessionStore("x" * 32).get("colour") is None
