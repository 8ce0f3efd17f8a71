from typing import Any

import pytest

from groups.notices import checks
from tests.notices import notify_stub


@pytest.fixture(autouse=True)
def live(settings: Any) -> None:
    settings.TESTING = settings.DEMONSTRATION = False
    settings.EMAIL_URL = "smtp://mail.example"
    settings.EMAIL_THROUGH, settings.TEXT_THROUGH = "smtp", ""
    settings.LETTERS_THROUGH = "print"


def found() -> list[str]:
    return sorted(
        f"{message.id} {str(message.msg).split()[0]}"
        for message in checks.channels_are_set_up(None)
    )


def test_a_mail_server_and_letters_by_hand_are_enough():
    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "problem"),
    [
        ("EMAIL_THROUGH", "pigeon", "notices.E001 EMAIL_THROUGH"),
        ("TEXT_THROUGH", "smtp", "notices.E001 TEXT_THROUGH"),
        ("LETTERS_THROUGH", "", "notices.E001 LETTERS_THROUGH"),
        ("TEXT_THROUGH", "file", "notices.E002 TEXT_THROUGH"),
        ("EMAIL_URL", "", "notices.E003 EMAIL_THROUGH"),
    ],
)
def test_what_would_only_show_when_a_message_goes_shows_at_once(
    settings, setting, value, problem
):
    setattr(settings, setting, value)

    assert found() == [problem]


def test_notify_needs_a_key_its_templates_and_the_secret_of_its_receipts(settings):
    settings.EMAIL_THROUGH = settings.TEXT_THROUGH = "notify"

    assert found() == [
        "notices.E004 NOTIFY_KEY",
        "notices.E005 EMAIL_THROUGH",
        "notices.E005 TEXT_THROUGH",
        "notices.W001 NOTIFY_RECEIPTS_TOKEN",
    ]


def test_notify_with_all_it_needs_is_well(settings):
    settings.EMAIL_THROUGH = settings.TEXT_THROUGH = "notify"
    settings.LETTERS_THROUGH = "notify"
    settings.NOTIFY_KEY = notify_stub.KEY
    settings.NOTIFY_EMAIL_TEMPLATE = settings.NOTIFY_TEXT_TEMPLATE = "t"
    settings.NOTIFY_RECEIPTS_TOKEN = "secret"

    assert found() == []
