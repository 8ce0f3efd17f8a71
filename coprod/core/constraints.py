"""Named check constraints that every room uses for the same facts."""

from django.db import models
from django.db.models import Q


def one_of(
    field: str, choices: type[models.Choices], name: str, *, blank: bool = False
) -> models.CheckConstraint:
    values = ["", *choices.values] if blank else choices.values
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
        | Q(**{f"{first}__isnull": False, f"{second}__isnull": False}),
        name=name,
    )


def not_negative(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0}), name=name)
