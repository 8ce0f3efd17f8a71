from coprod.core.actors import Actor
from payments.models import Claim, ClaimDecision


def record_step(
    *, claim: Claim, by: Actor, what: str, words: str = "", role: str = ""
) -> ClaimDecision:
    """Write one step in the life of a claim as the member may read it, in the caller's transaction.

    `what` is a past-tense word ("sent in", "returned"), `words` what the member is told with it, `role`
    in what role it was done. The claim already has the state the step brought it to.
    """
    return ClaimDecision.objects.create(
        claim=claim,
        what=what,
        to_state=claim.state,
        words=words,
        role=role,
        made_by=by.user,
        made_by_name=by.name,
    )
