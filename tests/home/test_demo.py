import io
import json

import pytest
from django.core.management import CommandError, call_command

from coprod.core.models import User
from coprod.home.demo import telling
from groups.governance.models import Group
from meetings.models import Decision
from payments.models import Claim
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_demonstration_is_told_once_and_its_cast_can_be_read_again(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    out, again = io.StringIO(), io.StringIO()

    call_command("demo", "--json", stdout=out)
    call_command("demo", "--json", stdout=again)

    told = json.loads(out.getvalue())
    assert json.loads(again.getvalue()) == told
    assert telling.cast_file().stat().st_mode & 0o777 == 0o600
    for sign in told["cast"]:
        assert User.objects.get(email=sign["sign_in"]).check_password(sign["password"])
    assert Group.objects.filter(name__startswith="Technology at Home").exists()
    assert Claim.objects.values("state").distinct().count() >= 5
    assert Decision.objects.exists()
    with pytest.raises(CommandError, match="already holds people"):
        call_command("demo")


def test_demonstration_is_refused_where_there_are_people(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    telling.cast_file().write_text(
        json.dumps(
            [
                {
                    "role": "Member",
                    "person": "Somebody of another demonstration",
                    "sign_in": "somebody@post.example",
                    "password": "four-short-plain-words",
                    "totp_secret": None,
                }
            ]
        )
    )
    PersonFactory()

    with pytest.raises(CommandError, match="already holds people"):
        call_command("demo", "--json")
