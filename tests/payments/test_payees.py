import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from payments.actions import payees
from payments.enums import ClaimState, PayeeState
from payments.models import Claim, Payee
from tests.factories import PayeeFactory, PersonFactory, staff_actor
from tests.payments.story import builder, claim_with_lines

pytestmark = pytest.mark.django_db


def asked_for(person=None):
    return PayeeFactory(
        person=person or PersonFactory(),
        state=PayeeState.REQUESTED,
        supplier_number="",
        set_up_at=None,
        set_up_by=None,
    )


def test_a_supplier_number_makes_every_claim_that_waited_ready():
    claim = claim_with_lines(state=ClaimState.WAITING)
    claim.payee = asked_for(claim.person)
    claim.save()
    by = builder()

    payees.set_up_payee(by=by, payee=claim.payee, supplier_number=" 204417 ")

    payee = Payee.objects.get()
    assert (payee.state, payee.supplier_number, payee.set_up_by) == (
        PayeeState.ACTIVE,
        "204417",
        by.user,
    )
    assert Claim.objects.get().state == ClaimState.READY
    assert "204417" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    "number", ["", "1", "=1+1", "12 34", "x" * 31, "20-44-17 12345678"]
)
def test_a_malformed_supplier_number_is_refused(number):
    payee = asked_for()

    with pytest.raises(RuleBroken, match="as finance gave it"):
        payees.set_up_payee(by=builder(), payee=payee, supplier_number=number)


def test_a_number_of_somebody_else_is_refused():
    PayeeFactory(supplier_number="204417")

    with pytest.raises(RuleBroken, match="Another payee"):
        payees.set_up_payee(by=builder(), payee=asked_for(), supplier_number="204417")


def test_a_payee_is_set_up_once():
    payee = asked_for()
    stale = Payee.objects.get(pk=payee.pk)
    payees.set_up_payee(by=builder(), payee=payee, supplier_number="204417")

    with pytest.raises(InvalidTransition):
        payees.set_up_payee(by=builder(), payee=stale, supplier_number="204418")

    assert Payee.objects.get().supplier_number == "204417"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_only_finance_sets_payees_up_or_stops_them(role):
    by = staff_actor(role)

    with pytest.raises(ActionDenied):
        payees.set_up_payee(by=by, payee=asked_for(), supplier_number="204417")
    with pytest.raises(ActionDenied):
        payees.stop_payee(by=by, payee=PayeeFactory(), reason="no")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.RELEASER])
def test_a_look_at_a_number_needs_a_reason_and_is_written_down(role):
    payee, by = PayeeFactory(), staff_actor(role)

    with pytest.raises(RuleBroken, match="Say why"):
        payees.note_view(by=by, payee=payee, reason="  ")
    payees.note_view(by=by, payee=payee, reason="Finance asked.")

    event = AuditEvent.objects.get(verb="looked at supplier number")
    assert (event.about_person_id, event.reason) == (payee.person_id, "Finance asked.")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE, Role.RELEASER}))
def test_nobody_else_looks_at_supplier_numbers(role):
    with pytest.raises(ActionDenied):
        payees.note_view(by=staff_actor(role), payee=PayeeFactory(), reason="curious")


def test_a_stopped_payee_can_be_asked_for_and_set_up_again():
    payee = PayeeFactory()
    payees.stop_payee(by=builder(), payee=payee, reason="Moved bank.")

    payees.ensure_payee(by=builder(), person=payee.person)

    payee.refresh_from_db()
    assert payee.state == PayeeState.REQUESTED
    payees.set_up_payee(by=builder(), payee=payee, supplier_number="204999")
    assert Payee.objects.get().state == PayeeState.ACTIVE


def test_stopping_needs_a_reason():
    with pytest.raises(RuleBroken, match="Say why"):
        payees.stop_payee(by=builder(), payee=PayeeFactory(), reason="")
