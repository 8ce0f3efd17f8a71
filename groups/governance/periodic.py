from celery import shared_task
from django.utils import timezone

from groups.governance import terms


@shared_task(name="governance.plan_terms")
def plan_terms() -> None:
    terms.plan_terms(now=timezone.now())
