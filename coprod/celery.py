import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready

from coprod.core import collecting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coprod.settings")

app = Celery("coprod")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Due work calls the actions of its room, which tasks.py may not: it is below them.
app.autodiscover_tasks(related_name="periodic")


@worker_process_init.connect
@worker_ready.connect
def settle(**_kwargs: Any) -> None:
    """Settle each process of the pool, or the one whose threads work."""
    collecting.settle()
