import datetime as dt

from celery import shared_task
from django.utils import timezone

from coprod.core import documents
from coprod.core.models import FormKey, Heartbeat

# Long enough for Back and a second try next day (WCAG 2.2.6: more than 20 hours).
FORM_KEYS_KEPT = dt.timedelta(days=7)


def beat(name: str) -> None:
    """Note that a piece of due work has just run."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"beaten_at": timezone.now()}
    )


@shared_task(name="core.sweep_documents")
def sweep_documents() -> None:
    documents.sweep(now=timezone.now())


@shared_task(name="core.housekeeping")
def housekeeping() -> None:
    FormKey.objects.filter(used_at__lt=timezone.now() - FORM_KEYS_KEPT).delete()
