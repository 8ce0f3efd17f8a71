import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from payments.actions import decisions, pay_runs, payees
from payments.enums import ClaimState, LineKind, PayeeState, PayRunState
from payments.models import Claim, ClaimLine, Payee, PayRun, PayRunItem
from tests.factories import ClaimFactory, PayeeFactory, UserFactory, staff_actor
from tests.payments.story import (
    NOW,
    PAY_DATE,
    approver,
    builder,
    claim_with_lines,
    cost_line,
    ready_claim,
    releaser,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(NOW, tick=False):
        yield


def build(by=None):
    return pay_runs.build(by=by or builder(), pay_date=PAY_DATE)


def sums(*pence):
    """Ready claims with one line of each sum."""
    like = ready_claim().lines.first()
    Claim.objects.all().update(state=ClaimState.PAID, paid_date=PAY_DATE)
    made = []
    for amount in pence:
        claim = ClaimFactory(state=ClaimState.READY)
        claim.payee = PayeeFactory(person=claim.person)
        claim.save()
        cost_line(claim, amount, like)
        made.append(claim)
    return made


def test_a_run_takes_every_ready_claim_and_keeps_its_counts_and_total():
    sums(9102, 10500, 480)
    waiting = claim_with_lines(state=ClaimState.WAITING)
    waiting.payee = PayeeFactory(
        person=waiting.person, state=PayeeState.REQUESTED, supplier_number=""
    )
    waiting.save()

    run = build()

    assert (run.claim_count, run.line_count, run.total_pence) == (3, 3, 20082)
    assert len(run.sha256) == 64
    assert set(run.items.values_list("amount_pence", flat=True)) == {9102, 10500, 480}
    assert Claim.objects.filter(state=ClaimState.IN_RUN).count() == 3
    waiting.refresh_from_db()
    assert waiting.state == ClaimState.WAITING
    assert AuditEvent.objects.get(verb="built").changes["pence"] == [0, 20082]


def test_the_item_keeps_the_supplier_number_and_name_of_the_day_it_was_built():
    claim = ready_claim(supplier_number="204417", name="Marian Okafor")
    run = build()

    Payee.objects.update(supplier_number="999999", name="Somebody Else")

    item = run.items.get()
    assert (item.supplier_number, item.payee_name) == ("204417", "Marian Okafor")
    assert item.invoice_number == claim.reference


def test_a_claim_whose_payee_was_stopped_is_left_out():
    claim = ready_claim()
    payees.stop_payee(by=builder(), payee=claim.payee, reason="Asked us to wait.")
    other = ready_claim()

    run = build()

    assert list(run.items.values_list("claim_id", flat=True)) == [other.pk]


def test_a_claim_approved_while_its_payee_was_being_set_up_is_not_forgotten():
    claim = ready_claim()
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.WAITING)

    assert build().items.get().claim_id == claim.pk


def test_nothing_to_pay_builds_no_run():
    with pytest.raises(RuleBroken, match="No claim is ready"):
        build()

    assert not PayRun.objects.exists()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (dt.date(2026, 11, 19), "today or later"),
        (dt.date(2026, 11, 28), "not a working day"),
        (dt.date(2026, 12, 25), "not a working day"),
    ],
)
def test_the_pay_date_is_a_working_day_from_today_on(day, sentence):
    ready_claim()

    with pytest.raises(RuleBroken, match=sentence):
        pay_runs.build(by=builder(), pay_date=day)

    assert Claim.objects.get().state == ClaimState.READY


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_only_finance_builds(role):
    ready_claim()

    with pytest.raises(ActionDenied, match="Only finance"):
        build(by=staff_actor(role))


def test_a_claim_is_in_one_live_run_even_when_the_code_forgets():
    claim = ready_claim()
    run = build()
    second = PayRun.objects.create(pay_date=PAY_DATE, built_by=run.built_by)

    with pytest.raises(IntegrityError), transaction.atomic():
        PayRunItem.objects.create(
            pay_run=second,
            claim=claim,
            invoice_number="x",
            supplier_number="1",
            amount_pence=1,
        )


def test_a_second_person_releases_by_typing_the_total():
    claim = ready_claim()
    run, by = build(), releaser()

    pay_runs.release(pay_run=run, by=by, typed_total_pence=6700)

    run = PayRun.objects.get()
    assert (run.state, run.released_by) == (PayRunState.RELEASED, by.user)
    assert run.released_at is not None
    claim.refresh_from_db()
    assert claim.state == ClaimState.SENT
    assert [step.what for step in claim.decisions.order_by("pk")] == [
        "put in a pay run",
        "sent to be paid",
    ]


@pytest.mark.parametrize("roles", [(Role.FINANCE, Role.RELEASER), tuple(Role)])
def test_the_builder_never_releases_whatever_roles_they_hold(roles):
    ready_claim()
    user = UserFactory(roles=roles)
    by = staff_actor(*roles, user=user)
    run = build(by=by)

    with pytest.raises(ActionDenied, match="You built this pay run"):
        pay_runs.release(pay_run=run, by=by, typed_total_pence=run.total_pence)

    assert PayRun.objects.get().state == PayRunState.BUILT


def test_the_database_itself_refuses_one_person_as_builder_and_releaser():
    ready_claim()
    run = build()

    with pytest.raises(IntegrityError), transaction.atomic():
        PayRun.objects.filter(pk=run.pk).update(
            released_by=run.built_by, released_at=run.built_at
        )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RELEASER}))
def test_only_a_releaser_releases(role):
    ready_claim()
    run = build()

    with pytest.raises(ActionDenied, match="Only a pay run releaser"):
        pay_runs.release(pay_run=run, by=staff_actor(role), typed_total_pence=6700)


@pytest.mark.parametrize("typed", [0, 6699, 6701])
def test_another_total_releases_nothing(typed):
    ready_claim()
    run = build()

    with pytest.raises(RuleBroken, match="not the total of this run"):
        pay_runs.release(pay_run=run, by=releaser(), typed_total_pence=typed)

    assert PayRun.objects.get().state == PayRunState.BUILT
    assert Claim.objects.get().state == ClaimState.IN_RUN


def test_a_file_that_is_not_the_one_built_releases_nothing():
    ready_claim()
    run = build()
    ClaimLine.objects.filter(kind=LineKind.PARKING).update(
        activity_date=dt.date(2026, 1, 1)
    )

    with pytest.raises(RuleBroken, match="not the one that was built"):
        pay_runs.release(pay_run=run, by=releaser(), typed_total_pence=6700)

    assert PayRun.objects.get().state == PayRunState.BUILT
    assert Claim.objects.get().state == ClaimState.IN_RUN


def test_a_run_is_taken_apart_and_its_claims_keep_their_numbers_in_the_next():
    claim = ready_claim()
    run = build()
    number = run.items.get().invoice_number

    pay_runs.take_apart(pay_run=run, by=builder(), reason="One to come out.")

    run.refresh_from_db()
    claim.refresh_from_db()
    assert (run.state, claim.state) == (PayRunState.TAKEN_APART, ClaimState.READY)
    assert build().items.get().invoice_number == number


def test_a_released_run_is_not_taken_apart_and_a_taken_apart_run_is_not_released():
    ready_claim()
    run = build()
    stale = PayRun.objects.get()
    pay_runs.release(pay_run=run, by=releaser(), typed_total_pence=6700)

    with pytest.raises(InvalidTransition):
        pay_runs.take_apart(pay_run=stale, by=builder())
    with pytest.raises(InvalidTransition):
        pay_runs.release(
            pay_run=PayRun.objects.get(), by=releaser(), typed_total_pence=6700
        )

    assert Claim.objects.get().state == ClaimState.SENT


def test_a_reduced_line_is_paid_as_allowed_and_a_line_of_nothing_is_not_in_the_file():
    claim = claim_with_lines()
    PayeeFactory(person=claim.person)
    parking = claim.lines.get(kind=LineKind.PARKING)
    decisions.approve_claim(
        claim=claim, by=approver(), reductions={parking.pk: (0, "Paid in cash.")}
    )

    run = build()

    assert (run.line_count, run.total_pence) == (1, 5500)
