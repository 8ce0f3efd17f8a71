import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.apps import apps
from django.db import models
from django.db.models import Max
from django.utils import timezone

from coprod.core import dates

ROOMS = ("core", "people", "notices", "governance", "projects", "meetings", "payments")


def on(day: dt.date, hour: int = 10, minute: int = 0) -> dt.datetime:
    """Return an instant of the story by the clock on the wall."""
    return dates.wall_to_instant(day, dt.time(hour, minute))


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the actions inside happen at a moment of the story.

    While it lasts, the product's clock says so; afterwards the rows made inside, whose times the
    models fill in by themselves, are given the moment too. For making a demonstration only.
    """
    before = {
        model: model._base_manager.aggregate(last=Max("pk"))["last"]
        for model in _models()
    }
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
    for model, last in before.items():
        rows = model._base_manager.all()
        if last is not None:
            rows = rows.filter(pk__gt=last)
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField) and field.has_default():
                rows.filter(**{f"{field.name}__gt": moment}).update(
                    **{field.name: moment}
                )


def _models() -> list[type[models.Model]]:
    return [
        model
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        if isinstance(model._meta.pk, models.BigAutoField)
    ]
