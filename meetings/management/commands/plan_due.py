from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from meetings.actions import to_do


class Command(BaseCommand):
    help = (
        "Owe each person the reminders of what she said she would do: a week before and on the "
        "day. The worker does the same each hour; doing it twice adds nothing."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        planned = to_do.plan_due(now=timezone.now())
        self.stdout.write(f"planned {planned}")
