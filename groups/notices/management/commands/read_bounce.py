import sys
from typing import Any

from django.core.management.base import BaseCommand

from coprod.core.actors import Actor
from groups.notices import bounces
from groups.notices.actions import receipts

# More than any report; what is longer is cut off, and no report is that late in a mail.
LONGEST = 2_000_000


class Command(BaseCommand):
    help = (
        "Read one returned mail from standard input and mark the message it is about as come back. "
        "A mail that is no delivery report, or about nothing of ours, changes nothing."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        told = bounces.read_bounce(sys.stdin.buffer.read(LONGEST))
        if told is None:
            self.stdout.write("not a report about one of our messages")
            return
        changed = receipts.take_receipt(by=Actor.system("Returned mail"), told=told)
        self.stdout.write(f"changed {changed}")
