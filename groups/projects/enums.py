from django.db import models


class Stage(models.TextChoices):
    """The four stages of co-production; they may overlap and return."""

    CO_DESIGN = "co_design", "Co-design"
    CO_DECISION = "co_decision", "Co-decision"
    CO_DELIVERY = "co_delivery", "Co-delivery"
    CO_EVALUATION = "co_evaluation", "Co-evaluation"


class ProjectState(models.TextChoices):
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


PROJECT_TRANSITIONS: dict[str, frozenset[str]] = {
    ProjectState.RUNNING: frozenset({ProjectState.PAUSED, ProjectState.ENDED}),
    ProjectState.PAUSED: frozenset({ProjectState.RUNNING, ProjectState.ENDED}),
    ProjectState.ENDED: frozenset(),
}
