"""Races over claims and pay runs, each with a control that shows the loss without its protection."""

import uuid

import pytest
from django.db import IntegrityError
from django.test import Client

from coprod.core import dates, formkeys, transitions
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices.models import Delivery
from payments.actions import decisions, pay_runs, results
from payments.enums import ClaimState, PayRunState
from payments.models import Claim, ClaimDecision, PayRun, PayRunItem, ResultsFile
from tests.conftest import sign_in
from tests.factories import PayeeFactory
from tests.payments.story import (
    approver,
    builder,
    claim_with_lines,
    ready_claim,
    releaser,
)
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def pay_date():
    return dates.add_working_days(dates.today(), 3)


def unguarded_move(
    row, *, table, to, field="state", message="", values=None, unchanged=()
):
    """What `transitions.move` would be without its condition: look first, then write."""
    transitions.check_transition(table, getattr(row, field), to, message)
    written = {field: to} | dict(values or {})
    type(row).objects.filter(pk=row.pk).update(**written)
    for name, value in written.items():
        setattr(row, name, value)


def checked_claim():
    claim = claim_with_lines()
    PayeeFactory(person=claim.person)
    return claim


def two_approvals():
    """Two approvers who both have the page open press their button at the same moment."""
    claim = checked_claim()
    acts = []
    for name in ("Grace Mensah", "Sam Pike"):
        seen, by = (
            Claim.objects.select_related("person").get(pk=claim.pk),
            approver(name=name),
        )
        acts.append(lambda seen=seen, by=by: decisions.approve_claim(claim=seen, by=by))
    return at_once(acts)


def test_of_two_approvers_at_once_one_decides_and_the_other_is_told_who():
    outcomes = two_approvals()

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, InvalidTransition)
    claim, step = Claim.objects.get(), ClaimDecision.objects.get()
    assert claim.state == ClaimState.READY
    assert claim.approved_by == step.made_by
    assert step.made_by_name in str(refusal)
    assert Delivery.objects.count() == 1


def test_control_two_approvers_both_decide_when_the_condition_is_off(monkeypatch):
    monkeypatch.setattr(transitions, "move", unguarded_move)

    outcomes = two_approvals()

    assert raised(outcomes) == []
    assert ClaimDecision.objects.count() == 2


def an_approval_and_a_refusal():
    claim = checked_claim()
    first, second = (
        Claim.objects.select_related("person").get(pk=claim.pk) for _ in range(2)
    )
    one, other = approver(name="Grace Mensah"), approver(name="Sam Pike")
    return at_once(
        [
            lambda: decisions.approve_claim(claim=first, by=one),
            lambda: decisions.reject_claim(
                claim=second, by=other, reason="Not this group."
            ),
        ]
    )


def test_of_an_approval_and_a_refusal_at_once_the_member_hears_only_one():
    outcomes = an_approval_and_a_refusal()

    assert len(raised(outcomes)) == 1
    assert Delivery.objects.count() == ClaimDecision.objects.count() == 1


def test_control_the_member_hears_both_when_the_condition_is_off(monkeypatch):
    monkeypatch.setattr(transitions, "move", unguarded_move)

    an_approval_and_a_refusal()

    assert Delivery.objects.count() == ClaimDecision.objects.count() == 2


def five_posts():
    """The same approval posted five times at the same moment, as a nervous finger does."""
    claim, by = checked_claim(), approver()
    data = {"decision": "all", "version": "1", "form_key": str(uuid.uuid4())}
    url = f"/claims/{claim.reference}/approve/"
    clients = [sign_in(Client(), by.user) for _ in range(5)]
    return at_once([lambda client=client: client.post(url, data) for client in clients])


def test_five_identical_posts_have_one_effect_and_one_answer():
    answers = five_posts()

    assert raised(answers) == []
    assert {
        (answer.status_code, answer.headers.get("Location")) for answer in answers
    } == {(302, Claim.objects.get().get_absolute_url())}
    assert ClaimDecision.objects.count() == Delivery.objects.count() == 1


def test_control_five_identical_posts_have_different_answers_without_the_key(
    monkeypatch,
):
    monkeypatch.setattr(formkeys, "run_once", lambda request, key, view: view())

    answers = five_posts()

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, 200, 200, 200, 302]


def two_builds():
    by = [builder(), builder()]
    return at_once(
        [lambda by=by: pay_runs.build(by=by, pay_date=pay_date()) for by in by]
    )


def test_two_pay_runs_at_once_share_no_claim_and_the_slower_is_told():
    claims = [ready_claim() for _ in range(6)]

    outcomes = two_builds()

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, RuleBroken)
    assert "No claim is ready" in str(refusal)
    assert PayRun.objects.get().claim_count == len(claims)
    assert PayRunItem.objects.count() == len(claims)


def test_control_both_pay_runs_reach_for_the_same_claims_when_the_condition_is_off(
    monkeypatch,
):
    listed = [ready_claim().pk for _ in range(6)]

    def take_what_was_listed():
        Claim.objects.filter(pk__in=listed).update(state=ClaimState.IN_RUN)
        return listed

    monkeypatch.setattr(pay_runs, "_take_ready", take_what_was_listed)

    outcomes = two_builds()

    # Only the constraint in the database is left to keep each claim from being paid twice.
    (problem,) = raised(outcomes)
    assert isinstance(problem, IntegrityError)


def a_release_and_a_taking_apart():
    ready_claim()
    run = pay_runs.build(by=builder(), pay_date=pay_date())
    first, second = (PayRun.objects.get(pk=run.pk) for _ in range(2))
    by, other = releaser(), builder()
    return at_once(
        [
            lambda: pay_runs.release(pay_run=first, by=by, typed_total_pence=6700),
            lambda: pay_runs.take_apart(pay_run=second, by=other),
        ]
    )


def test_a_run_is_either_released_or_taken_apart():
    outcomes = a_release_and_a_taking_apart()

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, InvalidTransition)
    run, claim = PayRun.objects.get(), Claim.objects.get()
    assert (run.state, claim.state) in {
        (PayRunState.RELEASED, ClaimState.SENT),
        (PayRunState.TAKEN_APART, ClaimState.READY),
    }


def test_the_same_results_file_loaded_twice_at_once_is_read_once():
    ready_claim()
    run = pay_runs.build(by=builder(), pay_date=pay_date())
    pay_runs.release(pay_run=run, by=releaser(), typed_total_pence=6700)
    item = run.items.get()
    today = dates.today().isoformat()
    data = (
        "supplier_number,invoice_number,amount,paid_date,payment_reference,status\n"
        f"{item.supplier_number},{item.invoice_number},67.00,{today},B1,paid\n"
    ).encode()
    by = [builder(), builder()]

    outcomes = at_once(
        [
            lambda by=by: results.load_results(by=by, data=data, name="r.csv")
            for by in by
        ]
    )

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, RuleBroken)
    assert "loaded this same file" in str(refusal)
    assert ResultsFile.objects.count() == Delivery.objects.count() == 1
    assert Claim.objects.get().state == ClaimState.PAID
