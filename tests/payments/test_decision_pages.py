import pytest

from coprod.core.enums import Role
from groups.notices.models import Delivery
from payments.enums import ClaimState, LineKind
from payments.models import ApprovalLimit, Claim, ClaimLine
from tests.factories import (
    AttendanceFactory,
    PayeeFactory,
    PersonFactory,
    SignInFactory,
    UserFactory,
)
from tests.payments.story import approver, claim_with_lines, cost_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    claim = claim_with_lines(person=PersonFactory(known_as="Dot Hargreaves"))
    PayeeFactory(person=claim.person)
    return claim


@pytest.fixture
def sent(claim):
    Claim.objects.update(state=ClaimState.SUBMITTED, verified_by=None, verified_at=None)
    meeting = claim.lines.get(kind=LineKind.INVOLVEMENT).meeting
    AttendanceFactory(meeting=meeting, person=claim.person)
    return claim


@pytest.fixture
def grace(client_as):
    return client_as(approver().user)


def approve_url(claim):
    return f"/claims/{claim.reference}/approve/"


def verify_url(claim):
    return f"/claims/{claim.reference}/verify/"


def post(client, claim, **answers):
    return client.post(approve_url(claim), {"version": claim.version} | answers)


def state():
    return Claim.objects.get().state


def test_the_approvers_page_shows_who_did_what_the_lines_and_the_checks(grace, claim):
    page = grace.get(approve_url(claim)).content.decode()

    assert "Dot Hargreaves, £67.00" in page
    assert "You can decide this claim" in page
    assert "within your limit of £250.00" in page
    assert claim.verified_by.name in page
    assert "2 hours at £27.50 an hour" in page
    assert "The register does not have Dot Hargreaves there" in page


def test_approving_all_of_it_leads_back_to_the_claim(grace, claim):
    answer = post(grace, claim, decision="all")

    assert (answer.status_code, answer.url) == (302, claim.get_absolute_url())
    assert state() == ClaimState.READY
    followed = grace.get(answer.url).content.decode()
    assert "You approved £67.00 for Dot Hargreaves." in followed


def test_a_line_is_made_smaller_on_the_page(grace, claim):
    parking = claim.lines.get(kind=LineKind.PARKING)
    why = {f"amount_{parking.pk}": "8", f"reason_{parking.pk}": "We pay up to £8.00."}

    answer = post(grace, claim, decision="less", **why)

    assert answer.status_code == 302
    parking.refresh_from_db()
    assert (parking.allowed_pence, parking.reason) == (800, "We pay up to £8.00.")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Choose what you decide"),
        ({"decision": "perhaps"}, "Choose one of the answers on the page"),
        ({"decision": "ask", "question": " "}, "Write the question you want to ask"),
        ({"decision": "no"}, "Say why. The member will read it."),
        ({"decision": "less"}, "Write a new, smaller amount for at least one line"),
        ({"decision": "less", "amount": "8"}, "Say why “Parking, £12.00” is smaller"),
        (
            {"decision": "less", "amount": "12.01", "reason": "more"},
            "must be £12.00 or less",
        ),
        ({"decision": "less", "amount": "-1", "reason": "x"}, "cannot be less than 0"),
        ({"decision": "less", "amount": "eight", "reason": "x"}, "must be a number"),
        (
            {"decision": "less", "amount": "8.005", "reason": "x"},
            "2 numbers after the full stop",
        ),
    ],
)
def test_a_decision_that_is_not_clear_is_asked_for_again_and_keeps_what_was_typed(
    grace, claim, answers, sentence
):
    parking = claim.lines.get(kind=LineKind.PARKING)
    named = {
        f"{name}_{parking.pk}" if name in {"amount", "reason"} else name: value
        for name, value in answers.items()
    }

    page = post(grace, claim, **named)

    assert page.status_code == 200
    text = page.content.decode()
    assert text.count(sentence) == 2
    assert "Error: " in text
    assert state() == ClaimState.VERIFIED
    typed = [value for name, value in answers.items() if name != "decision"]
    assert [value for value in typed if value.strip() not in text] == []


def test_of_two_costs_of_the_same_price_the_page_says_which_one_is_wrong(grace, claim):
    time = claim.lines.get(kind=LineKind.INVOLVEMENT)
    there = cost_line(claim, 240, time, kind=LineKind.FARE)
    back = cost_line(claim, 240, time, kind=LineKind.FARE)
    ClaimLine.objects.filter(pk=there.pk).update(description="Bus 12 there")
    ClaimLine.objects.filter(pk=back.pk).update(description="Bus 12 back")

    page = post(
        grace,
        claim,
        decision="less",
        **{f"amount_{there.pk}": "2", f"amount_{back.pk}": "3"},
    ).content.decode()

    assert (
        page.count("Say why “Bus, train or taxi fare, £2.40, Bus 12 there” is smaller.")
        == 2
    )
    wrong = "The new amount for “Bus, train or taxi fare, £2.40, Bus 12 back” must be £2.40 or less"
    assert page.count(wrong) == 2


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "٣"])
def test_a_page_without_a_true_version_decides_nothing(grace, claim, version):
    page = grace.post(approve_url(claim), {"decision": "all", "version": version})

    assert page.status_code == 200
    assert state() == ClaimState.VERIFIED


def test_what_is_typed_under_another_answer_does_not_stand_in_the_way(grace, claim):
    parking = claim.lines.get(kind=LineKind.PARKING)

    answer = post(grace, claim, decision="all", **{f"amount_{parking.pk}": "eight"})

    assert answer.status_code == 302
    parking.refresh_from_db()
    assert parking.allowed_pence == 1200


def test_a_claim_goes_back_with_a_question_or_is_not_approved(grace, claim):
    post(grace, claim, decision="ask", question="Which car park?")
    assert state() == ClaimState.RETURNED

    Claim.objects.update(
        state=ClaimState.VERIFIED,
        verified_by=UserFactory(),
        verified_at=claim.submitted_at,
    )
    claim.refresh_from_db()
    post(grace, claim, decision="no", reason="Another team pays this.")
    assert state() == ClaimState.REJECTED
    assert Delivery.objects.count() == 2


def test_a_page_opened_before_somebody_else_decided_is_told_who_and_changes_nothing(
    client_as, grace, claim
):
    post(grace, claim, decision="no", reason="Another team pays this.")
    sam = client_as(approver(name="Sam Pike").user)

    page = post(sam, claim, decision="all")

    assert page.status_code == 200
    assert "not approved, by Grace Mensah" in page.content.decode()
    assert state() == ClaimState.REJECTED


@pytest.mark.parametrize("connection", ["claimant", "sender", "helper", "checker"])
def test_an_approver_connected_with_the_claim_reads_why_not_and_has_no_form(
    client_as, claim, connection
):
    user = UserFactory(roles=list(Role))
    ApprovalLimit.objects.create(user=user, limit_pence=10**7)
    if connection == "claimant":
        SignInFactory(user=user, person=claim.person)
    elif connection == "helper":
        claim.helpers.add(user)
    else:
        field = "submitted_by" if connection == "sender" else "verified_by"
        Claim.objects.update(**{field: user})
    client = client_as(user)

    page = client.get(approve_url(claim)).content.decode()
    answer = post(client, claim, decision="all")

    assert "You cannot decide this claim" in page
    assert 'name="decision"' not in page
    assert answer.status_code == 200
    assert "somebody else must approve it" in answer.content.decode()
    assert state() == ClaimState.VERIFIED


def test_a_claim_above_the_limit_can_be_made_smaller_and_the_page_says_so(
    client_as, claim
):
    client = client_as(approver(limit_pence=6300).user)
    parking = claim.lines.get(kind=LineKind.PARKING)

    page = client.get(approve_url(claim)).content.decode()
    refused = post(client, claim, decision="all")
    smaller = {f"amount_{parking.pk}": "8.00", f"reason_{parking.pk}": "Our limit."}
    taken = post(client, claim, decision="less", **smaller)

    assert "This claim is above your limit" in page
    assert "You may approve up to £63.00" in refused.content.decode()
    assert taken.status_code == 302


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.APPROVER, Role.MEMBER, Role.SUPPORTER})
)
def test_the_approvers_page_does_not_exist_for_other_roles(client_as, claim, role):
    client = client_as(role)

    assert client.get(approve_url(claim)).status_code == 404
    assert post(client, claim, decision="all").status_code == 404
    assert state() == ClaimState.VERIFIED


def test_a_draft_does_not_exist_for_an_approver(grace, claim):
    Claim.objects.update(state=ClaimState.DRAFT, verified_by=None, verified_at=None)

    assert grace.get(approve_url(claim)).status_code == 404


def test_a_worker_checks_a_claim_beside_the_register(client_as, sent):
    client = client_as(Role.INVOLVEMENT)

    page = client.get(verify_url(sent)).content.decode()
    answer = client.post(
        verify_url(sent),
        {"decision": "checked", "note": "Rang.", "version": sent.version},
    )

    assert "Register: 2 hours" in page
    assert "Planned: 2 hours" in page
    assert (answer.status_code, state()) == (302, ClaimState.VERIFIED)
    assert Claim.objects.get().decisions.get().words == "Rang."


def test_a_worker_asks_a_question(client_as, sent):
    client = client_as(Role.INVOLVEMENT)

    empty = client.post(verify_url(sent), {"decision": "ask", "version": sent.version})
    asked = client.post(
        verify_url(sent),
        {"decision": "ask", "question": "One bus or two?", "version": sent.version},
    )

    assert empty.status_code == 200
    assert "Write the question you want to ask" in empty.content.decode()
    assert (asked.status_code, state()) == (302, ClaimState.RETURNED)


def test_a_worker_who_helped_reads_why_not_and_has_no_form(client_as, sent):
    user = UserFactory(roles=[Role.INVOLVEMENT])
    sent.helpers.add(user)
    client = client_as(user)

    page = client.get(verify_url(sent)).content.decode()
    answer = client.post(
        verify_url(sent), {"decision": "checked", "version": sent.version}
    )

    assert "You helped with this claim, so somebody else must check it." in page
    assert 'name="decision"' not in page
    assert (answer.status_code, state()) == (200, ClaimState.SUBMITTED)


@pytest.mark.parametrize(
    "role", [Role.APPROVER, Role.FINANCE, Role.RELEASER, Role.AUDITOR]
)
def test_the_checkers_page_does_not_exist_for_other_roles(client_as, sent, role):
    assert client_as(role).get(verify_url(sent)).status_code == 404


def test_hostile_words_in_a_note_are_shown_as_words(client_as, sent):
    client, hostile = client_as(Role.INVOLVEMENT), "<script>alert(1)</script>\u202e 🚕"

    client.post(
        verify_url(sent),
        {"decision": "checked", "note": hostile, "version": sent.version},
    )

    page = client_as(approver().user).get(approve_url(sent)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
