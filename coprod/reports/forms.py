from typing import Any

from coprod.core import formpack
from coprod.reports.queries import Period


class PeriodForm(formpack.Form):
    """Which period a report is about."""

    button = "Show"
    period = formpack.SelectField(label="Paid in", label_size="s")

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {period.key: period for period in periods}
        self.give_choices("period", [(p.key, p.label) for p in periods])

    @property
    def chosen(self) -> Period:
        """Return the period asked for; a wrong one in the address gives the first."""
        wanted = self.data.get("period", "") if self.is_bound else ""
        return self.periods.get(wanted) or next(iter(self.periods.values()))
