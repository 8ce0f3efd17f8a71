"""Decisions as they are read: what was decided, and what each person thought, shown her way."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from coprod.core.actors import Actor
from groups.governance.enums import AttributionMode
from groups.people.enums import Capacity
from groups.people.models import Person
from meetings.enums import DecisionOutcome, HeldBy, Stance
from meetings.models import Decision, DecisionOption, DecisionView

ROLES = {
    Capacity.LIVED: ("A member", "member", "members"),
    Capacity.CARER: ("A carer", "carer", "carers"),
    Capacity.STAFF: ("A member of staff", "member of staff", "staff"),
    Capacity.PARTNER: ("A partner", "partner", "partners"),
    Capacity.COUNCILLOR: ("A councillor", "councillor", "councillors"),
}
# From the most open to the most private.
_OPENNESS = (AttributionMode.NAMED, AttributionMode.ROLE, AttributionMode.NONE)


def shown_as(person: Person, mode: str) -> str:
    """Return how a person appears in minutes of this mode: her name, her role, or nobody."""
    if mode == AttributionMode.NAMED:
        return person.known_as
    return (
        ROLES[Capacity(person.capacity)][0]
        if mode == AttributionMode.ROLE
        else "Somebody"
    )


def more_private(first: str, second: str) -> str:
    """Return the more private of two ways of showing people."""
    return max(first, second, key=lambda mode: _OPENNESS.index(AttributionMode(mode)))


@dataclass(frozen=True)
class Tally:
    """How many people took one view, for the marks and the words beside them."""

    count: int
    words: str
    rest: str = ""
    yes: int = 0
    no: int = 0
    concern: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Quote:
    kicker: str
    words: str
    by: str


@dataclass(frozen=True)
class DecisionCard:
    """A decision as it is read: what was decided, what else was looked at, what people thought."""

    decision: Decision
    made: str
    outcome: str
    is_agreed: bool
    other_options: tuple[str, ...]
    tallies: tuple[Tally, ...]
    quotes: tuple[Quote, ...]

    @property
    def title(self) -> str:
        return f"Decision {self.decision.reference}"

    @property
    def has_concerns(self) -> bool:
        return self.decision.outcome == DecisionOutcome.WITH_CONCERNS


def decision_card(
    decision: Decision,
    options: Iterable[DecisionOption],
    views: Sequence[DecisionView],
    mode: str,
) -> DecisionCard:
    """Return a decision as it is read, from its options and its views with their people."""
    outcome = DecisionOutcome(decision.outcome)
    made = {
        HeldBy.GROUP: "Made by the group",
        HeldBy.SHARED: "Made by the group and the council together",
        HeldBy.ADVICE: "Made by the council, with the group’s advice",
    }[HeldBy(decision.held_by)]
    return DecisionCard(
        decision=decision,
        made=f"{made}, by {decision.rule}",
        outcome=str(outcome.label),
        is_agreed=outcome in (DecisionOutcome.AGREED, DecisionOutcome.WITH_CONCERNS),
        other_options=tuple(
            option.text
            for option in sorted(options, key=lambda option: option.position)
            if not option.chosen
        ),
        tallies=tuple(_tallies(views)),
        quotes=tuple(_quotes(views, mode)),
    )


def _tallies(views: Sequence[DecisionView]) -> Iterable[Tally]:
    counts = Counter(view.stance for view in views)
    if count := counts[Stance.SUPPORT]:
        yield Tally(count, f"{count} supported it", yes=count)
    if count := counts[Stance.CONCERN]:
        yield Tally(
            count, f"{count} had a concern", ", and let it go ahead", concern=count
        )
    if count := counts[Stance.DISAGREE]:
        yield Tally(count, f"{count} disagreed", concern=count)
    if count := counts[Stance.ABSTAIN]:
        yield Tally(count, f"{count} chose not to say", no=count)
    if count := counts[Stance.NO_REPLY]:
        have = "has" if count == 1 else "have"
        words = f"{count} {have} not replied."
        yield Tally(count, words, " We do not count that as a yes.", waiting=count)


_KICKERS = {
    Stance.SUPPORT: "What somebody said who supported it",
    Stance.CONCERN: "The concern, in the person’s own words",
    Stance.DISAGREE: "Why somebody disagreed, in the person’s own words",
    Stance.ABSTAIN: "What somebody said who chose no side",
}


def _quotes(views: Sequence[DecisionView], mode: str) -> Iterable[Quote]:
    for view in views:
        if not view.words or view.stance == Stance.NO_REPLY:
            continue
        shown = more_private(mode, view.show_as)
        by = {
            AttributionMode.NAMED: view.person.known_as,
            AttributionMode.ROLE: f"{shown_as(view.person, shown)}, shown by role",
            AttributionMode.NONE: "Shown without a name or a role",
        }[AttributionMode(shown)]
        yield Quote(kicker=_KICKERS[Stance(view.stance)], words=view.words, by=by)


def decisions_for(actor: Actor) -> QuerySet[Decision]:
    """Return the decisions the actor may read, newest meeting first."""
    rows = Decision.objects.visible_to(actor).select_related("item__meeting__group")
    return rows.order_by("-item__meeting__starts_at", "item__position")


def decision_with_views(actor: Actor, reference: str) -> Decision | None:
    """Return one decision the actor may read, with what its card needs."""
    return (
        Decision.objects.visible_to(actor)
        .select_related("item__meeting__group", "item__meeting__minutes")
        .prefetch_related(
            "options",
            Prefetch(
                "views", DecisionView.objects.select_related("person").order_by("pk")
            ),
        )
        .filter(reference=reference)
        .first()
    )
