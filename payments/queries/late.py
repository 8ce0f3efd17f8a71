"""Whether a claim comes within the time its policy asks for. Late is said plainly, never refused."""

import datetime as dt
from collections.abc import Sequence

from coprod.core import dates
from payments.models import Claim, ClaimLine


def _in_time_until(line: ClaimLine) -> dt.date:
    months = line.policy_version.policy.claim_window_months
    return dates.add_months(line.activity_date, months)


def late_words(claim: Claim, lines: Sequence[ClaimLine]) -> str:
    """Return by when a late claim should have been sent, in sentences; nothing when it is in time.

    What was sent in time stays in time, however long a question about it takes. Needs the
    policy on each line. Rule: payments.md 7.1, claim window and late rule.
    """
    if not lines:
        return ""
    oldest = min(lines, key=_in_time_until)
    until = _in_time_until(oldest)
    was_sent = claim.submitted_at is not None
    if not (claim.late_reason if was_sent else until < dates.today()):
        return ""
    months = oldest.policy_version.policy.claim_window_months
    within = "1 month" if months == 1 else f"{months} months"
    return (
        f"We ask for claims within {within}. For {dates.long_date(oldest.activity_date)} "
        f"that was by {dates.long_date(until)}."
    )
