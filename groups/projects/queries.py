import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from coprod.core import dates
from groups.projects.enums import Stage
from groups.projects.models import Project, StageEntry


@dataclass(frozen=True)
class StageStep:
    """One of the four stages as it stands: every time the project was in it, and what is missing."""

    stage: Stage
    entries: Sequence[StageEntry]
    is_now: bool

    @property
    def state(self) -> str:
        if self.is_now:
            return "now"
        return "done" if self.entries else ""

    @property
    def without_members(self) -> bool:
        return bool(self.entries) and not any(
            entry.member_count for entry in self.entries
        )


def steps(project: Project) -> list[StageStep]:
    """Return the four stages in order. A stage open today is now; stages may overlap and return."""
    today = dates.today()
    entries = list(project.stages.order_by("from_date", "pk"))
    return [
        StageStep(
            stage=stage,
            entries=[entry for entry in entries if entry.stage == stage],
            is_now=any(
                _is_open(entry, today) for entry in entries if entry.stage == stage
            ),
        )
        for stage in Stage
    ]


def _is_open(entry: StageEntry, day: dt.date) -> bool:
    return entry.from_date <= day and (entry.to_date is None or entry.to_date >= day)


def is_co_produced(found: Sequence[StageStep]) -> bool:
    """Tell whether all four stages were entered with members in each (practice.md N20)."""
    return all(step.entries and not step.without_members for step in found)
