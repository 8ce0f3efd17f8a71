"""What the team owes people about claims: what is to be checked, and who is to be rung."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.notices.owed import Owed, due_words
from groups.people.enums import Channel, Purpose
from groups.people.models import Person
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
        rows += _to_check(today)
    if actor.can(Permission.HELP_WITH_CLAIMS):
        rows += _to_ring(actor, today)
    return sorted(rows, key=lambda row: (row.due_date, row.what, row.who))


def _to_check(today: dt.date) -> Iterable[Owed]:
    waiting = Claim.objects.filter(state=ClaimState.SUBMITTED).select_related("person")
    for claim in waiting.order_by("submitted_at", "pk")[:MOST_OWED]:
        sent = claim.submitted_at or claim.drafted_at
        due = dates.add_working_days(dates.local(sent).date(), CHECK_WORKING_DAYS)
        yield _owed(
            claim.person,
            today,
            due=due,
            what=f"Check claim {claim.reference}",
            icon="pound",
            holder="Nobody yet",
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
        contact = claim.person.staff_contact
        is_mine = contact is not None and contact.pk == actor.user_id
        name = contact.name if contact else "Nobody yet"
        drafted = dates.local(claim.drafted_at).date()
        yield _owed(
            claim.person,
            today,
            due=dates.add_working_days(drafted, RING_WORKING_DAYS),
            what=_why_ring(claim),
            icon="phone",
            holder="You" if is_mine else name,
            is_mine=is_mine,
            url=claim.get_absolute_url(),
        )


def _why_ring(claim: Claim) -> str:
    if getattr(claim, "answer", "") == OfferAnswer.ADVICE:
        return f"Ring about advice first, claim {claim.reference}"
    if claim.state == ClaimState.RETURNED:
        return f"Ring with our question about claim {claim.reference}"
    return f"Ring to read back claim {claim.reference}"


def _owed(
    person: Person,
    today: dt.date,
    *,
    due: dt.date,
    what: str,
    icon: str,
    holder: str,
    url: str,
    is_mine: bool = False,
) -> Owed:
    return Owed(
        due_date=due,
        due_words=due_words(due, today),
        who=person.known_as,
        who_url=reverse("people:detail", args=[person.reference]),
        what=what,
        icon=icon,
        holder=holder,
        holder_is_me=is_mine,
        is_late=due < today,
        url=url,
    )
