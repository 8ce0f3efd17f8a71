"""A claim that comes later than the policy asks for: said plainly to everybody, decided by a person."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from coprod.core.enums import Role
from coprod.core.errors import RuleBroken
from coprod.core.models import AuditEvent
from payments.actions import claims, decisions, offers
from payments.enums import ClaimState, OfferAnswer
from payments.models import Claim, Offer
from tests.factories import SignInFactory, UserFactory, staff_actor
from tests.payments.story import approver

pytestmark = pytest.mark.django_db
WHY = "I was in hospital until May."
LATE = (
    "We ask for claims within 3 months. For Wednesday 12 November 2025 that was by "
    "Thursday 12 February 2026."
)


def on(day: dt.date) -> Any:
    return time_machine.travel(dt.datetime(day.year, day.month, day.day, 12))


@pytest.fixture
def draft(attended: Any, marian: Any, as_marian: Any) -> Claim:
    meeting = attended(marian)
    offers.choose(
        offer=Offer.objects.get(),
        answer=OfferAnswer.ALL,
        by=as_marian,
        told_how="online",
    )
    return claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])


@pytest.fixture
def hers(client_as: Any, marian: Any) -> Any:
    account = UserFactory(name="Marian Okafor")
    SignInFactory(user=account, person=marian)
    return client_as(account)


def send(claim: Claim, by: Any, why: str = "") -> Claim:
    return claims.submit_claim(claim=claim, by=by, told_how="online", late_reason=why)


def test_the_last_day_of_the_window_is_in_time(draft: Claim, as_marian: Any) -> None:
    with on(dt.date(2026, 2, 12)):
        send(draft, as_marian, "Not asked for")

    draft.refresh_from_db()
    assert (draft.state, draft.late_reason) == (ClaimState.SUBMITTED, "")


def test_a_day_later_it_needs_a_reason_and_is_then_taken(
    draft: Claim, as_marian: Any
) -> None:
    with on(dt.date(2026, 2, 13)):
        with pytest.raises(RuleBroken, match="Say why the claim is late"):
            send(draft, as_marian, "  ")
        assert Claim.objects.get().state == ClaimState.DRAFT

        send(Claim.objects.get(), as_marian, WHY)

    claim = Claim.objects.get()
    assert (claim.state, claim.late_reason) == (ClaimState.SUBMITTED, WHY)
    assert AuditEvent.objects.get(verb="sent in").reason == WHY


def test_the_window_ends_with_a_month_that_is_too_short(
    attended: Any, marian: Any, as_marian: Any
) -> None:
    meeting = attended(marian, date=dt.date(2025, 11, 30), offered=False)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    with on(dt.date(2026, 3, 1)), pytest.raises(RuleBroken, match="late"):
        send(claim, as_marian)
    with on(dt.date(2026, 2, 28)):
        send(Claim.objects.get(), as_marian)

    assert Claim.objects.get().submitted_at is not None


def test_the_policy_says_how_long_the_window_is(draft: Claim, as_marian: Any) -> None:
    policy = draft.lines.get().policy_version.policy
    policy.claim_window_months = 12
    policy.save()

    with on(dt.date(2026, 11, 12)):
        send(draft, as_marian)

    assert Claim.objects.get().state == ClaimState.SUBMITTED


def test_what_was_sent_in_time_stays_in_time_while_a_question_is_answered(
    draft: Claim, as_marian: Any
) -> None:
    with on(dt.date(2026, 2, 10)):
        send(draft, as_marian)
    with on(dt.date(2026, 2, 20)):
        decisions.return_claim(claim=draft, by=staff_actor(), question="By bus?")
    with on(dt.date(2026, 4, 1)):
        send(Claim.objects.get(), as_marian)

    claim = Claim.objects.get()
    assert (claim.state, claim.late_reason) == (ClaimState.SUBMITTED, "")


def test_the_member_is_told_asked_why_and_can_send_it(draft: Claim, hers: Any) -> None:
    address = f"{draft.get_absolute_url()}send/"
    answers = {"version": draft.version, "declare": "on"}
    with on(dt.date(2026, 5, 4)):
        before = hers.get(draft.get_absolute_url()).content.decode()
        without = hers.post(address, answers).content.decode()
        sent = hers.post(address, answers | {"late_reason": WHY})
        after = hers.get(draft.get_absolute_url()).content.decode()

    assert "This claim is late" in before
    assert LATE in before
    assert "Why is this claim late?" in before
    assert without.count("Say why the claim is late") == 2
    assert sent.status_code == 302
    assert "This claim was sent late" in after
    assert f"{LATE} The reason given: {WHY}" in after


def test_a_claim_in_time_says_nothing_of_lateness(draft: Claim, hers: Any) -> None:
    with on(dt.date(2025, 12, 1)):
        page = hers.get(draft.get_absolute_url()).content.decode()

    assert "Before you send it" in page
    assert "is late" not in page
    assert "was by" not in page


def test_whoever_checks_and_decides_reads_that_it_is_late_and_why_and_may_approve(
    draft: Claim, as_marian: Any, client_as: Any
) -> None:
    checker, grace = client_as(Role.INVOLVEMENT), approver()
    with on(dt.date(2026, 5, 4)):
        send(draft, as_marian, WHY)
        checked = checker.get(f"{draft.get_absolute_url()}verify/").content.decode()
        decisions.verify_claim(claim=Claim.objects.get(), by=staff_actor())
        page = client_as(grace.user).get(f"{draft.get_absolute_url()}approve/")
        decisions.approve_claim(claim=Claim.objects.get(), by=grace)

    flag = f"This claim is late. {LATE} Reason given: {WHY}"
    assert flag in checked
    assert flag in page.content.decode()
    assert Claim.objects.get().state == ClaimState.WAITING
