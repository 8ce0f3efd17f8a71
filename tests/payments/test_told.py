"""Whom claims should have told, held against what the demonstration's story did tell."""

import datetime as dt

import pytest
import time_machine

from coprod.core import dates
from coprod.home.demo import telling
from groups.notices import comparing
from groups.notices.models import Delivery
from payments.actions import decisions, results
from payments.enums import ClaimState
from payments.models import Claim, ClaimDecision
from payments.queries import told
from tests.factories import staff_actor
from tests.payments.story import (
    NOW,
    builder,
    claim_with_lines,
    ready_claim,
    released_run,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)


def missing(day):
    return [row for row in comparing.compare(day).missing if row[0] == "claims"]


def test_in_the_story_every_step_of_a_claim_told_the_member():
    telling.tell()
    steps = ClaimDecision.objects.filter(what__in=told.TOLD)
    days = {dates.local(step.made_at).date() for step in steps}

    found = [expected for day in days for expected in told.expected(day)]

    assert len(found) == steps.count() > 5
    assert [missing(day) for day in sorted(days)] == [[]] * len(days)


@pytest.fixture
def november():
    with time_machine.travel(NOW, tick=False):
        yield


def question():
    claim = claim_with_lines(state=ClaimState.SUBMITTED)
    decisions.return_claim(by=staff_actor(), claim=claim, question="Which bus?")
    return claim


def payment():
    claim = ready_claim()
    run = released_run(claim)
    item = run.items.get()
    line = (
        f"{item.supplier_number},{item.invoice_number},67.00,2026-11-20,BACS-1,Paid\r\n"
    )
    headings = (
        "supplier_number,invoice_number,amount,paid_date,payment_reference,status\r\n"
    )
    results.load_results(
        by=builder(), data=(headings + line).encode(), name="results.csv"
    )
    return claim


@pytest.mark.parametrize(
    ("step", "occasion"), [(question, "claim.returned"), (payment, "claim.paid")]
)
def test_a_step_whose_message_was_lost_does_not_add_up(november, step, occasion):
    claim = step()
    assert missing(DAY) == []

    Delivery.objects.filter(notice__about=claim.reference).delete()

    assert missing(DAY) == [("claims", occasion, 1)]


def test_a_second_question_needs_a_second_message(november):
    claim = question()
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.SUBMITTED)
    claim.refresh_from_db()
    decisions.return_claim(by=staff_actor(), claim=claim, question="Which day?")
    assert missing(DAY) == []

    Delivery.objects.order_by("-pk").first().delete()

    assert missing(DAY) == [("claims", "claim.returned", 1)]
