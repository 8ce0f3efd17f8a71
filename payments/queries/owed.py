"""What the team owes people about claims: what is to be checked, and who is to be rung."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.notices.owed import Owed, owed_line
from groups.people.enums import Channel, Purpose
from groups.people.queries import asked_channel
from payments.enums import ClaimState, LineKind, OfferAnswer
from payments.models import Claim, ClaimLine, OfferChoice
from payments.queries.status import CHECK_WORKING_DAYS

# A member who does not read it online is rung within a working week of the meeting.
RING_WORKING_DAYS = 5
# A first page is for the next things to do; the claims list holds them all.
MOST_OWED = 50


def owed(*, actor: Actor, today: dt.date) -> list[Owed]:
    """Return the claims that wait for the team, oldest first: to check, to read back, advice.

    Empty for anybody who neither checks claims nor helps with them.
    """
    rows: list[Owed] = []
    if actor.can(Permission.VERIFY_CLAIMS):
        rows += _to_check(actor, today)
    if actor.can(Permission.HELP_WITH_CLAIMS):
        rows += _to_ring(actor, today)
    return sorted(rows, key=lambda row: (row.due_date, row.what, row.who))


def _to_check(actor: Actor, today: dt.date) -> Iterable[Owed]:
    waiting = Claim.objects.filter(state=ClaimState.SUBMITTED).select_related("person")
    for claim in waiting.order_by("submitted_at", "pk")[:MOST_OWED]:
        sent = claim.submitted_at or claim.drafted_at
        due = dates.add_working_days(dates.local(sent).date(), CHECK_WORKING_DAYS)
        yield owed_line(
            actor,
            today,
            due=due,
            who=claim.person.known_as,
            who_url=claim.person.get_absolute_url(),
            what=f"Check claim {claim.reference}",
            icon="pound",
            url=claim.get_absolute_url(),
        )


def _to_ring(actor: Actor, today: dt.date) -> Iterable[Owed]:
    """Yield drafts of members who do not read them online, and those who want advice first."""
    answers = OfferChoice.objects.filter(
        offer__person_id=OuterRef("person_id"),
        offer__meeting_id__in=ClaimLine.objects.filter(
            claim=OuterRef(OuterRef("pk")), kind=LineKind.INVOLVEMENT
        ).values("meeting_id"),
    ).order_by("-chosen_at", "-pk")
    drafts = (
        Claim.objects.filter(state__in=[ClaimState.DRAFT, ClaimState.RETURNED])
        .annotate(
            answer=Subquery(answers.values("answer")[:1]),
            channel=asked_channel(Purpose.MONEY, "person"),
        )
        .exclude(~Q(answer=OfferAnswer.ADVICE), channel=Channel.EMAIL)
        .select_related("person__staff_contact")
    )
    for claim in drafts.order_by("drafted_at", "pk")[:MOST_OWED]:
        drafted = dates.local(claim.drafted_at).date()
        yield owed_line(
            actor,
            today,
            due=dates.add_working_days(drafted, RING_WORKING_DAYS),
            who=claim.person.known_as,
            who_url=claim.person.get_absolute_url(),
            what=_why_ring(claim),
            icon="phone",
            holder=claim.person.staff_contact,
            url=claim.get_absolute_url(),
        )


def _why_ring(claim: Claim) -> str:
    if getattr(claim, "answer", "") == OfferAnswer.ADVICE:
        return f"Ring about advice first, claim {claim.reference}"
    if claim.state == ClaimState.RETURNED:
        return f"Ring with our question about claim {claim.reference}"
    return f"Ring to read back claim {claim.reference}"
