"""The world a storm's processes live in: their settings, their folder, their tables."""

import base64
import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNTOUCHED = {"PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}


def surroundings(
    folder: Path, *, provider: str, port: int, database: str = "", redis: str = ""
) -> dict[str, str]:
    """Return all that the product is told of the world, with keys of its own."""
    kept = {name: os.environ[name] for name in UNTOUCHED if name in os.environ}
    env = kept | {
        "DJANGO_SETTINGS_MODULE": "coprod.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / '.dev'}",
        "PYTHONWARNINGS": "ignore",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "LOG_LEVEL": "WARNING",
    }
    if provider == "smtp":
        return env | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    return env | {
        "EMAIL_THROUGH": "notify",
        "NOTIFY_URL": f"http://127.0.0.1:{port}",
        "NOTIFY_KEY": f"storm-{uuid.uuid4()}-{uuid.uuid4()}",
        "NOTIFY_EMAIL_TEMPLATE": str(uuid.uuid4()),
    }


def prepare(folder: Path, env: Mapping[str, str]) -> None:
    """Make the folders and the tables."""
    for name in ("broker/queue", "broker/control", "static"):
        (folder / name).mkdir(parents=True)
    run_inside(env, "manage.py", "migrate", "-v0")
    run_inside(env, "manage.py", "createcachetable")


def run_inside(env: Mapping[str, str], *command: str) -> str:
    """Run a program of the product's to its end and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=dict(env),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout
