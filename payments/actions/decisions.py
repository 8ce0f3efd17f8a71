"""Check, approve, question and refuse claims: each by a different person (payments.md 7.2)."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from coprod.core import audit, transitions
from coprod.core.actors import Actor
from coprod.core.enums import Role
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices import actions as notices
from groups.notices.messages import Message
from groups.people.enums import Purpose
from payments import decision_words, permissions
from payments.actions import payees
from payments.actions.steps import record_step
from payments.enums import CLAIM_TRANSITIONS, ClaimState, LineKind, PayeeState
from payments.models import Claim, ClaimDecision, ClaimLine
from payments.queries import checks

_ROLES_IN_ORDER = (
    Role.APPROVER,
    Role.LEAD,
    Role.INVOLVEMENT,
    Role.RELEASER,
    Role.FINANCE,
)


def role_of(by: Actor) -> str:
    """Return in which role the actor takes a step: the one that decides most comes first."""
    return next((role for role in _ROLES_IN_ORDER if role in by.roles), "")


def tell(*, claim: Claim, by: Actor, occasion: str, message: Message) -> None:
    """Owe the member the news about her claim, in the channel she asked for for money.

    Each step of a claim is told once; a second question or a second payment is a new version.
    """
    steps = ClaimDecision.objects.filter(claim=claim, to_state=claim.state).count()
    notices.plan_notice(
        by=by,
        occasion=occasion,
        about=claim.reference,
        version=max(steps, 1),
        purpose=Purpose.MONEY,
        title=message.subject,
        messages=[message],
        due_at=timezone.now(),
    )


def _move(
    claim: Claim,
    *,
    to: str,
    version: int | None,
    values: Mapping[str, object] | None = None,
) -> None:
    """Move the claim on from the page the person saw; the slower of two is told who was first."""
    if version is not None and version != claim.version:
        raise InvalidTransition(_who_was_first(claim))
    try:
        transitions.move(
            claim,
            table=CLAIM_TRANSITIONS,
            to=to,
            unchanged=("version",),
            values={"version": claim.version + 1} | dict(values or {}),
        )
    except InvalidTransition:
        raise InvalidTransition(_who_was_first(claim)) from None


def _who_was_first(claim: Claim) -> str:
    now = Claim.objects.get(pk=claim.pk)
    newest = ClaimDecision.objects.filter(claim=claim).order_by("-pk").first()
    if newest is None:
        return "This claim has changed since you opened this page. Look at it again."
    return (
        f"This claim moved on while you had the page open. The last step: {newest.what}, by "
        f"{newest.made_by_name}. It is now “{now.get_state_display()}”. We changed nothing."
    )


def _needed(words: str, sentence: str, *, field: str) -> str:
    words = words.strip()
    if not words:
        raise RuleBroken(sentence, field=field)
    return words


@transaction.atomic
def verify_claim(
    *, claim: Claim, by: Actor, note: str = "", version: int | None = None
) -> Claim:
    """Say that a claim agrees with the register, so that an approver can decide.

    `note` is what the checker found out, for the approver and the member to read. `version` is
    that of the page the person looked at. Raises ActionDenied for the claimant's side, RuleBroken
    when time is claimed for a meeting the register does not have her at, InvalidTransition when
    somebody was first. Rule: payments.md 7.2, submitted to verified.
    """
    permissions.check_can_verify_claim(by, claim)
    missing = checks.times_without_register(claim)
    if missing:
        raise RuleBroken(
            f"The register does not have {claim.person.known_as} at a meeting in this claim. "
            "Put the register right first, or send the claim back with a question."
        )
    _move(
        claim,
        to=ClaimState.VERIFIED,
        version=version,
        values={"verified_at": timezone.now(), "verified_by": by.user},
    )
    record_step(
        claim=claim, by=by, what="checked", words=note.strip(), role=role_of(by)
    )
    audit.record(
        by=by,
        verb="checked",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [ClaimState.SUBMITTED, ClaimState.VERIFIED]},
    )
    return claim


@transaction.atomic
def return_claim(
    *, claim: Claim, by: Actor, question: str, version: int | None = None
) -> Claim:
    """Send a claim back to the member with a question she can answer, and tell her.

    Clears who checked it: it is checked afresh when it comes back. Raises ActionDenied, RuleBroken
    (field `question`) without a question, InvalidTransition when somebody was first.
    """
    permissions.check_can_return_claim(by, claim)
    question = _needed(question, "Write the question you want to ask", field="question")
    old = claim.state
    _move(
        claim,
        to=ClaimState.RETURNED,
        version=version,
        values={"verified_at": None, "verified_by": None},
    )
    record_step(
        claim=claim,
        by=by,
        what="returned with a question",
        words=question,
        role=role_of(by),
    )
    audit.record(
        by=by,
        verb="sent back",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [old, ClaimState.RETURNED]},
    )
    message = decision_words.returned(claim, question=question)
    tell(claim=claim, by=by, occasion="claim.returned", message=message)
    return claim


@transaction.atomic
def approve_claim(
    *,
    claim: Claim,
    by: Actor,
    reductions: checks.Reductions | None = None,
    version: int | None = None,
) -> Claim:
    """Approve a claim, in full or with lines made smaller for a reason the member will read.

    `reductions` maps the id of a line to (allowed pence, reason). The approver's limit is held
    against the sum after reductions. The claim becomes ready when her payee is set up, otherwise
    it waits and finance is asked; a sum of nothing closes it. Raises ActionDenied for claimant's
    side, checker, or over the limit; RuleBroken for a reduction without a reason or above the
    claim; InvalidTransition when somebody was first. Rule: payments.md 4.3 and 7.2.
    """
    permissions.check_can_approve_claim(by, claim)
    smaller = _reduced_lines(claim, reductions or {})
    claimed, total = _totals(claim, smaller)
    permissions.check_within_limit(by, total)
    payee = payees.ensure_payee(by=by, person=claim.person)
    _move(
        claim,
        to=_state_after_approval(total, payee.state),
        version=version,
        values={
            "approved_at": timezone.now(),
            "approved_by": by.user,
            "payee": payee,
        },
    )
    for line in smaller:
        line.save(update_fields=["allowed_pence", "reason"])
    what = "approved in part" if smaller else "approved"
    reasons = "\n\n".join(line.reason for line in smaller)
    record_step(claim=claim, by=by, what=what, words=reasons, role=role_of(by))
    audit.record(
        by=by,
        verb="approved",
        on=claim,
        about_person_id=claim.person_id,
        changes={
            "state": [ClaimState.VERIFIED, claim.state],
            "pence": [claimed, total],
        },
    )
    message = _news_of_approval(claim, claimed, total, smaller)
    tell(claim=claim, by=by, occasion="claim.approved", message=message)
    return claim


def _news_of_approval(
    claim: Claim, claimed: int, total: int, smaller: list[ClaimLine]
) -> Message:
    if smaller:
        return decision_words.reduced(
            claim, claimed=claimed, total=total, lines=smaller
        )
    return decision_words.approved(claim, total=total)


def _reduced_lines(claim: Claim, reductions: checks.Reductions) -> list[ClaimLine]:
    """Return the lines that really become smaller, changed in hand but not yet written."""
    lines = {line.pk: line for line in claim.lines.order_by("pk")}
    if unknown := set(reductions) - set(lines):
        raise RuleBroken(
            f"Line {min(unknown)} is not part of this claim. Open the page again."
        )
    smaller = []
    for pk, line in lines.items():
        allowed, reason = reductions.get(pk, (line.allowed_pence, line.reason))
        if not 0 <= allowed <= line.claimed_pence:
            raise RuleBroken(
                "An amount can be made smaller, never larger than what was claimed.",
                field=f"amount_{pk}",
            )
        if allowed == line.claimed_pence:
            continue
        line.reason = _needed(
            reason,
            "Say why this line is smaller. The member will read it.",
            field=f"reason_{pk}",
        )
        line.allowed_pence = allowed
        smaller.append(line)
    return smaller


def _totals(claim: Claim, smaller: list[ClaimLine]) -> tuple[int, int]:
    claimed = claim.lines.aggregate(total=Sum("claimed_pence", default=0))["total"]
    return claimed, claimed - sum(
        line.claimed_pence - line.allowed_pence for line in smaller
    )


def _state_after_approval(total: int, payee_state: str) -> ClaimState:
    if total == 0:
        return ClaimState.NOTHING
    return ClaimState.READY if payee_state == PayeeState.ACTIVE else ClaimState.WAITING


@transaction.atomic
def reject_claim(
    *, claim: Claim, by: Actor, reason: str, version: int | None = None
) -> Claim:
    """Refuse a claim for a reason the member will read, with how to have it looked at again.

    Its time no longer counts as claimed, so that a right claim can follow. Raises ActionDenied,
    RuleBroken (field `reason`) without a reason, InvalidTransition when somebody was first.
    """
    permissions.check_can_approve_claim(by, claim)
    reason = _needed(reason, "Say why. The member will read it.", field="reason")
    _move(claim, to=ClaimState.REJECTED, version=version)
    claim.lines.filter(kind=LineKind.INVOLVEMENT).update(counts=False)
    record_step(claim=claim, by=by, what="not approved", words=reason, role=role_of(by))
    audit.record(
        by=by,
        verb="did not approve",
        on=claim,
        about_person_id=claim.person_id,
        changes={"state": [ClaimState.VERIFIED, ClaimState.REJECTED]},
        reason=reason,
    )
    message = decision_words.rejected(claim, reason=reason)
    tell(claim=claim, by=by, occasion="claim.rejected", message=message)
    return claim
