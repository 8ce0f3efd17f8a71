import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coprod.core import dates
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from coprod.core.models import AuditEvent
from groups.notices.models import Delivery
from groups.people.enums import SupportScope
from payments import queries
from payments.actions import claims, lines, offers
from payments.enums import ClaimState, LineKind, OfferAnswer
from payments.models import Claim, CostCode, GroupCostCode, Offer
from tests.factories import (
    ClaimFactory,
    DeliveryFactory,
    GroupFactory,
    NoticeFactory,
    PersonFactory,
    SupporterFactory,
    actor_for_person,
    staff_actor,
    time_line,
)

pytestmark = pytest.mark.usefixtures("soon_after")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def receipt(name="ticket.pdf"):
    return lines.NewReceipt(upload=SimpleUploadedFile(name, PDF), data=PDF)


def accept(meeting, person, by, answer=OfferAnswer.ALL, told_how="online"):
    offer = Offer.objects.get(meeting=meeting, person=person)
    return offers.choose(offer=offer, answer=answer, by=by, told_how=told_how)


def test_worked_amount_of_three_hours_and_a_quarter_with_miles_and_parking(
    attended, marian, as_marian
):
    meeting = attended(marian, minutes=195)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    lines.save_miles(
        claim=claim,
        by=as_marian,
        meeting=meeting,
        journey_from="Home",
        journey_to="Millbrook Library",
        miles=Decimal("14.6"),
        there_and_back=True,
    )
    lines.save_cost(
        claim=claim,
        by=as_marian,
        meeting=meeting,
        kind=LineKind.PARKING,
        description="Library car park",
        pence=320,
        receipt=receipt(),
    )

    pence = [line.claimed_pence for line in queries.lines_of(claim)]
    assert pence == [8125, 657, 320]
    assert queries.sums_of(claim) == queries.Sums(time=8125, costs=977)
    assert queries.sums_of(claim).total == 9102


def test_worked_amount_of_two_meetings_either_side_of_the_new_rate(
    attended, marian, as_marian
):
    group = GroupFactory()
    first = attended(marian, dt.date(2025, 12, 12), group=group)
    second = attended(marian, dt.date(2025, 12, 18), group=group)

    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[first, second])

    rows = queries.lines_of(claim)
    assert [(x.claimed_pence, x.rate, x.policy_version.number) for x in rows] == [
        (5000, Decimal("25.0000"), 1),
        (5500, Decimal("27.5000"), 2),
    ]
    assert queries.sums_of(claim).total == 10500


def test_a_claim_for_a_meeting_not_attended_is_refused(
    attended, marian, as_marian, dot
):
    meeting = attended(dot)

    with pytest.raises(
        RuleBroken, match="does not show you at the meeting on Wednesday"
    ):
        claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    assert not Claim.objects.exists()


def test_a_second_claim_for_the_same_time_names_the_first(attended, marian, as_marian):
    meeting = attended(marian)
    first = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    with pytest.raises(claims.AlreadyClaimed, match=first.reference) as refused:
        claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    assert refused.value.claim == first
    assert Claim.objects.count() == 1


def test_the_database_refuses_the_same_time_to_whoever_is_second(
    attended, marian, as_marian
):
    meeting = attended(marian)
    first = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    second = ClaimFactory(person=marian)

    # As if both had looked before either wrote.
    with pytest.raises(claims.AlreadyClaimed) as refused:
        claims._add_time(second, meeting, 120)

    assert refused.value.claim == first
    assert not second.lines.exists()


def test_time_of_a_claim_taken_back_may_be_claimed_again(attended, marian, as_marian):
    meeting = attended(marian)
    first = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    claims.withdraw_claim(claim=first, by=as_marian)

    again = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    assert first.state == ClaimState.WITHDRAWN
    assert queries.time_line_of(marian.pk, meeting.pk).claim == again


def test_meetings_of_two_budgets_make_two_claims(attended, marian, as_marian):
    one, other = attended(marian), attended(marian, dt.date(2025, 11, 19))
    for meeting, code in ((one, "A100"), (other, "B200")):
        GroupCostCode.objects.create(
            group=meeting.group, cost_code=CostCode.objects.create(code=code, name=code)
        )

    with pytest.raises(RuleBroken, match="one claim for each group"):
        claims.draft_claim(person=marian, by=as_marian, meetings=[one, other])


def test_someone_else_cannot_claim_for_a_member(attended, marian, dot):
    meeting = attended(marian)

    with pytest.raises(ActionDenied):
        claims.draft_claim(person=marian, by=actor_for_person(dot), meetings=[meeting])


def test_sending_a_claim_keeps_who_when_and_by_when(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian)
    claim.refresh_from_db()

    claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    claim.refresh_from_db()
    assert claim.state == ClaimState.SUBMITTED
    assert claim.submitted_by == as_marian.user
    assert claim.pay_by_date > dates.today()
    assert not claim.helpers.exists()
    assert (
        AuditEvent.objects.filter(verb="sent in", object_ref=claim.reference).count()
        == 1
    )
    told = Delivery.objects.get(notice__occasion="claim.sent")
    assert told.person == marian
    assert "£50.00" in told.body


def test_a_letter_about_the_draft_that_has_not_gone_is_called_off_when_it_is_sent(
    attended, dot, worker
):
    meeting = attended(dot)
    claim = claims.draft_claim(person=dot, by=worker, meetings=[meeting])
    waiting = DeliveryFactory(
        person=dot,
        channel="letter",
        notice=NoticeFactory(occasion="claim.drafted", about=claim.reference),
    )
    accept(meeting, dot, worker, told_how="phone")
    claim.refresh_from_db()

    claims.submit_claim(claim=claim, by=worker, told_how="phone")

    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"


def test_a_claim_entered_by_staff_names_both_and_is_read_back_by_letter(
    attended, dot, worker
):
    meeting = attended(dot)
    claim = claims.draft_claim(person=dot, by=worker, meetings=[meeting])
    accept(meeting, dot, worker, told_how="phone")
    claim.refresh_from_db()

    claims.submit_claim(claim=claim, by=worker, told_how="phone")

    assert list(claim.helpers.all()) == [worker.user]
    assert (claim.person, claim.submitted_by, claim.told_how) == (
        dot,
        worker.user,
        "phone",
    )
    told = Delivery.objects.get(notice__occasion="claim.read_back")
    assert (told.person, told.channel) == (dot, "letter")
    assert "Priya Nair sent in a claim for you" in told.body


def test_staff_must_say_how_the_member_told_them(attended, dot, worker):
    meeting = attended(dot)
    claim = claims.draft_claim(person=dot, by=worker, meetings=[meeting])
    accept(meeting, dot, worker, told_how="phone")
    claim.refresh_from_db()

    with pytest.raises(RuleBroken, match="how they told you"):
        claims.submit_claim(claim=claim, by=worker, told_how="online")


def test_a_supporter_with_the_claim_scope_sends_it_and_both_are_named(attended, marian):
    meeting = attended(marian)
    helper = PersonFactory(known_as="Leon Okafor")
    SupporterFactory(member=marian, supporter=helper)
    leon = staff_actor("supporter", name="Leon Okafor")
    leon = type(leon)(
        user=leon.user,
        name=leon.name,
        roles=leon.roles,
        person_id=marian.pk,
        person_name=marian.known_as,
        own_person_id=helper.pk,
        is_supporter=True,
        scopes=frozenset({SupportScope.CLAIM}),
    )
    claim = claims.draft_claim(person=marian, by=leon, meetings=[meeting])
    accept(meeting, marian, leon)
    claim.refresh_from_db()

    claims.submit_claim(claim=claim, by=leon, told_how="online")

    assert list(claim.helpers.all()) == [leon.user]
    event = AuditEvent.objects.get(verb="sent in")
    assert (event.actor_name, event.for_person_name) == ("Leon Okafor", "Marian Okafor")


def test_a_claim_is_not_sent_while_the_offer_has_no_answer(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    with pytest.raises(RuleBroken, match="Choose what you want for your time"):
        claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    claim.refresh_from_db()
    assert claim.state == ClaimState.DRAFT


def test_a_member_who_wants_advice_first_keeps_her_claim(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian, OfferAnswer.ADVICE)
    claim.refresh_from_db()

    with pytest.raises(RuleBroken, match="advice first"):
        claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    assert queries.sums_of(claim).time == 5000


def test_costs_only_takes_the_pay_off_and_leaves_the_costs(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian, OfferAnswer.EXPENSES_ONLY)
    claim.refresh_from_db()
    lines.save_cost(
        claim=claim,
        by=as_marian,
        meeting=meeting,
        kind=LineKind.FARE,
        description="Bus",
        pence=480,
    )

    claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    assert queries.sums_of(claim) == queries.Sums(time=0, costs=480)
    assert claim.state == ClaimState.SUBMITTED


def test_changing_the_choice_back_brings_the_pay_back(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    accept(meeting, marian, as_marian, OfferAnswer.EXPENSES_ONLY)
    accept(meeting, marian, as_marian, OfferAnswer.ALL)

    assert queries.sums_of(claim).time == 5000
    offer = Offer.objects.get(person=marian)
    assert list(offer.choices.order_by("pk").values_list("answer", flat=True)) == [
        "expenses_only",
        "all",
    ]


def test_a_claim_that_comes_to_nothing_is_closed_as_nothing_to_pay(
    attended, marian, as_marian
):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian, OfferAnswer.EXPENSES_ONLY)
    claim.refresh_from_db()

    claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    assert claim.state == ClaimState.NOTHING
    assert claim.pay_by_date is None


def test_without_an_offer_the_time_is_kept_at_no_pay(attended, marian, as_marian):
    meeting = attended(marian, offered=False)

    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    line = claim.lines.get()
    assert (line.quantity, line.claimed_pence) == (120, 0)


def test_a_choice_cannot_be_changed_once_the_claim_is_sent(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian)
    claim.refresh_from_db()
    claims.submit_claim(claim=claim, by=as_marian, told_how="online")

    with pytest.raises(ActionDenied, match="has been sent in"):
        accept(meeting, marian, as_marian, OfferAnswer.EXPENSES_ONLY)
    assert queries.sums_of(claim).time == 5000


def test_a_cost_above_the_sum_of_the_policy_needs_a_receipt_or_a_reason(
    attended, marian, as_marian
):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    cost = {
        "claim": claim,
        "by": as_marian,
        "meeting": meeting,
        "kind": LineKind.PARKING,
        "description": "Car park",
    }

    lines.save_cost(**cost, pence=500)
    with pytest.raises(RuleBroken, match=r"above £5\.00") as refused:
        lines.save_cost(**cost, pence=501)
    lines.save_cost(**cost, pence=501, no_receipt_reason="The machine had no paper.")

    assert refused.value.field == "receipt"
    assert claim.lines.filter(kind=LineKind.PARKING).count() == 2


@pytest.mark.parametrize("miles", ["0", "-3.0", "14.65"])
def test_miles_that_cannot_be_are_refused(attended, marian, as_marian, miles):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    with pytest.raises(RuleBroken):
        add_miles(claim, meeting, as_marian, miles)
    assert claim.lines.count() == 1


def add_miles(claim, meeting, by, miles, **more):
    return lines.save_miles(
        claim=claim,
        by=by,
        meeting=meeting,
        journey_from="Home",
        journey_to="Library",
        miles=Decimal(miles),
        there_and_back=True,
        **more,
    )


def test_miles_sent_in_this_tax_year_count_towards_the_threshold(
    attended, marian, as_marian
):
    earlier, later = attended(marian), attended(marian, dt.date(2025, 11, 19))
    sent = claims.draft_claim(person=marian, by=as_marian, meetings=[earlier])
    line = add_miles(sent, earlier, as_marian, "900.0")
    line.__class__.objects.filter(pk=line.pk).update(quantity=Decimal(9995))
    Claim.objects.filter(pk=sent.pk).update(
        state=ClaimState.SUBMITTED,
        submitted_by=as_marian.user,
        submitted_at=dt.datetime(2025, 11, 14, tzinfo=dt.UTC),
    )
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[later])

    line = add_miles(claim, later, as_marian, "14.6")

    # 5 miles at 45p are 225p, 9.6 at 25p are 240p.
    assert (line.quantity_above, line.claimed_pence) == (Decimal("9.6"), 465)


def test_a_journey_is_changed_and_removed(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    line = add_miles(claim, meeting, as_marian, "14.6")

    add_miles(claim, meeting, as_marian, "10.4", line=line)
    changed = claim.lines.get(kind=LineKind.MILEAGE).claimed_pence
    lines.remove_line(claim=claim, by=as_marian, line=line)

    assert changed == 468
    assert list(claim.lines.values_list("kind", flat=True)) == [LineKind.INVOLVEMENT]


def test_the_time_itself_cannot_be_removed(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])

    with pytest.raises(RuleBroken, match="record of who came"):
        lines.remove_line(claim=claim, by=as_marian, line=claim.lines.get())
    assert claim.lines.count() == 1


def test_of_two_people_changing_a_claim_the_second_is_told(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    stale = Claim.objects.get(pk=claim.pk)
    add_miles(claim, meeting, as_marian, "14.6")

    with pytest.raises(InvalidTransition, match="Somebody else"):
        add_miles(stale, meeting, as_marian, "99.0")
    assert claim.lines.get(kind=LineKind.MILEAGE).quantity == Decimal("14.6")


def test_a_claim_changed_since_it_was_read_is_not_sent(attended, marian, as_marian):
    meeting = attended(marian)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    accept(meeting, marian, as_marian)
    seen = claim.version
    claim.refresh_from_db()

    with pytest.raises(InvalidTransition, match="changed since"):
        claims.submit_claim(claim=claim, by=as_marian, told_how="online", version=seen)


@pytest.mark.parametrize(
    "state", sorted(set(ClaimState) - {ClaimState.DRAFT, ClaimState.RETURNED})
)
def test_lines_change_only_while_the_member_has_the_claim(policy, state):
    claim = ClaimFactory(state=state)
    line = time_line(claim)
    by = actor_for_person(claim.person)

    with pytest.raises(ActionDenied, match="has been sent in"):
        add_miles(claim, line.meeting, by, "14.6")
    with pytest.raises(ActionDenied):
        claims.submit_claim(claim=claim, by=by, told_how="online")


@pytest.mark.parametrize("state", sorted(ClaimState))
def test_a_claim_is_taken_back_until_it_has_been_checked(policy, state):
    claim = ClaimFactory(state=state)
    time_line(claim)
    by = actor_for_person(claim.person)

    if state in (ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.SUBMITTED):
        claims.withdraw_claim(claim=claim, by=by)
        assert not claim.lines.filter(counts=True).exists()
    else:
        with pytest.raises(ActionDenied):
            claims.withdraw_claim(claim=claim, by=by)
    claim.refresh_from_db()
    expected = {"draft", "returned", "submitted"}
    assert (claim.state == ClaimState.WITHDRAWN) == (state in expected | {"withdrawn"})


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    minutes=st.integers(1, 600),
    miles=st.lists(st.decimals("0.1", "400", places=1), max_size=4),
    costs=st.lists(st.integers(1, 500), max_size=4),
)
def test_a_total_is_the_sum_of_rounded_lines(attended, marian, minutes, miles, costs):
    as_marian = actor_for_person(marian)
    meeting = attended(marian, minutes=minutes)
    claim = claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])
    for one in miles:
        add_miles(claim, meeting, as_marian, one)
    for pence in costs:
        lines.save_cost(
            claim=claim,
            by=as_marian,
            meeting=meeting,
            kind=LineKind.FARE,
            description="Bus",
            pence=pence,
        )

    rows = queries.lines_of(claim)

    for line in rows:
        exact = line.rate * line.quantity
        if line.kind == LineKind.INVOLVEMENT:
            exact = exact / 60
        assert abs(exact * 100 - line.claimed_pence) <= Decimal("0.5000001")
    assert queries.sums_of(claim).total == sum(line.claimed_pence for line in rows)
    assert queries.sums_of(claim).costs == sum(
        line.claimed_pence for line in rows if line.kind != LineKind.INVOLVEMENT
    )
