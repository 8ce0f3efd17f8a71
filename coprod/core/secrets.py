import secrets as _secrets

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


def encrypt(text: str) -> str:
    """Return the text sealed with the newest of FIELD_KEYS."""
    return _box().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return the text sealed with any of FIELD_KEYS. Raises InvalidToken when it was changed."""
    return _box().decrypt(sealed.encode()).decode()


def digits(count: int) -> str:
    return "".join(_secrets.choice("0123456789") for _ in range(count))
