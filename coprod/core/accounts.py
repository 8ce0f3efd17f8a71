from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from coprod.core import account_words, secrets


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: the involvement team invites people, one at a time."""

    error_messages = (
        DefaultAccountAdapter.error_messages | account_words.ACCOUNT_REFUSALS
    )

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        # Digits only: easy to hear over the telephone and to type with one hand.
        return secrets.digits(6)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        return None


class MfaAdapter(DefaultMFAAdapter):
    """Second-factor secrets are kept encrypted: allauth leaves this hook empty."""

    error_messages = DefaultMFAAdapter.error_messages | account_words.MFA_REFUSALS

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)
