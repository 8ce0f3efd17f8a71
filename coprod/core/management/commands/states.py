"""Draw every state table into docs/states/, or check that the drawings are in step."""

from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


def tables() -> dict[str, tuple[str, dict[str, frozenset[str]]]]:
    """Return every *_TRANSITIONS table of our rooms: file name -> (title, table)."""
    found = {}
    for app in apps.get_app_configs():
        if not Path(app.path).is_relative_to(settings.BASE_DIR) or ".venv" in app.path:
            continue
        try:
            module = import_module(f"{app.name}.enums")
        except ModuleNotFoundError:
            continue
        for name, table in vars(module).items():
            if name.endswith("_TRANSITIONS"):
                noun = name.removesuffix("_TRANSITIONS").lower().replace("_", "-")
                found[f"{app.label}-{noun}"] = (
                    f"{app.label}: {noun.replace('-', ' ')}",
                    table,
                )
    return found


def drawing(title: str, table: dict[str, frozenset[str]]) -> str:
    """Return one table as a Mermaid state diagram with its words."""
    lines = [f"# {title}", "", "```mermaid", "stateDiagram-v2"]
    reached = {state for nexts in table.values() for state in nexts}
    for state, nexts in table.items():
        lines.append(f"    {state} : {getattr(state, 'label', state)}")
        if state not in reached:
            lines.append(f"    [*] --> {state}")
        lines += [f"    {state} --> {to}" for to in sorted(nexts)]
        if not nexts:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```", ""])


class Command(BaseCommand):
    help = "Draw the state tables into docs/states/ (--check: fail when a drawing is out of step)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "states"
        wanted = {f"{name}.md": drawing(*value) for name, value in tables().items()}
        present = {path.name: path.read_text() for path in folder.glob("*.md")}
        if options["check"]:
            wrong = sorted(
                name
                for name in wanted.keys() | present.keys()
                if wanted.get(name) != present.get(name)
            )
            if wrong:
                raise CommandError(
                    f"Out of step: {', '.join(wrong)}. Run dev.py manage states and commit."
                )
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in present.keys() - wanted.keys():
            (folder / name).unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text)
