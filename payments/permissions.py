"""Who may do what with money.

Claimant side, verifier and approver are three different people; nobody is an exception, whatever
roles an account holds (payments.md 7.3, 11). Each refusal says why.
"""

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from coprod.core.errors import ActionDenied
from groups.people.enums import SupportScope
from groups.people.models import SignIn
from payments.enums import WITH_THE_MEMBER, ClaimState
from payments.models import Claim, PolicyVersion


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
