"""What every model owes the house: pairs, known words, whole pence, and rows nothing wipes away."""

from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from coprod.core.management.commands.states import tables
from tests.architecture.canaries import our_models

every_model = pytest.mark.parametrize(
    "model", our_models(), ids=lambda model: model._meta.label
)
# Words that may be any of their choices for a reason; the database does not hold them to a list.
FREE_CHOICES: dict[str, str] = {}
# An optional time that may be known without its person, or the other way round.
UNPAIRED: dict[str, str] = {}
# Rows that leave with what they hang on, each with why that loses nothing.
CASCADES = {
    "meetings.AgendaItem.meeting": "minutes on an agenda are a plan, not somebody's time",
    "payments.ApprovalLimit.user": "a limit is a right of the account, not money owed",
    "payments.ClaimLine.claim": "a line is part of its claim, and a claim is never deleted",
}
_WORKED = {"pence", "minutes", "amount"}


def fields_of(model: type[models.Model]) -> list[Any]:
    return list(model._meta.fields)


def named(model: type[models.Model], field: str) -> str:
    return f"{model._meta.label}.{field}"


def checks(model: type[models.Model]) -> list[models.CheckConstraint]:
    return [
        rule
        for rule in model._meta.constraints
        if isinstance(rule, models.CheckConstraint)
    ]


def held_to(model: type[models.Model], field: str) -> set[str] | None:
    """Return the words the database holds a field to, or None."""
    for rule in checks(model):
        children = getattr(rule.condition, "children", [])
        if len(children) == 1 and children[0][0] == f"{field}__in":
            return set(children[0][1])
    return None


def unheld_choices(model: type[models.Model]) -> list[str]:
    out = []
    for field in fields_of(model):
        words = {value for value, _ in field.flatchoices or ()}
        blank = {""} if field.blank else set()
        if words and held_to(model, field.name) not in (words, words | blank):
            out.append(named(model, field.name))
    return out


def unpaired(model: type[models.Model]) -> list[str]:
    """Return each time that may be empty, and whose act the database does not tie to it."""
    pairs = [str(rule.condition) for rule in checks(model)]
    names = {field.name for field in fields_of(model)}
    out = []
    for field in fields_of(model):
        stem = field.name.removesuffix("_at")
        partner = next((n for n in (f"{stem}_by", f"{stem}_by_name") if n in names), "")
        if stem == field.name or not field.null or not partner:
            continue
        both = [text for text in pairs if f"'{field.name}__isnull', True" in text]
        if not any(f"'{partner}__isnull', True" in text for text in both):
            out.append(named(model, field.name))
    return out


def wrong_money(model: type[models.Model]) -> list[str]:
    """Return money that is not whole pence, or that the database lets be negative."""
    out = []
    for field in fields_of(model):
        if isinstance(field, models.FloatField):
            out.append(named(model, field.name))
        if field.name.endswith("_pence") and not isinstance(
            field, models.PositiveIntegerField | models.PositiveBigIntegerField
        ):
            out.append(named(model, field.name))
        if isinstance(field, models.DecimalField) and not _not_negative(model, field):
            out.append(named(model, field.name))
    return out


def _not_negative(model: type[models.Model], field: Any) -> bool:
    return any(
        f"('{field.name}__gte', 0)" in str(rule.condition) for rule in checks(model)
    )


def carries_money_or_minutes(model: type[models.Model]) -> bool:
    return any(
        set(field.name.split("_")) & _WORKED and not field.is_relation
        for field in fields_of(model)
    )


def wiped_away(model: type[models.Model]) -> list[str]:
    if not carries_money_or_minutes(model):
        return []
    return [
        named(model, field.name)
        for field in fields_of(model)
        if field.is_relation and field.remote_field.on_delete is not models.PROTECT
    ]


@every_model
def test_a_word_from_a_list_is_held_to_it_by_the_database(model: Any) -> None:
    loose = [name for name in unheld_choices(model) if name not in FREE_CHOICES]
    assert not loose, f"Give {loose} a one_of constraint"


@every_model
def test_a_time_and_whose_it_was_are_there_together_or_not_at_all(model: Any) -> None:
    loose = [name for name in unpaired(model) if name not in UNPAIRED]
    assert not loose, f"Give {loose} a both_or_neither constraint"


@every_model
def test_money_is_whole_pence_and_never_negative(model: Any) -> None:
    assert not wrong_money(model)


@every_model
def test_nothing_deletes_money_or_minutes_by_the_way(model: Any) -> None:
    loose = [name for name in wiped_away(model) if name not in CASCADES]
    assert not loose, f"Make {loose} PROTECT"


@every_model
def test_a_model_has_words_for_a_row(model: Any) -> None:
    assert model.__str__ is not models.Model.__str__


@pytest.mark.parametrize(
    ("find", "excuses"),
    [(unheld_choices, FREE_CHOICES), (unpaired, UNPAIRED), (wiped_away, CASCADES)],
    ids=["choices", "pairs", "cascades"],
)
def test_no_excuse_is_kept_for_what_is_mended(find: Any, excuses: Any) -> None:
    found = {name for model in our_models() for name in find(model)}
    assert set(excuses) <= found


@pytest.mark.parametrize(
    "model",
    [m for m in our_models() if any(f.name == "state" for f in m._meta.fields)],
    ids=lambda model: model._meta.label,
)
def test_a_state_moves_by_a_table_of_its_own_words(model: Any) -> None:
    words = {value for value, _ in model._meta.get_field("state").flatchoices}
    here = [
        table
        for name, (_, table) in tables().items()
        if name.startswith(model._meta.app_label) and set(map(str, table)) == words
    ]
    assert len(here) == 1, (
        f"{model.__name__} wants one *_TRANSITIONS table of its words"
    )


@isolate_apps("coprod.core")
def test_the_checks_find_what_they_look_for() -> None:
    class Bad(models.Model):
        word = models.CharField(max_length=1, choices=[("a", "A")])
        paid_at = models.DateTimeField(null=True)
        paid_by = models.CharField(max_length=9, null=True)  # noqa: DJ001 - as our pairs are
        price_pence = models.IntegerField()
        rate = models.DecimalField(max_digits=3, decimal_places=2)
        parent = models.ForeignKey("self", on_delete=models.CASCADE)

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return self.word

    assert unheld_choices(Bad) == ["core.Bad.word"]
    assert unpaired(Bad) == ["core.Bad.paid_at"]
    assert wrong_money(Bad) == ["core.Bad.price_pence", "core.Bad.rate"]
    assert wiped_away(Bad) == ["core.Bad.parent"]
