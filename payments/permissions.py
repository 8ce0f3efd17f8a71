"""Who may do what with money.

Claimant side, verifier and approver are three different people; nobody is an exception, whatever
roles an account holds (payments.md 7.3, 11). Each refusal says why.
"""

from coprod.core import money
from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.people.enums import SupportScope
from groups.people.models import SignIn
from payments.enums import WITH_THE_MEMBER, ClaimState, PayRunState
from payments.models import ApprovalLimit, Claim, PayRun, PolicyVersion


def is_own_claim(actor: Actor, claim: Claim) -> bool:
    """Tell whether the actor is the member, or her supporter with the claim scope, right now."""
    return actor.person_id == claim.person_id and actor.has_scope(SupportScope.CLAIM)


def is_claimant_side(actor: Actor, claim: Claim) -> bool:
    """Tell whether this account stands on the member's side of the claim.

    That is the member, anyone who may act for her (also while acting as somebody else), whoever
    sent it in and every helper who entered or changed it.
    """
    user_id = actor.user_id
    if user_id is None:
        return False
    if claim.person_id in (actor.person_id, actor.own_person_id):
        return True
    return (
        claim.submitted_by_id == user_id
        or SignIn.objects.filter(user_id=user_id, person_id=claim.person_id).exists()
        or claim.helpers.filter(pk=user_id).exists()
    )


def check_can_help(actor: Actor, person_id: int) -> None:
    """Raise ActionDenied unless the actor may claim for this person: herself, or staff helping."""
    own = actor.person_id == person_id and actor.has_scope(SupportScope.CLAIM)
    if not own and not actor.can(Permission.HELP_WITH_CLAIMS):
        raise ActionDenied("You cannot make a claim for this person.")


def check_can_edit_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless the claim is with the member and the actor is she or a helper."""
    check_can_help(actor, claim.person_id)
    if claim.state not in WITH_THE_MEMBER:
        raise ActionDenied(
            "This claim has been sent in, so it cannot be changed. Ring us if something is wrong."
        )


def can_edit_claim(actor: Actor, claim: Claim) -> bool:
    """Tell whether `check_can_edit_claim` would let the actor change the lines."""
    try:
        check_can_edit_claim(actor, claim)
    except ActionDenied:
        return False
    return True


def check_can_submit_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless the actor may send this claim in."""
    check_can_edit_claim(actor, claim)
    if actor.user_id is None:
        raise ActionDenied("Only a person can send a claim in.")


def check_can_withdraw_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless the actor may take the claim back before anybody checked it."""
    check_can_help(actor, claim.person_id)
    if claim.state not in WITH_THE_MEMBER | {ClaimState.SUBMITTED}:
        raise ActionDenied(
            "We have already checked this claim, so you cannot take it back here. Ring us instead."
        )


def can_withdraw_claim(actor: Actor, claim: Claim) -> bool:
    """Tell whether `check_can_withdraw_claim` would let the actor take the claim back."""
    try:
        check_can_withdraw_claim(actor, claim)
    except ActionDenied:
        return False
    return True


def check_not_claimant_side(actor: Actor, claim: Claim, *, verb: str) -> None:
    """Raise ActionDenied when the actor claimed, helped or may act for the member.

    `verb` completes the sentence: "check", "approve".
    """
    if claim.person_id in (actor.person_id, actor.own_person_id):
        raise ActionDenied(f"This is your own claim, so somebody else must {verb} it.")
    if is_claimant_side(actor, claim):
        raise ActionDenied(
            f"You helped with this claim, so somebody else must {verb} it."
        )


def check_can_verify_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless the actor may check the claim against the register."""
    if not actor.can(Permission.VERIFY_CLAIMS):
        raise ActionDenied("Only the involvement team checks claims.")
    check_not_claimant_side(actor, claim, verb="check")
    if claim.approved_by_id is not None and claim.approved_by_id == actor.user_id:
        raise ActionDenied("You approved this claim, so somebody else must check it.")


def can_verify_claim(actor: Actor, claim: Claim) -> bool:
    """Tell whether the claim waits for a check and the actor may do it."""
    if claim.state != ClaimState.SUBMITTED:
        return False
    try:
        check_can_verify_claim(actor, claim)
    except ActionDenied:
        return False
    return True


def check_can_approve_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless the actor may decide on the claim; the money limit comes after.

    The limit depends on the sum after reductions, so the approving action asks it.
    """
    if not actor.can(Permission.APPROVE_CLAIMS):
        raise ActionDenied("Only an approver decides on claims.")
    check_not_claimant_side(actor, claim, verb="approve")
    if claim.verified_by_id is not None and claim.verified_by_id == actor.user_id:
        raise ActionDenied("You checked this claim, so somebody else must approve it.")


def can_approve_claim(actor: Actor, claim: Claim) -> bool:
    """Tell whether the claim waits for a decision and the actor may make it."""
    if claim.state != ClaimState.VERIFIED:
        return False
    try:
        check_can_approve_claim(actor, claim)
    except ActionDenied:
        return False
    return True


def check_can_draft_policy(actor: Actor) -> None:
    """Raise ActionDenied unless the actor may draft payment rates."""
    if not actor.can(Permission.DRAFT_POLICY):
        raise ActionDenied("Only the involvement team drafts payment rates.")


def can_draft_policy(actor: Actor) -> bool:
    """Tell whether the actor drafts payment rates."""
    return actor.can(Permission.DRAFT_POLICY)


def check_can_publish_version(actor: Actor, version: PolicyVersion) -> None:
    """Raise ActionDenied unless the actor may publish rates that somebody else drafted."""
    if not actor.can(Permission.PUBLISH_POLICY):
        raise ActionDenied("Only an involvement lead publishes payment rates.")
    if version.drafted_by_id is not None and version.drafted_by_id == actor.user_id:
        raise ActionDenied(
            "You drafted these rates, so a second person must publish them."
        )


def can_publish_version(actor: Actor, version: PolicyVersion) -> bool:
    """Tell whether `check_can_publish_version` would let the actor publish."""
    try:
        check_can_publish_version(actor, version)
    except ActionDenied:
        return False
    return True


def limit_of(actor: Actor) -> int | None:
    """Return up to how many pence this account may approve, or None when nobody set a limit."""
    if actor.user_id is None:
        return None
    return (
        ApprovalLimit.objects.filter(user_id=actor.user_id)
        .values_list("limit_pence", flat=True)
        .first()
    )


def check_within_limit(actor: Actor, pence: int) -> None:
    """Raise ActionDenied when the sum is more than this account may approve.

    An account without a limit approves nothing: silence is not permission (payments.md 4.3).
    """
    limit = limit_of(actor)
    if limit is None:
        raise ActionDenied(
            "Nobody has set a money limit for you yet, so you cannot approve claims."
        )
    if pence > limit:
        raise ActionDenied(
            f"This comes to {money.pounds(pence)}. You may approve up to {money.pounds(limit)}, "
            "so somebody with a higher limit must decide."
        )


def check_can_return_claim(actor: Actor, claim: Claim) -> None:
    """Raise ActionDenied unless whoever has the claim now may send it back with a question."""
    if claim.state == ClaimState.VERIFIED:
        check_can_approve_claim(actor, claim)
    else:
        check_can_verify_claim(actor, claim)


def check_can_build_pay_run(actor: Actor) -> None:
    """Raise ActionDenied unless the actor may build and take apart pay runs."""
    if not actor.can(Permission.BUILD_PAY_RUNS) or actor.user_id is None:
        raise ActionDenied("Only finance builds pay runs.")


def check_can_release_pay_run(actor: Actor, pay_run: PayRun) -> None:
    """Raise ActionDenied unless the actor may release this run, which somebody else built."""
    if actor.user_id is not None and pay_run.built_by_id == actor.user_id:
        raise ActionDenied(
            "You built this pay run, so a second person must release it."
        )
    if not actor.can(Permission.RELEASE_PAY_RUNS) or actor.user_id is None:
        raise ActionDenied("Only a pay run releaser releases pay runs.")


def can_release_pay_run(actor: Actor, pay_run: PayRun) -> bool:
    """Tell whether the run waits to be released and the actor may do it."""
    if pay_run.state != PayRunState.BUILT:
        return False
    try:
        check_can_release_pay_run(actor, pay_run)
    except ActionDenied:
        return False
    return True


def check_can_load_results(actor: Actor) -> None:
    """Raise ActionDenied unless the actor may load what the ledger says was paid."""
    if not actor.can(Permission.BUILD_PAY_RUNS) or actor.user_id is None:
        raise ActionDenied("Only finance loads results and settles exceptions.")


def check_can_see_payees(actor: Actor) -> None:
    """Raise ActionDenied unless the actor may see supplier numbers."""
    if not actor.can(Permission.SEE_PAYEES) or actor.user_id is None:
        raise ActionDenied("Only finance sees supplier numbers.")


def check_can_set_up_payee(actor: Actor) -> None:
    """Raise ActionDenied unless the actor may record or stop a supplier number.

    Not a releaser: who lets money go does not also say where it goes.
    """
    if not actor.can(Permission.BUILD_PAY_RUNS) or not actor.can(Permission.SEE_PAYEES):
        raise ActionDenied("Only finance sets up payees.")
