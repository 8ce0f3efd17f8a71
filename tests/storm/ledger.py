"""What the ledger and the provider say when a storm is over, each read without the product."""

import sqlite3
import uuid
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from tests.storm import servers

OPEN = {"planned", "claimed"}
# What is struck, in the words of the outcome.
WORKER, PROCESS = "worker killed", "process of a worker killed"


@dataclass(frozen=True)
class Row:
    """One delivery as the ledger has it in the end."""

    reference: str
    address: str
    state: str
    reason: str


@dataclass
class Outcome:
    """What the ledger and the provider say when it is over."""

    seed: int
    struck: Counter[str]
    rows: list[Row]
    taken: list[tuple[str, str, str]]
    seconds: float
    recovery: float
    log: str = field(repr=False, default="")

    @property
    def by_reference(self) -> Counter[str]:
        return Counter(reference for reference, _, _ in self.taken)

    @property
    def killed(self) -> int:
        """Return how many worker processes were killed."""
        return self.struck[WORKER] + self.struck[PROCESS]

    @property
    def uncertain(self) -> list[Row]:
        return [row for row in self.rows if row.state == "uncertain"]

    @property
    def lost(self) -> list[Row]:
        """Return what did not go and stands nowhere for staff to look after."""
        went = self.by_reference
        return [
            row
            for row in self.rows
            if row.state != "uncertain"
            and not (row.state == "handed_over" and went[row.reference])
        ]

    @property
    def repeats(self) -> list[str]:
        """Return who had the same reminder more than once, by reference or by person and occasion."""
        marked = {row.reference for row in self.uncertain}
        twice = [name for name, count in self.by_reference.items() if count > 1]
        heard = Counter(
            (address, subject)
            for reference, address, subject in self.taken
            if reference not in marked
        )
        also = [address for (address, _), count in heard.items() if count > 1]
        return [name for name in twice if name not in marked] or also

    @property
    def strangers(self) -> set[str]:
        """Return what the provider took and the ledger does not know."""
        return set(self.by_reference) - {row.reference for row in self.rows}

    def story(self) -> str:
        """Return the words with the end of what the machines said, for whoever has to find out why."""
        return f"{self.words()}\n{self.log[-4000:]}"

    def words(self) -> str:
        states = dict(sorted(Counter(row.state for row in self.rows).items()))
        return (
            f"seed {self.seed}: {len(self.rows)} reminders {states}, {len(self.taken)} taken, "
            f"{len(self.lost)} lost, {len(self.repeats)} repeated, {len(self.uncertain)} uncertain; "
            f"struck {dict(self.struck)}; {self.seconds:.0f} s, recovered in {self.recovery:.1f} s"
        )


class Ledger:
    """The database, read without the product."""

    def __init__(self, folder: Path, postgres: servers.Postgres | None) -> None:
        self.file = folder / "coprod.sqlite3"
        self.postgres = postgres

    def _connect(self) -> Any:
        if self.postgres:
            return psycopg2.connect(self.postgres.dsn)
        return sqlite3.connect(self.file, timeout=20)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with (
            closing(self._connect()) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.execute(sql)
            return list(cursor.fetchall())

    def is_settled(self) -> bool:
        try:
            found = self.ask("SELECT DISTINCT state FROM notices_delivery")
        except (psycopg2.OperationalError, sqlite3.OperationalError):
            return False
        return not OPEN & {state for (state,) in found}

    def rows(self) -> list[Row]:
        found = self.ask(
            "SELECT message_id, address, state, reason FROM notices_delivery"
        )
        return [
            Row(str(uuid.UUID(str(reference))), *rest) for reference, *rest in found
        ]
