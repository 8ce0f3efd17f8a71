"""What the pages of a claim share: loading it, whom it speaks to, and its lines as rows."""

from typing import Any

from django.shortcuts import get_object_or_404

from coprod.core.access import FINANCE, MEMBERS, STAFF, Request
from coprod.core.enums import Role
from groups.people.models import Person
from payments import emails
from payments.enums import LineKind
from payments.models import Claim, ClaimLine

READERS = (MEMBERS, STAFF, FINANCE, Role.APPROVER, Role.AUDITOR)
_NAMES = {LineKind.INVOLVEMENT: "At the meeting", LineKind.MILEAGE: "By car"}


def find_claim(request: Request, ref: str) -> Claim:
    """Load a claim the actor may open, with the people on it, or answer 404."""
    visible: Claim = get_object_or_404(
        Claim.objects.visible_to(request.actor).select_related(
            "person", "submitted_by", "verified_by", "approved_by"
        ),
        reference=ref,
    )
    return visible


def name_of(request: Request, person: Person) -> str:
    """Return the member's name when somebody else is reading, else nothing."""
    actor = request.actor
    own = person.pk == actor.person_id and not actor.is_supporter
    return "" if own else person.known_as


def shared(request: Request, claim: Claim, lines: list[ClaimLine]) -> dict[str, Any]:
    meetings = [line.meeting for line in lines if line.kind == LineKind.INVOLVEMENT]
    many = len(meetings) > 1
    return {
        "claim": claim,
        "meetings": meetings,
        "helping": name_of(request, claim.person),
        "rows": [
            {
                "line": line,
                "name": _NAMES.get(LineKind(line.kind), line.get_kind_display()),
                "words": emails.line_sum_words(line),
                "receipts": list(line.receipts.all()),
                "is_time": line.kind == LineKind.INVOLVEMENT,
                "is_miles": line.kind == LineKind.MILEAGE,
                "show_day": many,
                "is_reduced": line.allowed_pence != line.claimed_pence,
            }
            for line in lines
        ],
    }
