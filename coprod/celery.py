import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coprod.settings")

app = Celery("coprod")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Due work calls the actions of its room, which tasks.py may not: it is below them.
app.autodiscover_tasks(related_name="periodic")
