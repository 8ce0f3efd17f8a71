import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coprod.core import dates
from groups.notices.actions import alerts


class Command(BaseCommand):
    help = (
        "Compare what should have been sent on a day (yesterday, when none is named) with what "
        "the ledger holds, and raise an alert if it does not add up. The worker does the same "
        "each morning. It ends with 1 when something does not add up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", metavar="ISO", help="such as 2026-11-03")

    def handle(self, *_args: Any, **options: Any) -> None:
        day = self._day(options["day"])
        found = alerts.compare_day(day=day)
        self.stdout.write(f"{day}: {found.expected} expected")
        if not found.adds_up:
            raise CommandError(found.words, returncode=1)
        self.stdout.write("Everything adds up.")

    def _day(self, text: str | None) -> dt.date:
        if not text:
            return dates.today() - dt.timedelta(days=1)
        try:
            return dt.date.fromisoformat(text)
        except ValueError as problem:
            raise CommandError("Write the day like 2026-11-03.") from problem
