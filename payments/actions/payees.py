"""Who finance can pay: a supplier number and no bank details (payments.md 5.5, 5.7)."""

import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from coprod.core import audit, transitions
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.people.models import Person
from payments import permissions
from payments.actions.steps import record_step
from payments.enums import (
    CLAIM_TRANSITIONS,
    PAYEE_TRANSITIONS,
    ClaimState,
    PayeeState,
)
from payments.models import Claim, Payee

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{1,29}")


@transaction.atomic
def ensure_payee(*, by: Actor, person: Person) -> Payee:
    """Return the person's payee, asking finance for one when there is none or it was stopped.

    Asks no permission: it is part of approving a claim, which has asked its own.
    """
    payee, created = Payee.objects.get_or_create(
        person=person,
        defaults={"name": person.known_as, "requested_by": by.user},
    )
    asked = created
    if payee.state == PayeeState.STOPPED:
        transitions.move(
            payee,
            table=PAYEE_TRANSITIONS,
            to=PayeeState.REQUESTED,
            values={"requested_at": timezone.now(), "requested_by": by.user},
        )
        asked = True
    if asked:
        audit.record(by=by, verb="asked for payee", on=payee, about_person_id=person.pk)
    return payee


@transaction.atomic
def set_up_payee(*, by: Actor, payee: Payee, supplier_number: str) -> Payee:
    """Record the supplier number finance gave a person, so that her approved claims can be paid.

    Every claim that waited for it becomes ready. The number is not written to the audit trail.
    Raises ActionDenied, RuleBroken (field `supplier_number`) for a number that is malformed or
    belongs to somebody else, InvalidTransition when the payee is set up already.
    """
    permissions.check_can_set_up_payee(by)
    number = supplier_number.strip().upper()
    if not _NUMBER.fullmatch(number):
        raise RuleBroken(
            "Write the supplier number as finance gave it, like 204417.",
            field="supplier_number",
        )
    taken = RuleBroken(
        "Another payee already has this supplier number. Check it with finance.",
        field="supplier_number",
    )
    if Payee.objects.filter(supplier_number=number).exclude(pk=payee.pk).exists():
        raise taken
    try:
        with transaction.atomic():
            transitions.move(
                payee,
                table=PAYEE_TRANSITIONS,
                to=PayeeState.ACTIVE,
                message="This payee is set up already. Look at the page again.",
                values={
                    "supplier_number": number,
                    "set_up_at": timezone.now(),
                    "set_up_by": by.user,
                },
            )
    except IntegrityError:
        raise taken from None
    audit.record(by=by, verb="set up payee", on=payee, about_person_id=payee.person_id)
    release_waiting_claims(by=by, payee=payee)
    return payee


@transaction.atomic
def release_waiting_claims(*, by: Actor, payee: Payee) -> int:
    """Make every claim that waited for this payee ready to pay, and return how many.

    Asks no permission: it is the effect of setting the payee up or of building a pay run.
    """
    count = 0
    for claim in Claim.objects.filter(payee=payee, state=ClaimState.WAITING).order_by(
        "pk"
    ):
        transitions.move(claim, table=CLAIM_TRANSITIONS, to=ClaimState.READY)
        record_step(claim=claim, by=by, what="set up for payment")
        count += 1
    return count


@transaction.atomic
def stop_payee(*, by: Actor, payee: Payee, reason: str) -> Payee:
    """Stop paying to this supplier number: no pay run takes the person's claims until it is back.

    Raises ActionDenied, RuleBroken (field `reason`), InvalidTransition when it is stopped already.
    """
    permissions.check_can_set_up_payee(by)
    if not reason.strip():
        raise RuleBroken("Say why this payee is stopped", field="reason")
    transitions.move(
        payee,
        table=PAYEE_TRANSITIONS,
        to=PayeeState.STOPPED,
        message="This payee has changed since you opened this page. Look at it again.",
    )
    audit.record(
        by=by,
        verb="stopped payee",
        on=payee,
        about_person_id=payee.person_id,
        reason=reason.strip(),
    )
    return payee


@transaction.atomic
def note_view(*, by: Actor, payee: Payee, reason: str) -> None:
    """Write down that somebody looks at a person's supplier number, and why (payments.md 5.7).

    Raises ActionDenied, RuleBroken (field `reason`) without a reason.
    """
    permissions.check_can_see_payees(by)
    if not reason.strip():
        raise RuleBroken("Say why you need to see the supplier number", field="reason")
    audit.record(
        by=by,
        verb="looked at supplier number",
        on=payee,
        about_person_id=payee.person_id,
        reason=reason.strip(),
    )
