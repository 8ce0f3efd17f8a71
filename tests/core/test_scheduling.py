import datetime as dt

import pytest
from celery import current_app
from celery.beat import ScheduleEntry
from django.db import OperationalError, connection
from django.utils import timezone

from coprod.core.models import Heartbeat
from coprod.core.scheduling import Scheduler

# The clock throws away connections that grew old, which no test in a transaction survives.
pytestmark = pytest.mark.django_db(transaction=True)


class Bells(Scheduler):
    """The scheduler without a file of its own and without a broker."""

    def __init__(self):
        super().__init__(app=current_app, lazy=True)
        self.rung = []

    def apply_async(self, entry, producer=None, advance=True, **kwargs):
        self.rung.append(entry.task)


@pytest.fixture
def entry():
    return ScheduleEntry(
        name="sweep", task="notices.sweep", schedule=dt.timedelta(minutes=1)
    )


def test_the_settings_name_this_clock(settings):
    assert settings.CELERY_BEAT_SCHEDULER == "coprod.core.scheduling:Scheduler"


def test_each_bell_leaves_a_pulse_of_the_clock_itself(entry):
    clock = Bells()

    clock.apply_entry(entry)

    assert clock.rung == ["notices.sweep"]
    pulse = Heartbeat.objects.get()
    assert pulse.name == "beat"
    assert timezone.now() - pulse.beaten_at < dt.timedelta(seconds=5)


def test_a_database_that_does_not_answer_stops_no_bell(entry):
    clock = Bells()

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        clock.apply_entry(entry)

    assert clock.rung == ["notices.sweep"]
    assert not Heartbeat.objects.exists()
