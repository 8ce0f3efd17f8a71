import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices.models import Delivery
from payments.actions import decisions
from payments.enums import ClaimState, LineKind, PayeeState
from payments.models import ApprovalLimit, Claim, Payee
from tests.factories import (
    ClaimFactory,
    PayeeFactory,
    PersonFactory,
    SignInFactory,
    UserFactory,
    staff_actor,
    time_line,
)
from tests.payments.story import approver, claim_with_lines

pytestmark = pytest.mark.django_db


def checked_claim(with_payee=True, **values):
    claim = claim_with_lines(**values)
    if with_payee:
        PayeeFactory(person=claim.person)
    return claim


def test_approving_all_of_it_makes_the_claim_ready_and_tells_the_member_once():
    claim, by = checked_claim(), approver()

    decisions.approve_claim(claim=claim, by=by)

    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.state, kept.approved_by, kept.version) == (
        ClaimState.READY,
        by.user,
        2,
    )
    assert kept.payee == Payee.objects.get(person=claim.person)
    step = kept.decisions.get()
    assert (step.what, step.made_by_name, step.role) == (
        "approved",
        "Grace Mensah",
        Role.APPROVER,
    )
    delivery = Delivery.objects.get(person=claim.person)
    assert delivery.subject == "We have approved your claim"
    assert "£67.00" in delivery.body
    event = AuditEvent.objects.get(verb="approved")
    assert event.changes == {"state": ["verified", "ready"], "pence": [6700, 6700]}
    assert event.about_person_id == claim.person_id


def test_approving_without_a_payee_waits_and_asks_finance_for_one():
    claim = checked_claim(with_payee=False)

    decisions.approve_claim(claim=claim, by=approver())

    claim.refresh_from_db()
    assert claim.state == ClaimState.WAITING
    assert claim.payee.state == PayeeState.REQUESTED
    assert claim.payee.name == claim.person.known_as
    assert "set you up" in Delivery.objects.get(person=claim.person).body


def test_approving_a_person_whose_payee_was_stopped_asks_for_it_again():
    claim = checked_claim(with_payee=False)
    PayeeFactory(person=claim.person, state=PayeeState.STOPPED)

    decisions.approve_claim(claim=claim, by=approver())

    claim.refresh_from_db()
    assert (claim.state, claim.payee.state) == (
        ClaimState.WAITING,
        PayeeState.REQUESTED,
    )


def test_one_line_is_made_smaller_with_a_reason_the_member_reads():
    claim = checked_claim()
    parking = claim.lines.get(kind=LineKind.PARKING)
    why = "We can pay up to £8.00 for parking."

    decisions.approve_claim(
        claim=claim, by=approver(), reductions={parking.pk: (800, why)}
    )

    parking.refresh_from_db()
    assert (parking.claimed_pence, parking.allowed_pence, parking.reason) == (
        1200,
        800,
        why,
    )
    body = Delivery.objects.get(person=claim.person).body
    assert why in body
    assert "£63.00" in body
    assert claim.decisions.get().what == "approved in part"


@pytest.mark.parametrize(
    ("allowed", "reason", "sentence"),
    [
        (800, "", "Say why this line is smaller"),
        (800, "   ", "Say why this line is smaller"),
        (1201, "more", "never larger"),
        (-1, "less", "never larger"),
    ],
)
def test_a_reduction_without_a_reason_or_out_of_range_is_refused(
    allowed, reason, sentence
):
    claim = checked_claim()
    parking = claim.lines.get(kind=LineKind.PARKING)

    with pytest.raises(RuleBroken, match=sentence):
        decisions.approve_claim(
            claim=claim, by=approver(), reductions={parking.pk: (allowed, reason)}
        )

    parking.refresh_from_db()
    assert parking.allowed_pence == 1200
    assert Claim.objects.get().state == ClaimState.VERIFIED


def test_a_line_of_another_claim_cannot_be_made_smaller():
    claim, other = checked_claim(), checked_claim()
    foreign = other.lines.first()

    with pytest.raises(RuleBroken, match="not part of this claim"):
        decisions.approve_claim(
            claim=claim, by=approver(), reductions={foreign.pk: (0, "no")}
        )


def test_a_claim_made_smaller_to_nothing_closes_without_a_payment():
    claim = checked_claim()
    reductions = {line.pk: (0, "Paid already in cash.") for line in claim.lines.all()}

    decisions.approve_claim(claim=claim, by=approver(), reductions=reductions)

    claim.refresh_from_db()
    assert claim.state == ClaimState.NOTHING
    assert "nothing to pay" in Delivery.objects.get(person=claim.person).body


def test_the_limit_is_held_against_the_sum_after_reductions():
    by = approver(limit_pence=6300)
    parking = checked_claim().lines.get(kind=LineKind.PARKING)
    claim = parking.claim

    with pytest.raises(ActionDenied, match=r"£67\.00. You may approve up to £63\.00"):
        decisions.approve_claim(claim=claim, by=by)
    decisions.approve_claim(
        claim=claim, by=by, reductions={parking.pk: (800, "Policy.")}
    )

    claim.refresh_from_db()
    assert claim.state == ClaimState.READY


def test_an_approver_without_a_limit_approves_nothing():
    with pytest.raises(ActionDenied, match="Nobody has set a money limit"):
        decisions.approve_claim(claim=checked_claim(), by=approver(limit_pence=None))


def everyone_connected(claim, user):
    """Each way an account may stand on the claimant's side, or have checked the claim."""
    return {
        "claimant": lambda: SignInFactory(user=user, person=claim.person),
        "sender": lambda: Claim.objects.filter(pk=claim.pk).update(submitted_by=user),
        "helper": lambda: claim.helpers.add(user),
        "checker": lambda: Claim.objects.filter(pk=claim.pk).update(verified_by=user),
    }


@pytest.mark.parametrize("connection", ["claimant", "sender", "helper", "checker"])
@pytest.mark.parametrize("roles", [(Role.APPROVER,), tuple(Role)])
def test_nobody_connected_with_a_claim_approves_it_whatever_roles_they_hold(
    connection, roles
):
    claim = checked_claim()
    user = UserFactory(roles=roles)
    ApprovalLimit.objects.create(user=user, limit_pence=10**7)
    by = staff_actor(*roles, user=user)
    everyone_connected(claim, user)[connection]()
    claim = Claim.objects.get(pk=claim.pk)

    with pytest.raises(ActionDenied, match="somebody else must approve it"):
        decisions.approve_claim(claim=claim, by=by)

    assert Claim.objects.get(pk=claim.pk).state == ClaimState.VERIFIED


@pytest.mark.parametrize(
    "role", [Role.INVOLVEMENT, Role.LEAD, Role.FINANCE, Role.RELEASER]
)
def test_other_roles_do_not_approve(role):
    with pytest.raises(ActionDenied, match="Only an approver"):
        decisions.approve_claim(claim=checked_claim(), by=staff_actor(role))


def test_a_claim_not_yet_checked_is_not_approved():
    claim = ClaimFactory(state=ClaimState.SUBMITTED)
    time_line(claim)

    with pytest.raises(InvalidTransition):
        decisions.approve_claim(claim=claim, by=approver())


def test_the_slower_of_two_approvers_is_told_who_decided():
    claim = checked_claim()
    seen_by_the_slower = Claim.objects.get(pk=claim.pk)
    decisions.reject_claim(
        claim=claim, by=approver(name="Grace Mensah"), reason="Not ours."
    )

    with pytest.raises(InvalidTransition, match="not approved, by Grace Mensah"):
        decisions.approve_claim(claim=seen_by_the_slower, by=approver(name="Sam Pike"))


def test_a_page_of_an_older_version_decides_nothing():
    claim = checked_claim()
    decisions.return_claim(claim=claim, by=approver(), question="Which car park?")
    Claim.objects.filter(pk=claim.pk).update(
        state=ClaimState.VERIFIED,
        verified_by=UserFactory(),
        verified_at=claim.submitted_at,
    )

    with pytest.raises(InvalidTransition, match="moved on"):
        decisions.approve_claim(
            claim=Claim.objects.get(pk=claim.pk), by=approver(), version=1
        )


def test_a_refusal_needs_a_reason_and_frees_the_time_for_a_right_claim():
    claim = checked_claim()
    by = approver()

    with pytest.raises(RuleBroken, match="Say why"):
        decisions.reject_claim(claim=claim, by=by, reason=" ")
    decisions.reject_claim(claim=claim, by=by, reason="This was another group.")

    claim.refresh_from_db()
    assert claim.state == ClaimState.REJECTED
    assert not claim.lines.get(kind=LineKind.INVOLVEMENT).counts
    body = Delivery.objects.get(person=claim.person).body
    assert "This was another group." in body
    assert "look again" in body


def test_a_question_goes_back_to_the_member_and_clears_who_checked():
    claim = checked_claim(person=PersonFactory(channel="letter", print_size=18))

    decisions.return_claim(
        claim=claim, by=approver(), question="Which car park was it?"
    )

    claim.refresh_from_db()
    assert (claim.state, claim.verified_by, claim.verified_at) == (
        ClaimState.RETURNED,
        None,
        None,
    )
    delivery = Delivery.objects.get(person=claim.person)
    assert (delivery.channel, delivery.print_size) == ("letter", 18)
    assert "Which car park was it?" in delivery.body


def test_a_second_question_is_a_second_message():
    claim = checked_claim()
    decisions.return_claim(claim=claim, by=approver(), question="First?")
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.SUBMITTED)

    decisions.return_claim(
        claim=Claim.objects.get(pk=claim.pk), by=staff_actor(), question="Second?"
    )

    assert Delivery.objects.filter(person=claim.person).count() == 2
