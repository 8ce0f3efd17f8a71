import ast
import itertools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "WEB_PORTS"}


def names_read_by_settings():
    """Every first argument of env.str(...), env.bool(...), required(...) and their like."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "coprod/settings.py").read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function, first = node.func, node.args[0]
        from_env = (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id == "env"
        ) or (isinstance(function, ast.Name) and function.id == "required")
        if from_env and isinstance(first, ast.Constant):
            names.add(first.value)
    return names


def names_in_example():
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE))


def test_the_example_names_every_setting_and_no_other():
    assert len(names_read_by_settings()) > 15

    assert names_in_example() == names_read_by_settings() | COMPOSE_ONLY


def test_every_setting_of_the_example_is_explained_above_it():
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()

    for before, line in itertools.pairwise(lines):
        if re.match(r"[A-Z_]+=", line):
            assert before.startswith("#") or re.match(r"[A-Z_]+=", before), line


def test_the_example_holds_no_secret():
    text = (ROOT / ".env.example").read_text("utf-8")

    for name in ("SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD", "EMAIL_URL"):
        assert f"\n{name}=\n" in text
