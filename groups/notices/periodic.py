from celery import shared_task
from django.utils import timezone

from coprod.core.tasks import beat
from groups.notices import health
from groups.notices.actions import alerts, breaks, keeping, planning, printing
from groups.notices.actions.sweeping import send_due

__all__ = [
    "compare",
    "end_breaks",
    "make_letters_pdf",
    "remove_old_words",
    "send_due",
    "sweep",
]
# The worker is stopped after 60 seconds, and one slow mail server may take 30 of them.
WORKER_SECONDS = 25.0


@shared_task(name="notices.sweep")
def sweep() -> None:
    swept = send_due(now=timezone.now(), seconds=WORKER_SECONDS)
    beat(health.SWEEP)
    if not swept.is_finished:
        planning.ring_sweep()


@shared_task(name="notices.end_breaks")
def end_breaks() -> None:
    breaks.end_breaks()


@shared_task(name="notices.compare")
def compare() -> None:
    alerts.compare_due(now=timezone.now())


@shared_task(name="notices.remove_old_words")
def remove_old_words() -> None:
    now = timezone.now()
    keeping.remove_old_words(now=now, seconds=WORKER_SECONDS)
    keeping.remove_old_pdfs(now=now, seconds=WORKER_SECONDS)


@shared_task(name=printing.LETTERS_TASK)
def make_letters_pdf(*, document_id: int) -> None:
    printing.make_letters_pdf(document_id=document_id)
