"""A random string of its own in every text field of every row, to see where it comes out again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, models

OURS = frozenset(
    {"core", "people", "notices", "governance", "projects", "meetings", "payments"}
)
_TEXT = frozenset({"CharField", "TextField", "EmailField", "URLField"})
# Words of the program, not of people: names of tasks, addresses, check sums.
_PROGRAM = frozenset(
    {
        "about", "activity", "answer_url", "content_type", "kind", "link_path", "object_kind",
        "object_ref", "occasion", "password", "path", "request_id", "rule", "sha256", "approved_sha256",
        "secret_hash", "slug", "stage", "task", "verb", "version", "what", "zone",
    }
)  # fmt: skip
_NO_PERSON = frozenset({"core.FormKey", "core.Heartbeat"})
_MARK = re.compile(r"zq[0-9a-z]{5}qz")
_REFERENCE = re.compile(
    r"\b(?:P|M|C|L|LP|PR|D|DN|N)-[2-9a-hjkmnp-z]{4}-[2-9a-hjkmnp-z]{4}\b"
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Held(NamedTuple):
    """Where a canary sits."""

    model: str
    pk: Any
    field: str


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def text_fields(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.fields
        if field.get_internal_type() in _TEXT
        and not field.choices
        and field.name not in _PROGRAM
        and model._meta.label not in _NO_PERSON
    ]


def _mark(number: int) -> str:
    out = ""
    for _ in range(5):
        number, rest = divmod(number, 36)
        out = _DIGITS[rest] + out
    return f"zq{out}qz"


def _dressed(field: Any, value: str, mark: str) -> str:
    """Keep the shape that the field's readers need."""
    if field.get_internal_type() == "URLField":
        return f"https://meet.example/{mark}"
    if field.get_internal_type() == "EmailField" or (
        "@" in value and "\n" not in value
    ):
        return f"{mark}@post.example"
    return mark


class Flock:
    """All canaries of one world: let out once, then looked for in everything that goes out."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}

    def let_out(self) -> None:
        # The manager that knows no rules: the audit trail refuses to be changed by the other.
        for model in our_models():
            fields = text_fields(model)
            for row in model._base_manager.all():
                changed = {
                    f.name: self._put(f, row)
                    for f in fields
                    if f.value_from_object(row) is not None
                }
                if changed:
                    model._base_manager.filter(pk=row.pk).update(**changed)
        self._fill_files()

    def _put(self, field: Any, row: Any) -> str:
        value = str(field.value_from_object(row))
        where = Held(row._meta.label, row.pk, field.name)
        if field.name == "reference":
            self.held[value.lower()] = where
            return value
        mark = _mark(len(self.held) * 31 + 7)
        self.held[mark] = where
        return _dressed(field, value, mark)

    def _fill_files(self) -> None:
        files = apps.get_model("core", "StoredFile")
        for row in files._base_manager.all():
            mark = _mark(len(self.held) * 31 + 7)
            self.held[mark] = Held("core.StoredFile", row.pk, "contents")
            target = Path(settings.FILES_DIR) / row.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(mark.encode())

    def found_in(self, text: str) -> Iterator[tuple[str, Held]]:
        small = text.lower()
        for pattern in (_MARK, _REFERENCE):
            for mark in set(pattern.findall(small)):
                if mark in self.held:
                    yield mark, self.held[mark]


# What a request may leave behind when it is refused: that somebody is signed in, nothing else.
_HARMLESS = (
    "django_session",
    "core_formkey",
    "django_cache",
    "cache_table",
    "account_emailaddress",
)


class Writes:
    """Notes which of our tables the statements of a request change."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        match = re.match(
            r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?',
            sql,
            re.IGNORECASE,
        )
        if match and not match[1].startswith(_HARMLESS):
            self.tables.append(match[1])
        return execute(sql, params, many, context)

    def watch(self) -> Any:
        return connection.execute_wrapper(self)
