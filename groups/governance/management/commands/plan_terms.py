from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from groups.governance import terms


class Command(BaseCommand):
    help = (
        "Owe each person whose term in a group ends within eight weeks word of it. The worker does "
        "the same each hour; doing it twice adds nothing."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        planned = terms.plan_terms(now=timezone.now())
        self.stdout.write(f"planned {planned}")
