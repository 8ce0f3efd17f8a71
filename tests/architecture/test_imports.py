"""That the contracts of imports catch what they are there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("coprod", "groups", "meetings", "payments")
# Each import that must not be: where it stands, what it says, and which rule it breaks.
PLANTED = {
    "a room imports from a room above it": (
        "groups/people/queries/planted.py",
        "from payments.models import Claim\n",
        "Rooms import only from rooms below them BROKEN",
    ),
    "rules import from pages": (
        "payments/actions/planted.py",
        "from payments.views import claim\n",
        "Inside a room, from the address down to the words of the domain BROKEN",
    ),
    "the foundation imports from a room": (
        "coprod/core/planted.py",
        "import groups.people.models\n",
        "Rooms import only from rooms below them BROKEN",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    command = [str(linter), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms again, without what they show, so that a bad import can be planted."""
    folder = tmp_path_factory.mktemp("rooms")
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_room_is_under_the_contracts(copy: Path) -> None:
    done = lint(copy)

    assert done.returncode == 0, done.stdout
    for room in ROOMS:
        assert (copy / room / "__init__.py").exists() or list((copy / room).glob("*/"))


@pytest.mark.parametrize("planted", PLANTED)
def test_a_bad_import_is_caught(copy: Path, planted: str) -> None:
    place, text, broken = PLANTED[planted]
    path = copy / place
    path.write_text(text)
    try:
        done = lint(copy)
    finally:
        path.unlink()

    assert done.returncode == 1
    assert broken in " ".join(done.stdout.split())
