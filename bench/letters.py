"""How long a print run of 500 letters takes, and how much memory, in a process like the worker's.

Run by itself with "fill" or "measure" in the process it starts; prints its findings as JSON.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / ".dev")]

from bench.figures import Figure  # noqa: E402 - the path comes first
from devkit.console import Stop, reason, step  # noqa: E402 - as above
from devkit.environment import PYTHON  # noqa: E402 - as above

_COUNT = 500
_SIZES = (14, 14, 18, 24)
# One letter in this many is long: twelve pages in the largest print.
_LONG = 50
_SENTENCES = (
    "The meeting about hospital transport is in the hall.",
    "We send you what was said there by people who travel often.",
    "You can bring somebody with you, and we pay for the bus or a taxi.",
    "Ring us when something in these papers is not clear to you.",
)
_MOST_MEGABYTES = 250
# The hard limit of one task of the worker is 90 seconds; it is told to stop after 60.
_MOST_SECONDS_OF_TASK = 60


def letters() -> list[Figure]:
    """Make one print run of 500 letters and return what it took."""
    done = step(f"Making a print run of {_COUNT} letters")
    with TemporaryDirectory() as folder:
        _inside("fill", folder)
        found = _inside("measure", folder)
    done()
    group = f"A print run of {_COUNT} letters in mixed formats"
    note = f"{found['pages']} pages, {found['tasks']} tasks"
    return [
        Figure(group, "made in", found["seconds"], unit="s", note=note),
        Figure(
            group,
            "longest task",
            found["longest"],
            unit="s",
            gate=_MOST_SECONDS_OF_TASK,
        ),
        Figure(
            group,
            "peak resident memory",
            found["megabytes"],
            unit="MB",
            gate=_MOST_MEGABYTES,
        ),
    ]


def _inside(what: str, folder: str) -> dict[str, Any]:
    done = subprocess.run(
        [PYTHON, __file__, what],
        cwd=_ROOT,
        env=os.environ
        | {
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DATA_DIR": folder,
            "LOG_LEVEL": "ERROR",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(reason(done.stdout + done.stderr, f"{what} the letters"))
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _body(number: int) -> str:
    chance = random.Random(number)
    count = 60 if number % _LONG == 0 else chance.choice((3, 4, 5, 8))
    return "\n\n".join(
        " ".join(chance.choice(_SENTENCES) for _ in range(4)) for _ in range(count)
    )


def _fill() -> dict[str, Any]:
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up first
    from django.utils import timezone  # noqa: PLC0415 - as above

    from coprod.core.actors import Actor  # noqa: PLC0415 - as above
    from groups.notices.actions import plan_notice  # noqa: PLC0415 - as above
    from groups.notices.messages import Message  # noqa: PLC0415 - as above
    from groups.people.enums import Channel, ContactKind, Purpose  # noqa: PLC0415 - as above
    from groups.people.models import ContactPoint, Person  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0)
    people = Person.objects.bulk_create(
        Person(known_as=f"Member {number:03}", print_size=_SIZES[number % len(_SIZES)])
        for number in range(_COUNT)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            person=person,
            kind=ContactKind.POST,
            value=f"{number} Mill Lane\nElmsby",
            postcode=f"NS{number % 12 + 1} {number % 9 + 1}QT",
        )
        for number, person in enumerate(people)
    )
    plan_notice(
        by=Actor.system("bench"),
        occasion="bench.letters",
        about="B-1",
        purpose=Purpose.MEETINGS,
        title="Papers",
        messages=[
            Message(person, "Papers", _body(number), channel=Channel.LETTER)
            for number, person in enumerate(people)
        ],
        due_at=timezone.now(),
    )
    return {}


def _measure() -> dict[str, Any]:
    from coprod.celery import app  # noqa: PLC0415 - Django is set up first
    from coprod.core.enums import DocumentState  # noqa: PLC0415 - as above
    from coprod.core.models import Document, User  # noqa: PLC0415 - as above
    from groups.notices.actions import printing  # noqa: PLC0415 - as above
    from groups.notices.models import Delivery, PrintRun  # noqa: PLC0415 - as above

    app.loader.import_default_modules()
    user = User.objects.create_user("bench@northshire.example", "Bench")
    run = PrintRun.objects.create(made_by=user)
    Delivery.objects.letters_waiting().update(print_run=run)
    document = Document.objects.create(
        task=printing.LETTERS_TASK,
        kind="letters",
        about=run.reference,
        title=f"{_COUNT} letters",
    )
    times: list[float] = []
    while document.state == DocumentState.QUEUED:
        started = time.perf_counter()
        printing.make_letters_pdf(document_id=document.pk)
        times.append(time.perf_counter() - started)
        document.refresh_from_db()
    if document.state != DocumentState.READY:
        raise SystemExit(f"The letters were not made: {document.problem}")
    peak = Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1].split()[0]
    return {
        "seconds": sum(times),
        "longest": max(times),
        "tasks": len(times),
        "pages": document.page_count,
        "megabytes": int(peak) / 1024,
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "coprod.settings"
    import django

    django.setup()
    print(json.dumps({"fill": _fill, "measure": _measure}[sys.argv[1]]()))
