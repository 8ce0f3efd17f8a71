import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.urls import reverse

from coprod.core.enums import Role
from tests.factories import UserFactory

PASSWORD = "three plain words"
LIBRARY_WORDS = re.compile(
    r"reauthenticate|authenticator app based|Two-Factor|token|invalid|Sign In|Remember Me|"
    r"This field is required|verification|credential[^\"s]",
)


@pytest.fixture
def marian(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    user = UserFactory(name="Marian Okafor", email="marian@example.org")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def words_of(response):
    html = response.content.decode()
    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    return re.sub(r"<[^>]+>", " ", main)


def ask_for_code(client):
    client.post(reverse("account_request_login_code"), {"email": "marian@example.org"})
    return re.search(r"Your code is (\d{6})", mail.outbox[-1].body)[1]


def test_member_signs_in_with_the_code_from_her_email(client, marian):
    code = ask_for_code(client)

    response = client.post(
        reverse("account_confirm_login_code"), {"code": f"{code[:3]} {code[3:]}"}
    )

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(marian.pk)


def test_email_with_the_code_says_what_to_do_and_how_to_get_help(
    client, marian, settings
):
    ask_for_code(client)

    message = mail.outbox[-1]
    assert message.subject == "Your sign-in code"
    assert "It works for 15 minutes." in message.body
    assert settings.HELP_PHONE in message.body


def test_wrong_code_is_refused_in_plain_words(client, marian):
    code = ask_for_code(client)
    wrong = "000000" if code != "000000" else "111111"

    response = client.post(reverse("account_confirm_login_code"), {"code": wrong})

    assert "<title>Error: Type the code we sent you" in response.content.decode()
    assert "That code is not right." in words_of(response)
    assert "_auth_user_id" not in client.session


def test_page_for_the_code_shows_only_part_of_the_address(client, marian):
    ask_for_code(client)

    page = words_of(client.get(reverse("account_confirm_login_code")))

    assert "m•••••@example.org" in page
    assert "marian@" not in page


def test_address_we_do_not_know_gets_the_same_page(client, marian):
    response = client.post(
        reverse("account_request_login_code"),
        {"email": "stranger@example.org"},
        follow=True,
    )

    assert "Type the code we sent you" in words_of(response)


def test_wrong_password_opens_the_password_part_and_says_why(client, marian):
    response = client.post(
        reverse("account_login"), {"login": "marian@example.org", "password": "wrong"}
    )

    html = response.content.decode()
    assert '<details class="govuk-details" open>' in html
    assert "do not belong together" in words_of(response)


@pytest.mark.parametrize("address", ["", "marian", "marian@"])
def test_address_that_is_not_whole_gets_one_sentence(client, marian, address):
    response = client.post(reverse("account_request_login_code"), {"email": address})

    assert words_of(response).count("Write your e-mail address in full") == 2


def test_too_many_tries_gives_a_calm_page(client, marian):
    for _ in range(40):
        response = client.post(
            reverse("account_login"),
            {"login": "marian@example.org", "password": "wrong"},
        )
        if response.status_code == 429:
            break

    assert response.status_code == 429
    assert "Please wait a few minutes" in words_of(response)


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_inactive",
        "account_email_verification_sent",
    ],
)
def test_page_before_signing_in_is_in_our_words(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1
    assert not LIBRARY_WORDS.search(words_of(response))


@pytest.mark.parametrize(
    "name",
    [
        "account_logout",
        "account_change_password",
        "account_email",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    ],
)
def test_page_of_the_account_is_in_our_words(client_as, marian, name):
    client = client_as(marian, fresh=name != "account_reauthenticate")

    response = client.get(reverse(name))

    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1
    assert not LIBRARY_WORDS.search(words_of(response))


def code_for(secret):
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def test_worker_sets_up_an_app_and_then_needs_its_code(client_as, client, marian):
    marian.role_grants.create(role=Role.INVOLVEMENT)
    worker = client_as(marian, fresh=True)
    secret = worker.get(reverse("mfa_activate_totp")).context["form"].secret

    worker.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    codes = worker.get(reverse("mfa_view_recovery_codes"))
    response = client.post(
        reverse("account_login"),
        {"login": "marian@example.org", "password": PASSWORD},
        follow=True,
    )

    assert "Your spare codes" in words_of(codes)
    assert "Type the code from your app" in words_of(response)
    refused = client.post(reverse("mfa_authenticate"), {"code": "12"})
    assert "Wait for the next one" in words_of(refused)
    assert "_auth_user_id" not in client.session


def test_password_that_is_too_short_is_refused_at_its_field(client_as, marian):
    response = client_as(marian, fresh=True).post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "short", "password2": "short"},
    )

    assert 'href="#id_password1"' in response.content.decode()
    marian.refresh_from_db()
    assert marian.check_password(PASSWORD)


def test_new_password_works_and_is_told_by_email(client_as, marian):
    client_as(marian, fresh=True).post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "four other plain words",
            "password2": "four other plain words",
        },
    )

    marian.refresh_from_db()
    assert marian.check_password("four other plain words")
    assert mail.outbox[-1].subject == "Your password has changed"
    assert "ring us at once" in mail.outbox[-1].body


def test_reset_link_leads_to_a_new_password_once(client, marian):
    client.post(reverse("account_reset_password"), {"email": "marian@example.org"})
    path = re.search(
        r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body
    )[1]

    page = client.get(path, follow=True)
    new = {"password1": "four other plain words", "password2": "four other plain words"}
    client.post(page.request["PATH_INFO"], new)
    again = client.get(path, follow=True)

    marian.refresh_from_db()
    assert marian.check_password("four other plain words")
    assert "This link does not work any more" in words_of(again)


def test_fresh_sign_in_is_asked_for_with_our_words(client_as, marian):
    client = client_as(marian)

    response = client.get(reverse("mfa_activate_totp"), follow=True)

    assert "Sign in again to go on" in words_of(response)


def test_account_page_says_what_one_signs_in_with(client_as, marian):
    marian.role_grants.create(role=Role.APPROVER)

    page = words_of(client_as(marian).get("/account/"))

    assert "marian@example.org" in page
    assert "Approver" in page
    assert "Not set up" in page


def test_account_page_without_a_password_offers_one(client_as, marian):
    marian.role_grants.create(role=Role.APPROVER)
    marian.set_unusable_password()
    marian.save()

    html = client_as(marian).get("/account/").content.decode()

    assert f'href="{reverse("account_set_password")}"' in html
