"""Say what is being done, run programs, and stop with one clear sentence."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]

DISK_FULL = (
    "No space left on device",
    "database or disk is full",
    "Disk quota exceeded",
    "ENOSPC",
)
NO_REGISTRY = (
    "NewConnectionError",
    "Connection refused",
    "Max retries exceeded",
    "Network is unreachable",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Read timed out",
    "Could not find a version that satisfies",
    "No matching distribution found",
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "ENOTCACHED",
)


class Stop(Exception):
    """A reason to stop that is ready to be read; dev.py prints it and exits with 1."""


class Asked(Exception):
    """Someone pressed Ctrl-C or sent a signal to stop."""


def ask_to_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Asked


def listen_for_stop() -> None:
    """Turn Ctrl-C, a polite kill and a closed terminal into Asked."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)


def listen_no_more() -> None:
    """Let nothing interrupt the stopping itself."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def say(text: str) -> None:
    """Print one line at once, so that it is seen while the work goes on."""
    print(text, flush=True)


def step(text: str) -> Callable[[], None]:
    """Say that a piece of work begins; call what is returned to say how long it took."""
    started = time.monotonic()
    say(f"- {text}")

    def done() -> None:
        took = time.monotonic() - started
        if took >= 2:
            say(f"  done in {took:.0f} seconds")

    return done


def reason(output: str, what: str) -> str:
    """Turn what a program printed into one sentence fit for a person."""
    if any(sign in output for sign in DISK_FULL):
        return (
            f"The disk is full, so I could not {what}. "
            "Make some room and run the same command again."
        )
    if any(sign in output for sign in NO_REGISTRY):
        return (
            f"The package registry cannot be reached, so I could not {what}. "
            "Check the network, or the index that pip and npm are set to use, "
            "and run the same command again."
        )
    tail = "\n".join("    " + line for line in output.strip().splitlines()[-15:])
    return f"I could not {what}. The last lines it printed were:\n{tail}"


def run(
    command: Sequence[str | Path],
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
    cwd: Path = ROOT,
) -> str:
    """Run a program quietly and return what it printed on standard output and error.

    `what` completes the sentence "I could not ...", raised as Stop when the program fails.
    """
    lines: list[str] = []
    try:
        with subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    lines.append(line)
                    if on_line:
                        on_line(line)
            except Asked:
                process.terminate()
                raise
    except FileNotFoundError as missing:
        raise Stop(f"I could not {what}: {missing.filename} is not there.") from missing
    output = "".join(lines)
    if process.returncode:
        raise Stop(reason(output, what))
    return output


def from_os_error(error: OSError) -> Stop:
    """Return the sentence for a disk or permission fault of our own."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Stop("The disk is full. Make some room and run the same command again.")
    where = f" ({error.filename})" if error.filename else ""
    return Stop(f"The computer said: {error.strerror or error}{where}.")


def tick(text: str) -> None:
    """Show a passing line of progress, in place where the terminal allows it."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {text}"[:110], end="", flush=True)


def tick_done() -> None:
    """Clear the passing line."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
