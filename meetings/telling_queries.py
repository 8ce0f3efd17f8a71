"""Who has what about one meeting: every person, and every time we told people something."""

from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from groups.notices.enums import IN_TROUBLE, OPEN, SENT, DeliveryState, Stage
from groups.notices.models import Delivery, Notice
from groups.people.models import Person
from meetings import occasions
from meetings.enums import MeetingState
from meetings.models import Invitation, Meeting

# Whether the invitation of a meeting was ever undone: only then there is more to ask.
WAS_UNDONE = Exists(
    Notice.objects.filter(
        occasion=occasions.INVITATION,
        about=OuterRef("reference"),
        undone_at__isnull=False,
    )
)

_ORDER = list(occasions.TITLES)


@dataclass(frozen=True, order=True)
class Telling:
    """One time people were told: a column of the page."""

    place: int
    days_before: int
    title: str = field(compare=False)


@dataclass(frozen=True)
class Cell:
    """One person and one telling: the newest message, and whether she has it."""

    telling: Telling
    delivery: Delivery | None

    @property
    def has_it(self) -> bool:
        return self.delivery is not None and self.delivery.state in SENT

    @property
    def is_trouble(self) -> bool:
        return self.delivery is not None and (
            self.delivery.state in IN_TROUBLE
            or self.delivery.state == DeliveryState.TOO_LATE
        )

    @property
    def waits(self) -> bool:
        return self.delivery is not None and self.delivery.state in OPEN

    @property
    def icon(self) -> str:
        if self.has_it:
            return "tick"
        return "warning" if self.is_trouble else "clock" if self.waits else "cross"


@dataclass(frozen=True)
class Row:
    """One person, and what she has of everything we told people."""

    person: Person
    cells: list[Cell]

    @property
    def lacks_something(self) -> bool:
        return any(cell.is_trouble for cell in self.cells)


@dataclass(frozen=True)
class WhoHasWhat:
    tellings: list[Telling]
    rows: list[Row]

    @property
    def without(self) -> list[tuple[Person, Cell]]:
        """Return each person and telling that somebody of the team must see to."""
        return [
            (row.person, cell)
            for row in self.rows
            for cell in row.cells
            if cell.is_trouble
        ]


def not_told(meeting: Meeting) -> QuerySet[Invitation]:
    """Return the invitations that were undone before they went out, and not written anew since.

    Word of a change tells a person everything too.
    """
    words = Delivery.objects.filter(
        notice__about=meeting.reference,
        notice__occasion__in=[occasions.INVITATION, occasions.CHANGED],
        person=OuterRef("person"),
    )
    undone = words.filter(
        notice__occasion=occasions.INVITATION,
        notice__undone_at__isnull=False,
        held_until=F("notice__held_until"),
    )
    other = words.filter(
        Q(notice__undone_at__isnull=True) | ~Q(state=DeliveryState.WITHDRAWN)
    )
    rows = meeting.invitations.filter(Exists(undone), ~Exists(other))
    return rows.select_related("person").order_by("pk")


def count_not_told(meeting: Meeting) -> int:
    """Return to how many people it can be published again. To none once it has begun."""
    is_to_come = meeting.starts_at > timezone.now()
    if meeting.state != MeetingState.PUBLISHED or not is_to_come:
        return 0
    if not getattr(meeting, "was_undone", True):
        return 0
    return not_told(meeting).count()


def who_has_what(meeting: Meeting) -> WhoHasWhat:
    """Return for each invited person what she has been told, in two queries.

    A person counts as having it when any of her messages of that telling has gone, so an e-mail that
    failed and was then posted is no trouble any more. What a newer word took the place of
    is not shown as missing.
    """
    invited = Invitation.objects.filter(meeting=meeting).select_related("person")
    people = [row.person for row in invited.order_by("person__known_as", "pk")]
    rows = (
        Delivery.objects.filter(
            notice__about=meeting.reference, notice__occasion__in=_ORDER
        )
        .select_related("notice")
        .order_by("notice__version", "pk")
    )
    told: dict[Telling, dict[int, Delivery]] = {}
    for delivery in rows:
        by_person = told.setdefault(_telling(delivery), {})
        before = by_person.get(delivery.person_id)
        if before is None or _tells_more(delivery, before):
            by_person[delivery.person_id] = delivery
    tellings = sorted(told)
    return WhoHasWhat(
        tellings=tellings,
        rows=[
            Row(
                person,
                [Cell(telling, told[telling].get(person.pk)) for telling in tellings],
            )
            for person in people
        ],
    )


def _telling(delivery: Delivery) -> Telling:
    occasion = delivery.notice.occasion
    stage = delivery.notice.stage
    days = stage.removeprefix(Stage.REMINDER).lstrip("-")
    title = occasions.TITLES[occasion]
    if days.isdigit():
        title = f"{title}, {days} day{'s' if days != '1' else ''} before"
    # The reminder that goes first stands first: seven days before two.
    return Telling(_ORDER.index(occasion), -int(days) if days.isdigit() else 0, title)


def _tells_more(new: Delivery, old: Delivery) -> bool:
    """Of two messages of one telling: a newer version wins, and within one what has gone."""
    if new.notice.version != old.notice.version:
        return new.state != DeliveryState.WITHDRAWN or old.state not in SENT
    return old.state not in SENT and (
        new.state in SENT or old.state == DeliveryState.WITHDRAWN
    )
