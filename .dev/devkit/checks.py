"""Check the code without touching it, and mend what a machine can mend safely."""

import base64
import os
import secrets
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from devkit.console import ROOT, say
from devkit.environment import PYTHON, VENV

CODE = ("coprod", "groups", "meetings", "payments", "tests", "bench", "dev.py", ".dev")
HOOK = """#!/bin/sh
# Written by dev.py: check before each commit. Delete this file to do without.
exec python3 dev.py check
"""


def tool(name: str) -> str:
    """Return the path of a program in .venv."""
    return str(VENV / "bin" / name)


def present() -> list[str]:
    """Return the files and folders of code that are here."""
    places = [ROOT / name for name in CODE]
    return [
        place.name
        for place in places
        if place.is_file() or next(place.rglob("*.py"), None)
    ]


def production_like(folder: str) -> dict[str, str]:
    """Return the settings of an imaginary live site, for `check --deploy`."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "SITE_URL": "https://yourvoice.example",
        "ALLOWED_HOSTS": "yourvoice.example",
        "CSRF_TRUSTED_ORIGINS": "https://yourvoice.example",
        "DATA_DIR": folder,
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DEBUG": "0",
        "DEMONSTRATION": "0",
    }


def all_checks() -> dict[str, list[str]]:
    """Return every check by its name."""
    manage = [str(PYTHON), str(ROOT / "manage.py")]
    return {
        "format": [tool("ruff"), "format", "--check", *present()],
        "lint": [tool("ruff"), "check", *present()],
        "types": [tool("mypy"), *present()],
        "templates": [tool("djlint"), "--lint", "--quiet", "templates"],
        "import contracts": [tool("lint-imports"), "--no-cache"],
        "migrations complete": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
        "lock in step": [str(PYTHON), str(ROOT / ".dev/lockstep.py")],
        "state diagrams in step": [*manage, "states", "--check"],
    }


def run_check(command: list[str], env: Mapping[str, str]) -> str | None:
    """Run one check and return what it printed if it failed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip() if done.returncode else None


def check() -> int:
    """Run every check, print every failure, and fail once."""
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="coprod-check-") as folder:
        env = production_like(folder)
        for name, command in all_checks().items():
            said = run_check(command, env)
            say(f"  {'ok    ' if said is None else 'FAILED'} {name}")
            if said is not None:
                failures[name] = said
    for name, said in failures.items():
        say(f"\n--- {name} ---\n{said}")
    say(
        f"\n{len(failures)} of {len(all_checks())} checks failed"
        if failures
        else "All checks passed."
    )
    return int(bool(failures))


def fix() -> int:
    """Format the code and apply the lint mends that cannot change what it does."""
    for command in (
        [tool("ruff"), "check", "--fix", "--quiet", *present()],
        [tool("ruff"), "format", *present()],
    ):
        subprocess.run(command, cwd=ROOT, check=False)
    return 0


def install_hook() -> None:
    """Have git call the checks before each commit, unless there is a hook already."""
    git = ROOT / ".git"
    hook = git / "hooks/pre-commit"
    wanted = not os.environ.get("CI") and not os.environ.get("COPROD_NO_HOOK")
    if not wanted or not git.is_dir() or hook.exists():
        return
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK, "utf-8")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    say(
        f"- Installed a git hook that checks before each commit: {Path('.git/hooks/pre-commit')}"
    )
