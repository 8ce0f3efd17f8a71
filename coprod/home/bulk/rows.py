"""Write many rows fast, and invent what stands in them."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import models

from coprod.core.references import new_reference

M = TypeVar("M", bound=models.Model)

_AT_ONCE = 2000

FIRST_NAMES = [
    "Abena",
    "Alan",
    "Amira",
    "Angela",
    "Asha",
    "Barbara",
    "Bernard",
    "Carol",
    "Chidi",
    "Colm",
    "Daisy",
    "David",
    "Dilys",
    "Elaine",
    "Esther",
    "Farah",
    "Frances",
    "George",
    "Grace",
    "Gwen",
    "Harpreet",
    "Helena",
    "Ian",
    "Imran",
    "Irene",
    "Jakub",
    "Joan",
    "Joyce",
    "Kamala",
    "Keith",
    "Lena",
    "Lorna",
    "Magda",
    "Maureen",
    "Mei",
    "Mohammed",
    "Nadia",
    "Neville",
    "Olga",
    "Patrick",
    "Pauline",
    "Priti",
    "Rita",
    "Samuel",
    "Sandra",
    "Sian",
    "Tunde",
    "Vera",
    "Walter",
    "Zofia",
]
SURNAMES = [
    "Adeyemi",
    "Ahmed",
    "Allen",
    "Baker",
    "Barnes",
    "Begum",
    "Bennett",
    "Campbell",
    "Carter",
    "Chowdhury",
    "Clarke",
    "Costa",
    "Dawson",
    "Doyle",
    "Edwards",
    "Evans",
    "Farrell",
    "Fisher",
    "Gill",
    "Green",
    "Griffiths",
    "Harris",
    "Hassan",
    "Hughes",
    "Hussain",
    "Jackson",
    "Johnson",
    "Kaur",
    "Kelly",
    "Khan",
    "Lewis",
    "Marsden",
    "Mensah",
    "Morris",
    "Murphy",
    "Nowak",
    "Osei",
    "Patel",
    "Price",
    "Reid",
    "Roberts",
    "Shah",
    "Singh",
    "Taylor",
    "Thomas",
    "Turner",
    "Walsh",
    "Watson",
    "Wong",
    "Wright",
]
STREETS = [
    "Chapel Row",
    "Mill Lane",
    "Station Road",
    "The Green",
    "Weir Cottages",
    "Park View",
    "Church Street",
    "Quarry Bank",
]
TOWNS = ["Elmsby", "Northwell", "Harden", "Saltby", "Millbrook", "Wexcombe"]
# More is done with these lists than is secret; the same numbers give the same network.
CHANCE = random.Random(20261121)  # noqa: S311 - invented rows, not secrets


def save(model: type[M], rows: Iterable[M]) -> list[M]:
    """Write rows in batches and return them with their keys."""
    return [row for batch in in_batches(model, rows) for row in batch]


def write(model: type[M], rows: Iterable[M]) -> int:
    """Write rows in batches and keep none; return how many there were."""
    return sum(len(batch) for batch in in_batches(model, rows))


def in_batches(model: type[M], rows: Iterable[M]) -> Iterator[list[M]]:
    """Write rows in batches and yield each batch as it is written."""
    source = iter(rows)
    while batch := list(islice(source, _AT_ONCE)):
        yield model._default_manager.bulk_create(batch)


class References:
    """References that no other row of these has: at 200,000 rows chance alone gives doubles."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.given: set[str] = set()

    def new(self) -> str:
        while (reference := new_reference(self.prefix)) in self.given:
            continue
        self.given.add(reference)
        return reference


def name() -> str:
    return f"{CHANCE.choice(FIRST_NAMES)} {CHANCE.choice(SURNAMES)}"


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.UTC)
