import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from coprod.core import dates
from groups.notices.actions import sweeping


class Command(BaseCommand):
    help = (
        "Send every e-mail that is due, once, and close what is too late. "
        "The worker does the same each minute; letters and calls wait for people."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", metavar="ISO", help="as if it were this moment (London)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        swept = sweeping.send_due(now=self._moment(options["at"]))
        self.stdout.write(
            f"sent {swept.sent}, too late {swept.too_late}, "
            f"taken up {swept.recovered}, broken {swept.broken}"
        )

    def _moment(self, text: str | None) -> dt.datetime:
        if not text:
            return timezone.now()
        try:
            moment = parse_datetime(text)
        except ValueError as problem:
            raise CommandError(f"{text} is not a moment that exists.") from problem
        if moment is None:
            raise CommandError("Write the moment like 2026-11-01T10:00.")
        return moment if moment.tzinfo else moment.replace(tzinfo=dates.LONDON)
