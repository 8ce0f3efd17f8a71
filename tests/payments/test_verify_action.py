import datetime as dt

import pytest

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices.models import Delivery
from meetings.enums import AttendanceStatus
from payments.actions import decisions
from payments.enums import ClaimState, LineKind, OfferAnswer
from payments.models import Claim, OfferChoice, PolicyVersion
from payments.queries import checks
from tests.factories import (
    AttendanceFactory,
    ClaimFactory,
    MeetingFactory,
    OfferFactory,
    SignInFactory,
    UserFactory,
    staff_actor,
    time_line,
)
from tests.payments.story import claim_with_lines, cost_line

pytestmark = pytest.mark.django_db


def sent_claim(was_there=True, minutes=120, **values):
    claim = ClaimFactory(state=ClaimState.SUBMITTED, **values)
    line = time_line(claim)
    if was_there:
        AttendanceFactory(meeting=line.meeting, person=claim.person, minutes=minutes)
    return claim


def words_of(claim, *, right=None):
    found = checks.evidence_for(
        Claim.objects.select_related("person").get(pk=claim.pk)
    ).checks
    return [check.words for check in found if right is None or check.is_right == right]


def test_a_claim_that_agrees_with_the_register_goes_on_to_an_approver():
    claim, by = sent_claim(), staff_actor(name="Tom Ashworth")

    decisions.verify_claim(claim=claim, by=by, note="Rang the taxi firm.")

    kept = Claim.objects.get(pk=claim.pk)
    assert (kept.state, kept.verified_by) == (ClaimState.VERIFIED, by.user)
    step = kept.decisions.get()
    assert (step.what, step.words, step.made_by_name) == (
        "checked",
        "Rang the taxi firm.",
        "Tom Ashworth",
    )
    assert AuditEvent.objects.get(verb="checked").object_ref == claim.reference
    assert not Delivery.objects.exists()


def test_time_at_a_meeting_the_register_does_not_have_her_at_is_not_checked_through():
    claim = sent_claim(was_there=False)

    with pytest.raises(RuleBroken, match="The register does not have"):
        decisions.verify_claim(claim=claim, by=staff_actor())

    assert Claim.objects.get().state == ClaimState.SUBMITTED


def test_apologies_are_not_being_there():
    claim = sent_claim(was_there=False)
    AttendanceFactory(
        meeting=claim.lines.get().meeting,
        person=claim.person,
        status=AttendanceStatus.APOLOGIES,
        minutes=0,
    )

    with pytest.raises(RuleBroken):
        decisions.verify_claim(claim=claim, by=staff_actor())


@pytest.mark.parametrize("connection", ["claimant", "sender", "helper"])
@pytest.mark.parametrize("roles", [(Role.INVOLVEMENT,), tuple(Role)])
def test_nobody_on_the_claimants_side_checks_a_claim_whatever_roles_they_hold(
    connection, roles
):
    claim, user = sent_claim(), UserFactory(roles=roles)
    if connection == "claimant":
        SignInFactory(user=user, person=claim.person)
    elif connection == "sender":
        Claim.objects.update(submitted_by=user)
    else:
        claim.helpers.add(user)

    with pytest.raises(ActionDenied, match="somebody else must check it"):
        decisions.verify_claim(
            claim=Claim.objects.get(), by=staff_actor(*roles, user=user)
        )


@pytest.mark.parametrize(
    "role", [Role.APPROVER, Role.FINANCE, Role.RELEASER, Role.AUDITOR]
)
def test_other_roles_do_not_check(role):
    with pytest.raises(ActionDenied, match="Only the involvement team"):
        decisions.verify_claim(claim=sent_claim(), by=staff_actor(role))


def test_a_checker_asks_a_question_the_member_reads():
    claim = sent_claim()

    decisions.return_claim(
        claim=claim, by=staff_actor(), question="Was it one bus or two?"
    )

    assert Claim.objects.get().state == ClaimState.RETURNED
    assert "Was it one bus or two?" in Delivery.objects.get(person=claim.person).body


def test_a_question_needs_words():
    with pytest.raises(RuleBroken, match="Write the question"):
        decisions.return_claim(claim=sent_claim(), by=staff_actor(), question=" \n ")


def test_a_draft_cannot_be_checked():
    claim = ClaimFactory(state=ClaimState.DRAFT)

    with pytest.raises(InvalidTransition):
        decisions.verify_claim(claim=claim, by=staff_actor())


def test_every_move_of_a_decision_is_refused_from_every_other_state():
    by = staff_actor(Role.INVOLVEMENT, Role.APPROVER)
    moves = {
        decisions.verify_claim: ({ClaimState.SUBMITTED}, {}),
        decisions.return_claim: (
            {ClaimState.SUBMITTED, ClaimState.VERIFIED},
            {"question": "Why?"},
        ),
        decisions.reject_claim: ({ClaimState.VERIFIED}, {"reason": "No."}),
    }
    for act, (allowed, more) in moves.items():
        for state in set(ClaimState) - allowed:
            claim = ClaimFactory(state=state)
            with pytest.raises(InvalidTransition):
                act(claim=claim, by=by, **more)
            assert Claim.objects.get(pk=claim.pk).state == state


def test_the_checks_say_when_the_minutes_differ_from_the_register():
    assert any(
        "The claim says 2 hours" in words
        and "The register says 1 hour 30 minutes" in words
        for words in words_of(sent_claim(minutes=90), right=False)
    )


def test_the_checks_say_what_is_in_order():
    claim = sent_claim()
    meeting = claim.lines.get().meeting
    offer = OfferFactory(meeting=meeting, person=claim.person)
    OfferChoice.objects.create(offer=offer, answer=OfferAnswer.ALL, chosen_by="her")

    found = words_of(claim)

    assert words_of(claim, right=False) == []
    assert any(
        "was at the meeting on Tuesday 8 December 2026 for 2 hours" in w for w in found
    )
    assert "No other claim for the same time." in found
    assert (
        "Rates are from policy version 3, in force since Monday 6 April 2026." in found
    )


def test_the_newest_choice_is_the_one_in_force():
    claim = sent_claim()
    offer = OfferFactory(meeting=claim.lines.get().meeting, person=claim.person)
    OfferChoice.objects.create(offer=offer, answer=OfferAnswer.ALL, chosen_by="her")
    OfferChoice.objects.create(
        offer=offer, answer=OfferAnswer.EXPENSES_ONLY, chosen_by="her"
    )

    assert any(
        "chose to take the payment" in words for words in words_of(claim, right=False)
    )


def test_two_fares_of_one_sum_on_one_day_are_flagged_with_the_reason_and_stay_payable():
    first = claim_with_lines(state=ClaimState.SUBMITTED)
    time = first.lines.get(kind=LineKind.INVOLVEMENT)
    cost_line(first, 240, time, LineKind.FARE)
    second = ClaimFactory(state=ClaimState.SUBMITTED, person=first.person)
    cost_line(second, 240, time, LineKind.FARE)

    found = words_of(second, right=False)

    assert found == [
        f"Bus, train or taxi fare, £2.40, looks like one in {first.reference}: "
        "same day and same amount. It may be two trips."
    ]


def test_a_cost_above_the_receipt_limit_without_a_receipt_is_flagged_with_her_reason():
    claim = claim_with_lines(state=ClaimState.SUBMITTED)
    claim.lines.filter(kind=LineKind.PARKING).update(
        no_receipt_reason="The machine was broken."
    )

    assert (
        "Parking, £12.00, has no receipt. Reason given: The machine was broken."
        in words_of(claim, right=False)
    )


def test_a_cost_above_the_policys_limit_is_flagged():
    claim = claim_with_lines(state=ClaimState.SUBMITTED)
    line = claim.lines.get(kind=LineKind.PARKING)
    line.policy_version.expenses.filter(kind=LineKind.PARKING).update(most_pence=800)

    assert "Parking is £4.00 over the limit in the policy." in words_of(
        claim, right=False
    )


def test_a_line_priced_by_a_version_not_in_force_on_its_day_is_flagged():
    claim = ClaimFactory(state=ClaimState.SUBMITTED)
    line = time_line(claim, MeetingFactory(date=dt.date(2026, 11, 3)))
    line.policy_version = PolicyVersion.objects.get(number=1)
    line.save()

    assert any(
        "is not in force on the day" in words for words in words_of(claim, right=False)
    )


@pytest.mark.parametrize("lines", [1, 3, 12])
def test_the_checks_ask_the_same_number_of_queries_however_many_lines(
    lines, django_assert_num_queries
):
    claim = sent_claim()
    time = claim.lines.get()
    for pence in range(lines):
        cost_line(claim, 100 + pence, time, LineKind.FARE)
    claim = Claim.objects.select_related("person").get(pk=claim.pk)

    with django_assert_num_queries(7):
        checks.evidence_for(claim)
