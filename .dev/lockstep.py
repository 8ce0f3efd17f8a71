"""Check that the locks hold what pyproject.toml asks for, with hashes and no addresses."""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, Version]:
    """Return the version of each package the lock names."""
    return {
        canonicalize_name(name): Version(version)
        for name, version in PINNED.findall(text)
    }


def faults(lock: str, text: str, wanted: list[str]) -> list[str]:
    """Return a sentence for everything in this lock that is not as it should be."""
    found = []
    locked = pins(text)
    for line in wanted:
        requirement = Requirement(line)
        version = locked.get(canonicalize_name(requirement.name))
        if version is None:
            found.append(f"{lock} does not hold {requirement.name}.")
        elif version not in requirement.specifier:
            found.append(
                f"{lock} holds {requirement.name} {version}, not {requirement}."
            )
    found += [
        f"{lock} has no hash for {entry.split()[0]}."
        for entry in re.split(r"\n(?=\S)", text.strip())
        if PINNED.match(entry) and "--hash=sha256:" not in entry
    ]
    if "://" in text:
        found.append(f"{lock} names an address.")
    return found


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = project["dependencies"]
    wanted = {
        "requirements.txt": needed,
        "requirements-dev.txt": needed + project["optional-dependencies"]["dev"],
    }
    found = []
    for lock, requirements in wanted.items():
        text = (ROOT / lock).read_text("utf-8")
        found += faults(lock, text, requirements)
    for sentence in found:
        print(sentence)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
