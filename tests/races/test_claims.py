"""Races over one member's claims, each with a control that shows the loss without its protection."""

import pytest
from django.db import connection
from django.db.models import F

from coprod.core.errors import InvalidTransition
from payments.actions import claims, lines, offers
from payments.enums import ClaimState, LineKind, OfferAnswer
from payments.models import Claim, ClaimLine, Offer
from tests.factories import (
    AttendanceFactory,
    ClaimFactory,
    OfferFactory,
    PersonFactory,
    actor_for_person,
    make_policy,
    staff_actor,
)
from tests.races.test_money import unguarded_move
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attendance():
    make_policy()
    row = AttendanceFactory(person=PersonFactory(known_as="Marian Okafor"))
    OfferFactory(meeting=row.meeting, person=row.person)
    return row


def two_claims_for_the_same_time(attendance):
    """Two requests that have both looked, and found the time free, write at the same moment."""
    made = [ClaimFactory(person=attendance.person) for _ in range(2)]
    return at_once(
        [
            lambda claim=claim: claims._add_time(claim, attendance.meeting, 120)
            for claim in made
        ]
    )


def test_of_two_claims_for_the_same_time_one_holds_it(attendance):
    outcomes = two_claims_for_the_same_time(attendance)

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, claims.AlreadyClaimed)
    assert ClaimLine.objects.get(kind=LineKind.INVOLVEMENT).claim == refusal.claim


def test_control_both_hold_it_without_the_constraint(attendance):
    once = next(
        rule
        for rule in ClaimLine._meta.constraints
        if rule.name == "time_claimed_once_per_meeting"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(ClaimLine, once)
    try:
        outcomes = two_claims_for_the_same_time(attendance)
        held = ClaimLine.objects.filter(kind=LineKind.INVOLVEMENT).count()
    finally:
        ClaimLine.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(ClaimLine, once)

    assert raised(outcomes) == []
    assert held == 2


def sent_while_a_helper_changes_it(attendance):
    """The member sends what she has read while a helper adds a cost to it."""
    person, meeting = attendance.person, attendance.meeting
    hers, helper = actor_for_person(person), staff_actor(name="Priya Nair")
    claims.draft_claim(person=person, by=hers, meetings=[meeting])
    offers.choose(
        offer=Offer.objects.get(), answer=OfferAnswer.ALL, by=hers, told_how="online"
    )
    read, changed = (
        Claim.objects.select_related("person").get(person=person) for _ in range(2)
    )
    return at_once(
        [
            lambda: claims.submit_claim(
                claim=read, by=hers, told_how="online", version=read.version
            ),
            lambda: lines.save_cost(
                claim=changed,
                by=helper,
                meeting=meeting,
                kind=LineKind.FARE,
                description="Bus",
                pence=240,
            ),
        ]
    )


def test_a_claim_is_never_sent_with_a_line_nobody_read(attendance):
    outcomes = sent_while_a_helper_changes_it(attendance)

    (refusal,) = raised(outcomes)
    assert isinstance(refusal, InvalidTransition)
    claim = Claim.objects.get()
    was_sent = claim.state == ClaimState.SUBMITTED
    assert claim.lines.filter(kind=LineKind.FARE).exists() != was_sent


def test_control_a_line_slips_in_when_the_version_is_not_asked(attendance, monkeypatch):
    def unguarded_touch(*, claim, by):
        Claim.objects.filter(pk=claim.pk).update(version=F("version") + 1)

    monkeypatch.setattr(lines, "touch", unguarded_touch)
    monkeypatch.setattr(claims, "move", unguarded_move)

    outcomes = sent_while_a_helper_changes_it(attendance)

    assert raised(outcomes) == []
    claim = Claim.objects.get()
    assert claim.state == ClaimState.SUBMITTED
    assert claim.lines.filter(kind=LineKind.FARE).exists()
