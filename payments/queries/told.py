"""Whom the steps of claims should have told, for the comparison of each day (lessons.md T26)."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, IntegerField, OuterRef, Subquery

from coprod.core import dates
from groups.notices.comparing import Expected
from groups.notices.enums import Stage
from payments.models import ClaimDecision

# What the step is called, and the occasion of the message that goes with it.
TOLD: dict[str, str] = {
    "sent in": "claim.sent",
    "returned with a question": "claim.returned",
    "approved": "claim.approved",
    "approved in part": "claim.approved",
    "not approved": "claim.rejected",
    "paid": "claim.paid",
    "sent back by the bank": "claim.bank_returned",
    "ready to be paid again": "claim.reissued",
}
# What somebody else sent in is read back to the member instead.
READ_BACK = "claim.read_back"


def expected(day: dt.date) -> Iterator[Expected]:
    """Yield for each step of a claim on this day the message the member must have. One query.

    The steps are what happened; they are written apart from the messages. A step is told under the
    number of times the claim has come to that state; what was sent in, under the version of the
    claim, which no step keeps.
    """
    midnight = dt.time(0)
    same = ClaimDecision.objects.filter(
        claim=OuterRef("claim"), to_state=OuterRef("to_state"), pk__lte=OuterRef("pk")
    )
    counted = same.order_by().values("claim").annotate(number=Count("pk"))
    steps = ClaimDecision.objects.filter(
        made_at__gte=dates.wall_to_instant(day, midnight),
        made_at__lt=dates.wall_to_instant(day + dt.timedelta(days=1), midnight),
        what__in=TOLD,
    ).annotate(times=Subquery(counted.values("number"), output_field=IntegerField()))
    rows = steps.order_by("pk").values_list(
        "what", "claim__reference", "times", "claim__person_id"
    )
    for what, reference, times, person_id in rows:
        is_sent = what == "sent in"
        yield Expected(
            occasion=TOLD[what],
            about=reference,
            version=None if is_sent else times,
            stage=Stage.FIRST,
            person_id=person_id,
            or_occasion=READ_BACK if is_sent else "",
        )
