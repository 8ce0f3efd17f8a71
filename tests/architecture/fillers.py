"""What the blanks of addresses stand for. Add a line when a page brings a new kind of blank."""

from typing import Any

from coprod.core.models import Document
from groups.governance.models import Group, Membership, Seat
from groups.notices.models import Alert, Delivery, Notice, PrintRun
from groups.people.models import (
    AccessNeed,
    ConsentRecord,
    ContactPoint,
    Person,
    Supporter,
)
from groups.people.views.moves import MOVES
from groups.projects.models import Project
from meetings.models import (
    AccessArrangement,
    Action,
    AgendaItem,
    CalendarFeed,
    Correction,
    Decision,
    Paper,
    PaperFile,
    Revision,
    Series,
)
from payments.models import (
    Claim,
    ClaimLine,
    Payee,
    PaymentResult,
    PayRun,
    PolicyVersion,
    Receipt,
    ResultsFile,
)

Pairs = list[tuple[Any, Any]]


def _by(rows: Any, attribute: str = "pk") -> Pairs:
    return [(getattr(row, attribute), row) for row in rows]


def _one_of_each(rows: Any, *attributes: str) -> list[Any]:
    """Keep the first and the last row of each kind, so that every state is met."""
    kept: dict[Any, list[Any]] = {}
    for row in rows:
        kept.setdefault(tuple(getattr(row, name) for name in attributes), []).append(
            row
        )
    return [row for rows in kept.values() for row in dict.fromkeys((rows[0], rows[-1]))]


def fillers_for(world: Any) -> dict[tuple[str, str], Any]:
    """Return for each blank, known by the word before it, what makes its values from the parent."""
    people = [world.member, world.stranger, world.former]
    refs = _by(people, "reference")
    meetings = _by(world.meetings, "reference")
    deliveries = _by(world.deliveries, "reference")
    runs = _by(PrintRun.objects.all(), "reference")
    documents = Document.objects.order_by("pk")
    claims = _by(_one_of_each(Claim.objects.order_by("pk"), "state")[:10], "reference")
    payees = [
        (payee.person.reference, payee)
        for payee in Payee.objects.filter(person__in=people)
    ]
    lines = ClaimLine.objects.order_by("pk")

    def for_a(model: Any, path: str, attribute: str = "pk") -> Any:
        """Children of the parent, or, on a page about oneself, those of each of the people."""

        def values(parent: Any) -> Pairs:
            if parent is not None:
                return _by(
                    model.objects.filter(**{path: parent}).order_by("pk"), attribute
                )
            wanted = model.objects.filter(**{f"{path}__in": people}).order_by("pk")
            return _by(
                _one_of_each(wanted, f"{path.split('__', maxsplit=1)[0]}_id"), attribute
            )

        return values

    def invited(parent: Any) -> Pairs:
        meeting = parent.item.meeting if isinstance(parent, Decision) else parent
        rows = Person.objects.filter(
            invitations__meeting=meeting, pk__in=[p.pk for p in people]
        )
        return _by(rows, "reference")

    def positions(parent: Any) -> Pairs:
        return _by(parent.items.order_by("position"), "position")

    def kept(parent: Any) -> Pairs:
        rows = Revision.objects.filter(
            section__minutes__meeting=parent, kept_aside=True
        )
        return _by(rows)

    def copies(parent: Any) -> Pairs:
        return _by(documents.filter(about__contains=parent.reference), "reference")

    def calls_about(meeting: Any) -> Pairs:
        rows = Delivery.objects.filter(notice__about=meeting.reference, channel="phone")
        waiting = rows.filter(state="planned").order_by("pk")[:1]
        ended = rows.exclude(state="planned").order_by("state", "pk")[:1]
        return _by([*waiting, *ended], "reference")

    def consents(parent: Any) -> Pairs:
        wordings = ConsentRecord.objects.filter(
            person__in=[parent] if parent else people
        )
        return [*_by(wordings), *[(row.wording_id, row) for row in wordings[:1]]]

    known = {
        ("people", "ref"): lambda _: refs,
        ("contacts", "pk"): for_a(ContactPoint, "person"),
        ("consents", "pk"): consents,
        ("needs", "pk"): for_a(AccessNeed, "passport__person"),
        ("supporters", "pk"): for_a(Supporter, "member"),
        ("record", "slug"): lambda _: [(move.slug, move) for move in MOVES],
        ("groups", "slug"): lambda _: _by(
            Group.objects.filter(pk__in=world.group_ids), "slug"
        ),
        ("seats", "pk"): for_a(Seat, "group"),
        ("members", "pk"): for_a(Membership, "group"),
        ("projects", "slug"): lambda _: _by(Project.objects.all(), "slug"),
        ("actions", "ref"): lambda _: _by(Action.objects.all(), "reference"),
        ("actions", "position"): positions,
        ("calendar", "secret"): lambda _: [
            (f"secret-{row.person.reference}", row)
            for row in CalendarFeed.objects.select_related("person")
        ],
        ("decisions", "ref"): lambda _: _by(Decision.objects.all(), "reference"),
        ("views", "person_ref"): invited,
        ("series", "ref"): lambda _: _by(Series.objects.all(), "reference"),
        ("meetings", "ref"): lambda _: meetings,
        ("access", "pk"): for_a(AccessArrangement, "meeting"),
        ("decisions", "position"): positions,
        ("items", "pk"): for_a(AgendaItem, "meeting"),
        ("papers", "pk"): for_a(Paper, "item__meeting"),
        ("files", "file_pk"): for_a(PaperFile, "paper__item__meeting"),
        ("copy", "document"): copies,
        ("pack", "document"): copies,
        ("corrections", "pk"): for_a(Correction, "minutes__meeting"),
        ("notes", "position"): positions,
        ("kept", "revision"): kept,
        ("replies", "person_ref"): invited,
        ("claims", "ref"): lambda _: claims,
        ("choice", "meeting_ref"): lambda claim: [
            (line.meeting.reference, line)
            for line in claim.lines.filter(meeting__isnull=False)
        ],
        ("costs", "pk"): lambda claim: _by(lines.filter(claim=claim, kind="parking")),
        ("miles", "pk"): lambda claim: _by(lines.filter(claim=claim, kind="mileage")),
        ("lines", "pk"): lambda claim: _by(lines.filter(claim=claim)),
        ("receipts", "pk"): lambda claim: _by(
            Receipt.objects.filter(line__claim=claim)
        ),
        ("policies", "pk"): lambda _: _by(PolicyVersion.objects.all()),
        ("exceptions", "pk"): lambda _: _by(PaymentResult.objects.all()),
        ("pay-runs", "ref"): lambda _: _by(PayRun.objects.all(), "reference"),
        ("payees", "ref"): lambda _: payees,
        ("results", "pk"): lambda _: _by(ResultsFile.objects.all()),
        ("calls", "ref"): lambda _: deliveries,
        ("calls", "delivery_ref"): calls_about,
        ("notices", "ref"): lambda _: _by(
            Notice.objects.filter(held_until__isnull=False), "reference"
        ),
        ("messages", "ref"): lambda _: deliveries,
        ("messages", "what"): lambda _: [("send-again", None), ("arrived", None)],
        ("letters", "ref"): lambda _: runs,
        ("health", "kind"): lambda _: _by(Alert.objects.order_by("pk"), "kind"),
        ("health", "about"): lambda alert: [(alert.about, alert)],
    }
    fixed = {
        ("mail", "name"): "nothing",
        ("keys", "pk"): 1,
        ("confirm-email", "key"): "abc",
    }
    fixed |= {("key", "uidb36"): "1", ("key", "key"): "abc"}
    return known | {
        key: (lambda _, value=value: [(value, None)]) for key, value in fixed.items()
    }
