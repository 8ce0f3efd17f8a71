import errno
import subprocess
import sys

import pytest

import lockstep
from devkit import console, environment
from devkit.console import Stop

FAILED_PIP = (
    "WARNING: Retrying after NewConnectionError\nERROR: No matching distribution found"
)


@pytest.fixture
def small_venv(tmp_path, monkeypatch):
    """A stand-in for .venv whose Python can import what the real one must."""
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".stamp")
    monkeypatch.setattr(environment, "PYTHON", sys.executable)
    (tmp_path / "lib").mkdir()
    for name in ("one.py", "two.py"):
        (tmp_path / "lib" / name).write_text("", "utf-8")
    (tmp_path / ".stamp").write_text("abc 2\n", "utf-8")
    return tmp_path


def test_a_whole_venv_is_known_with_its_lock(small_venv):
    assert environment.is_whole() == (True, "abc")


def test_a_venv_that_lost_a_file_is_not_whole(small_venv):
    (small_venv / ".stamp").write_text("abc 3\n", "utf-8")
    assert environment.is_whole()[0]

    (small_venv / "lib/two.py").unlink()

    assert not environment.is_whole()[0]


def test_a_venv_whose_making_was_interrupted_is_not_whole(small_venv):
    (small_venv / ".stamp").unlink()

    assert not environment.is_whole()[0]


def test_a_venv_without_its_python_is_not_whole(small_venv, monkeypatch):
    monkeypatch.setattr(environment, "PYTHON", small_venv / "bin/python")

    assert not environment.is_whole()[0]


def test_a_missing_registry_is_one_sentence():
    sentence = console.reason(FAILED_PIP, "install the packages")

    assert sentence == (
        "The package registry cannot be reached, so I could not install the packages. "
        "Check the network, or the index that pip and npm are set to use, "
        "and run the same command again."
    )


def test_a_full_disk_is_one_sentence_even_while_a_registry_fails():
    output = f"{FAILED_PIP}\nOSError: [Errno 28] No space left on device"

    assert console.reason(output, "x").startswith("The disk is full")


def test_any_other_trouble_shows_what_was_printed():
    assert "odd thing" in console.reason("an odd thing", "do it")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_our_own_writes_on_a_full_disk_are_one_sentence(number):
    assert str(console.from_os_error(OSError(number, "x"))).startswith(
        "The disk is full"
    )


def test_a_program_that_is_not_there_is_said():
    with pytest.raises(Stop, match="nowhere-to-be-found is not there"):
        console.run(["nowhere-to-be-found"], "try")


def test_without_rights_the_exact_line_is_given(monkeypatch):
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)

    with pytest.raises(Stop) as stop:
        environment.install_packages(["libpango-1.0-0"], "Making PDFs")

    assert str(stop.value).splitlines()[-1].strip() == (
        "apt-get install -y --no-install-recommends libpango-1.0-0"
    )


def test_a_library_that_cannot_be_loaded_names_its_package(monkeypatch):
    monkeypatch.setattr(
        environment, "LIBRARIES", {"libc.so.6": "libc6", "libnone.so.9": "libnone9"}
    )

    assert environment.missing_libraries() == ["libnone9"]


def test_the_locks_are_in_step():
    assert lockstep.main() == 0


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("other==1.0 --hash=sha256:1", "does not hold django"),
        ("django==4.2 --hash=sha256:1", "holds django 4.2"),
        ("django==5.2.19", "no hash"),
        ("--index-url http://x\ndjango==5.2.19 --hash=sha256:1", "names an address"),
    ],
)
def test_a_lock_out_of_step_is_said(lock, said):
    found = lockstep.faults("lock.txt", lock, ["django~=5.2.19"])

    assert len(found) == 1
    assert said in found[0]


def test_an_unknown_word_is_refused():
    done = subprocess.run(
        [sys.executable, console.ROOT / "dev.py", "run", "--fast"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "I do not know what to do with --fast" in done.stderr
