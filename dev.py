#!/usr/bin/env python3
"""The one command: run, test, check, fix, look, manage, bench. Needs only Python 3.11 or newer."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
if sys.version_info < (3, 11):
    sys.exit("This needs Python 3.11 or newer; this one is " + sys.version.split()[0])
sys.path.insert(0, str(ROOT / ".dev"))
sys.dont_write_bytecode = True

from devkit import checks, environment, local, look, serve, suites
from devkit.console import Asked, Stop, from_os_error, listen_for_stop, say


def run(given: argparse.Namespace, _rest: list[str]) -> int:
    """Set up, then serve the product with its demonstration until Ctrl-C."""
    serve.check_port(given.host, given.port)
    local.data_dir(given.data)
    environment.set_up()
    checks.install_hook()
    return serve.serve(given.host, given.port, given.data)


def test(given: argparse.Namespace, rest: list[str]) -> int:
    """Set up, then run every test this machine can run."""
    environment.set_up()
    checks.install_hook()
    if rest:
        return suites.run_some(rest)
    return suites.run_all(strict=given.strict or os.environ.get("CI") == "true")


def check(_given: argparse.Namespace, _rest: list[str]) -> int:
    """Set up, then check the code without touching it."""
    environment.set_up()
    return checks.check()


def fix(_given: argparse.Namespace, _rest: list[str]) -> int:
    """Set up, then mend what a machine can mend."""
    environment.set_up()
    return checks.fix()


def build_look(_given: argparse.Namespace, _rest: list[str]) -> int:
    """Build static/vendor again from node_modules and our styles."""
    if not look.installed():
        environment.fetch_look()
    look.build()
    return 0


def manage(_given: argparse.Namespace, rest: list[str]) -> int:
    """Pass everything on to manage.py, with this machine's keys and data."""
    return passed_on([ROOT / "manage.py", *rest])


def bench(_given: argparse.Namespace, rest: list[str]) -> int:
    """Pass everything on to the benchmarks."""
    return passed_on([ROOT / "bench/run.py", *rest])


def passed_on(command: list[Path | str]) -> int:
    """Run a program of ours in the open, in the surroundings of this machine."""
    environment.set_up()
    env = {**os.environ, **local.surroundings(local.data_dir(None))}
    done = subprocess.run(
        [environment.PYTHON, *command], cwd=ROOT, env=env, check=False
    )
    return done.returncode


def port_number(text: str) -> int:
    """Read a port, or say what a port is."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(
            f"a port is a number from 1 to 65535, not {text}"
        )
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    whole = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="command")
    for name, function in (
        ("run", run),
        ("test", test),
        ("check", check),
        ("fix", fix),
        ("look", build_look),
        ("manage", manage),
        ("bench", bench),
    ):
        command = commands.add_parser(
            name, help=function.__doc__, add_help=name == "run", allow_abbrev=False
        )
        command.set_defaults(function=function, takes_more=False)
        if name == "run":
            command.add_argument("--port", type=port_number, default=8000)
            command.add_argument("--host", default="127.0.0.1")
            command.add_argument("--data", metavar="DIR", help="default: var")
        elif name == "test":
            command.add_argument("--strict", action="store_true")
        if name in ("test", "manage", "bench"):
            command.set_defaults(takes_more=True)
    return whole


def main() -> int:
    """Do what was asked; turn every expected trouble into one sentence and exit code 1."""
    listen_for_stop()
    whole = parser()
    given, rest = whole.parse_known_args()
    if rest and not given.takes_more:
        whole.error(f"I do not know what to do with {' '.join(rest)}")
    try:
        return int(given.function(given, rest))
    except Stop as stop:
        say(f"\nStopped: {stop}")
    except OSError as error:
        say(f"\nStopped: {from_os_error(error)}")
    except Asked:
        say("\nStopped, as asked.")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
