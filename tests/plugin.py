"""Set the environment of the tests before the settings are read.

Nothing of the machine's own settings reaches a test, except which database and which Redis
to use; each test process has its own data folder, keys and Redis database.
"""

import base64
import os
import shutil
import tempfile
from pathlib import Path

import pytest

SETTINGS = {
    "ALLOWED_HOSTS",
    "CHANGES_TOGETHER_MINUTES",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DEMONSTRATION",
    "DIGEST_TIME",
    "DIGEST_WEEKDAY",
    "EMAIL_THROUGH",
    "EMAIL_URL",
    "HELP_EMAIL",
    "HELP_PHONE",
    "HELP_TEXT",
    "LETTERS_THROUGH",
    "LOG_LEVEL",
    "MANY_PEOPLE",
    "NOTIFY_EMAIL_TEMPLATE",
    "NOTIFY_KEY",
    "NOTIFY_RECEIPTS_TOKEN",
    "NOTIFY_TEXT_TEMPLATE",
    "NOTIFY_URL",
    "ORGANISATION",
    "PLAN_ONCE",
    "QUIET_FROM",
    "QUIET_UNTIL",
    "REMINDER_DAYS",
    "REMINDER_TIME",
    "SERVICE_NAME",
    "SITE_URL",
    "TEXT_THROUGH",
    "TIME_TO_UNDO_MINUTES",
    "TRUSTED_PROXY_COUNT",
    "WORDS_KEPT_DAYS",
}

for _name in SETTINGS:
    os.environ.pop(_name, None)
DATA_DIR = tempfile.mkdtemp(prefix="coprod-tests-")
os.environ["DATA_DIR"] = DATA_DIR
# The static files middleware warns when its folder is not there.
Path(DATA_DIR, "static").mkdir()
os.environ["SECRET_KEY"] = base64.urlsafe_b64encode(os.urandom(48)).decode()
os.environ["FIELD_KEYS"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
# Playwright runs an event loop in the thread that also uses the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def redis_for(worker: str, url: str) -> str:
    """Give each test process the next Redis database, so that none clears another's."""
    base, _, number = url.rpartition("/")
    if not base.endswith(tuple("0123456789")) or not number.isdigit():
        base, number = url.rstrip("/"), "0"
    offset = int(worker.removeprefix("gw") or 0) + 1 if worker.startswith("gw") else 0
    return f"{base}/{int(number) + offset}"


if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = redis_for(
        os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ["REDIS_URL"]
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # Django's test runner keeps mail in memory; for us that is a mail server.
    settings.EMAIL_THROUGH = "smtp"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file and not memory: threads that race each need a connection of their own.
        database.setdefault("TEST", {})["NAME"] = f"{DATA_DIR}/test.sqlite3"

    if os.environ.get("REDIS_URL"):
        refuse_redis_in_use(os.environ["REDIS_URL"])


def refuse_redis_in_use(url: str) -> None:
    """Stop rather than clear a Redis database that somebody keeps something in."""
    import redis

    with redis.Redis.from_url(url) as connection:
        if connection.dbsize():
            pytest.exit(
                f"{url} holds data, and each test begins by clearing it. "
                "Set REDIS_URL to an empty database with two empty ones after it.",
                returncode=1,
            )


def clear_redis() -> None:
    """Forget what an earlier test counted; on SQLite the rollback does this."""
    from django.core.cache import cache

    if os.environ.get("REDIS_URL"):
        cache.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    clear_redis()


def pytest_sessionfinish() -> None:
    clear_redis()


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)
