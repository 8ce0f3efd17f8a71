"""The clock that rings the worker, which also says that it is alive."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections

from coprod.core.tasks import beat

log = logging.getLogger(__name__)
PULSE = "beat"


class Scheduler(PersistentScheduler):
    """Celery's own scheduler. Each time it rings it writes its pulse down itself.

    The worker writes another pulse when it has done what it was rung for, so that of the two the
    one that stopped can be told from the other. A database that does not answer stops no bell.
    """

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.note_pulse()
        super().apply_entry(entry, producer=producer)

    def note_pulse(self) -> None:
        # This process lives for months: a connection the database has dropped is thrown away.
        close_old_connections()
        try:
            beat(PULSE)
        except Error as problem:
            log.warning("could not note the pulse: %s", type(problem).__name__)
