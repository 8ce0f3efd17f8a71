from celery import shared_task
from django.utils import timezone

from meetings.actions import to_do


@shared_task(name="meetings.plan_due")
def plan_due() -> None:
    to_do.plan_due(now=timezone.now())
