"""Start several threads at the same moment, each with its own database connection."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

LONGEST_WAIT = 60


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every act at the same moment and return what each gave back or raised, in order."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(LONGEST_WAIT)
            outcomes[place] = act()
        except Exception as problem:  # noqa: BLE001 - what it raised is the answer
            outcomes[place] = problem
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(place, act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_WAIT)
    return outcomes


def raised(outcomes: Sequence[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
