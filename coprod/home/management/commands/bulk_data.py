from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coprod.home.bulk import filling
from coprod.home.demo import telling


class Command(BaseCommand):
    help = (
        "Fill an empty database with invented people, groups, meetings, minutes, claims and pay "
        "runs in great numbers, to measure with. Refuses on a database that already holds people. "
        "Rows are written as they are, past the rules: never use it for anything real."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, default, what in (
            ("people", 20_000, "people on the network"),
            ("meetings", 5_000, "meetings, a few of them ahead"),
            ("claims", 50_000, "claims of two or three lines"),
            ("run-lines", 50_000, "lines of the largest pay run"),
        ):
            parser.add_argument(
                f"--{name}", type=int, default=default, help=f"How many {what}."
            )

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = filling.Sizes(
            people=options["people"],
            meetings=options["meetings"],
            claims=options["claims"],
            run_lines=options["run_lines"],
        )
        if (
            min(sizes.people, sizes.meetings) < 1
            or min(sizes.claims, sizes.run_lines) < 0
        ):
            raise CommandError("Ask for at least one person and one meeting.")
        if not telling.is_empty():
            raise CommandError(
                "This database already holds people, so nothing was added to it."
            )
        try:
            filling.fill(sizes, self.stdout.write)
        except filling.Impossible as refusal:
            raise CommandError(str(refusal)) from refusal
        filling.take_stock()
        self.stdout.write("Done.")
