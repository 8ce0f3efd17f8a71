from celery import shared_task
from django.utils import timezone

from coprod.core.tasks import beat
from groups.notices.actions import planning
from groups.notices.actions.sweeping import send_due

__all__ = ["send_due", "sweep"]
# The worker is stopped after 60 seconds, and one slow mail server may take 30 of them.
WORKER_SECONDS = 25.0


@shared_task(name="notices.sweep")
def sweep() -> None:
    swept = send_due(now=timezone.now(), seconds=WORKER_SECONDS)
    beat("sweep")
    if not swept.is_finished:
        planning.ring_sweep()
