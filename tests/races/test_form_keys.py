"""Five identical posts through the whole stack, and a control that shows five effects."""

import uuid

import pytest
from django.test import Client

from coprod.core import formkeys
from coprod.core.enums import Role
from coprod.core.models import FormKey
from groups.governance.models import Seat
from tests.conftest import sign_in
from tests.factories import GroupFactory, UserFactory
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

POSTS = 5


def five_posts(**changes):
    """One new seat, posted five times at the same moment. A second seat like it is allowed."""
    group, user = GroupFactory(), UserFactory(roles=[Role.INVOLVEMENT])
    data = {"category": "member", "form_key": str(uuid.uuid4())} | changes
    address = f"{group.get_absolute_url()}seats/add/"
    clients = [sign_in(Client(), user) for _ in range(POSTS)]
    acts = [lambda client=client: client.post(address, data) for client in clients]
    return group, at_once(acts)


def test_five_identical_posts_have_one_effect_and_one_answer():
    group, answers = five_posts()

    assert raised(answers) == []
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, group.get_absolute_url())
    }
    assert Seat.objects.count() == FormKey.objects.count() == 1


def test_control_five_identical_posts_have_five_effects_without_the_key(monkeypatch):
    monkeypatch.setattr(formkeys, "run_once", lambda request, key, view: view())

    _, answers = five_posts()

    assert [answer.status_code for answer in answers] == [302] * POSTS
    assert Seat.objects.count() == POSTS


def test_five_identical_posts_with_a_mistake_leave_the_key_free():
    _, answers = five_posts(category="nobody")

    assert [answer.status_code for answer in answers] == [200] * POSTS
    assert not Seat.objects.exists()
    assert not FormKey.objects.exists()
