"""What a checker and an approver answer about one claim, each answer with its own questions."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from coprod.core import formpack, money
from payments.enums import LineKind
from payments.models import Claim
from payments.queries.checks import LineView, Reductions

CHECKED, ALL, LESS, ASK, NO = "checked", "all", "less", "ask", "no"
_MOST_LETTERS = 2000
_MOST_IN_A_REASON = 300
_MOST_DIGITS = 9


class DecisionForm(formpack.Form):
    """One choice, with the fields that belong to an answer shown under it."""

    shown_with: ClassVar[dict[str, tuple[str, ...]]] = {}

    decision = formpack.RadioField(
        label="Your decision", label_size="l", missing="Choose what you decide"
    )
    version = formpack.HiddenField()
    question = formpack.LongTextField(
        label="What you want to ask",
        missing="Write the question you want to ask",
        rows=3,
        max_length=_MOST_LETTERS,
    )

    @property
    def answers(self) -> Iterator[dict[str, Any]]:
        """Yield each answer with the fields that open under it."""
        for option in self["decision"].options:  # type: ignore[attr-defined]  # our BoundField
            value = str(option["option"].data["value"])
            names = self.fields_under(value)
            yield option | {"fields": [self[name] for name in names]}

    def fields_under(self, answer: str) -> Sequence[str]:
        return self.shown_with.get(answer, ())

    def clean_version(self) -> int:
        text: str = self.cleaned_data["version"]
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            raise ValidationError(
                "This page is too old. Open it again and try once more."
            )
        return int(text)

    def offer(self, choices: list[tuple[str, str]]) -> None:
        self.give_choices("decision", choices)

    def clean(self) -> dict[str, Any]:
        """Ask only for what belongs to the answer chosen; the rest stands in nobody's way."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = cleaned.get("decision")
        for value, _label in self.fields["decision"].choices:  # type: ignore[attr-defined]  # a RadioField
            if value != chosen:
                for name in self.fields_under(value):
                    self.errors.pop(name, None)
        return cleaned


class VerifyForm(DecisionForm):
    shown_with: ClassVar[dict[str, tuple[str, ...]]] = {
        CHECKED: ("note",),
        ASK: ("question",),
    }
    button = "Send on"
    note = formpack.LongTextField(
        label="What you found out",
        hint="The approver and the member can read this. For example: we rang the taxi firm.",
        required=False,
        rows=3,
        max_length=_MOST_LETTERS,
    )

    def __init__(self, data: Any, *, claim: Claim) -> None:
        super().__init__(data, initial={"version": claim.version})
        name = claim.person.known_as
        self.offer(
            [
                (CHECKED, "It is right, send it to be approved"),
                (ASK, f"Ask {name} a question"),
            ]
        )
        self.fields["question"].help_text = f"{name} will read this."


class ApproveForm(DecisionForm):
    shown_with: ClassVar[dict[str, tuple[str, ...]]] = {
        ASK: ("question",),
        NO: ("reason",),
    }
    button = "Make this decision"
    reason = formpack.LongTextField(
        label="Why it is not approved",
        missing="Say why. The member will read it.",
        rows=3,
        max_length=_MOST_LETTERS,
    )

    def __init__(
        self, data: Any, *, claim: Claim, lines: Sequence[LineView], claimed: int
    ) -> None:
        super().__init__(data, initial={"version": claim.version})
        self.lines = lines
        name = claim.person.known_as
        self.offer(
            [
                (ALL, f"Approve all of it, {money.pounds(claimed)}"),
                (LESS, "Approve it with a line made smaller"),
                (ASK, f"Send it back to {name} with a question"),
                (NO, "Do not approve it"),
            ]
        )
        for shown in lines:
            self._add_line(shown, name)
        for field in ("question", "reason"):
            self.fields[field].help_text = f"{name} will read this."

    def _add_line(self, shown: LineView, name: str) -> None:
        line = shown.line
        most = money.from_pence(line.claimed_pence)
        # Two fares of one claim may cost the same; what each was for tells them apart.
        what = f"{shown.name}, {money.pounds(line.claimed_pence)}"
        if line.kind != LineKind.INVOLVEMENT and line.description:
            what += f", {line.description}"
        self.fields[f"amount_{line.pk}"] = formpack.MoneyField(
            label=f"{what}: pay this instead",
            noun=f"The new amount for “{what}”",
            hint="Leave this empty to pay the line in full.",
            smallest=Decimal(0),
            largest=most,
            required=False,
        )
        self.fields[f"reason_{line.pk}"] = formpack.TextField(
            label=f"{what}: why it is smaller",
            noun=f"The reason for “{what}”",
            hint=f"{name} will read this.",
            missing=f"Say why “{what}” is smaller. The member will read it.",
            max_length=_MOST_IN_A_REASON,
        )

    def fields_under(self, answer: str) -> Sequence[str]:
        if answer != LESS:
            return super().fields_under(answer)
        return [
            f"{part}_{shown.line.pk}"
            for shown in self.lines
            for part in ("amount", "reason")
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("decision") != LESS:
            return cleaned
        names = [f"amount_{shown.line.pk}" for shown in self.lines]
        for shown, name in zip(self.lines, names, strict=True):
            if cleaned.get(name) is None:
                self.errors.pop(f"reason_{shown.line.pk}", None)
        if (
            names
            and not self.reductions
            and not any(name in self.errors for name in names)
        ):
            self.add_error(
                names[0], "Write a new, smaller amount for at least one line"
            )
        return cleaned

    @property
    def reductions(self) -> Reductions:
        """Return the lines to make smaller: allowed pence and the reason, by line."""
        found = {}
        for shown in self.lines:
            amount = self.cleaned_data.get(f"amount_{shown.line.pk}")
            if amount is None:
                continue
            pence = money.to_pence(amount)
            if pence < shown.line.claimed_pence:
                reason = self.cleaned_data.get(f"reason_{shown.line.pk}", "")
                found[shown.line.pk] = (pence, reason)
        return found
