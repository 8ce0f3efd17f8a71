import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from coprod.core.enums import Role
from groups.people.enums import SupportScope
from payments import queries
from payments.actions import claims
from payments.enums import ClaimState, LineKind, OfferAnswer
from payments.models import Claim, Offer, Receipt
from tests.factories import (
    ClaimFactory,
    GroupFactory,
    PersonFactory,
    SignInFactory,
    SupporterFactory,
    UserFactory,
    actor_for_person,
    make_policy,
    time_line,
)

pytestmark = pytest.mark.usefixtures("soon_after")


@pytest.fixture
def hers(client_as, marian):
    account = UserFactory(name="Marian Okafor")
    SignInFactory(user=account, person=marian)
    return client_as(account)


@pytest.fixture
def staff(client_as):
    return client_as(UserFactory(name="Priya Nair", roles=[Role.INVOLVEMENT]))


@pytest.fixture
def draft(attended, marian, as_marian):
    meeting = attended(marian, minutes=195)
    return claims.draft_claim(person=marian, by=as_marian, meetings=[meeting])


def url(name, claim, *more):
    return reverse(f"payments:{name}", args=[claim.reference, *more])


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(out, "JPEG")
    return SimpleUploadedFile("ticket.jpg", out.getvalue(), "image/jpeg")


def cost(**changes):
    return {
        "kind": "parking",
        "description": "Library car park",
        "amount": "3.20",
        "no_receipt_reason": "",
    } | changes


def test_a_member_fills_in_checks_and_sends_her_claim(hers, draft, marian):
    meeting = draft.lines.get().meeting
    miles = {
        "journey_from": "Home",
        "journey_to": "Millbrook Library",
        "miles": "14.6",
        "there_and_back": "on",
    }

    added = hers.post(url("miles-add", draft), miles)
    hers.post(url("cost-add", draft), cost(receipt=photo()))
    hers.post(url("claim-choice", draft, meeting.reference), {"answer": "all"})
    check = hers.get(url("claim-detail", draft)).content.decode()
    draft.refresh_from_db()
    sent = hers.post(
        url("claim-send", draft), {"declare": "on", "version": str(draft.version)}
    )
    after = hers.get(sent.url).content.decode()

    assert added.url == url("claim-detail", draft)
    assert '<b class="app-big">£91.02</b>' in check
    assert "That is £81.25 for your time, and £9.77 for travel and costs." in " ".join(
        check.split()
    )
    draft.refresh_from_db()
    assert draft.state == ClaimState.SUBMITTED
    assert "Your claim is being checked." in after
    assert "You do not need to do anything." in after


def test_sending_without_the_declaration_says_so_and_sends_nothing(hers, draft):
    answer = hers.post(url("claim-send", draft), {"version": str(draft.version)})

    assert answer.status_code == 200
    assert "Tick the box to say that the claim is true" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == ClaimState.DRAFT


def test_opening_the_address_that_sends_leads_to_the_claim(hers, draft):
    answer = hers.get(url("claim-send", draft))

    assert answer.url == url("claim-detail", draft)
    draft.refresh_from_db()
    assert draft.state == ClaimState.DRAFT


def test_sending_without_a_choice_says_which_meeting(hers, draft):
    data = {"declare": "on", "version": str(draft.version)}

    answer = hers.post(url("claim-send", draft), data)

    expected = "Choose what you want for your time on Wednesday 12 November 2025."
    assert expected in answer.content.decode()


def test_a_choice_has_no_answer_filled_in_beforehand(hers, draft):
    meeting = draft.lines.get().meeting

    page = hers.get(url("claim-choice", draft, meeting.reference)).content.decode()

    assert page.count('type="radio"') == 3
    assert "checked" not in page


@pytest.mark.parametrize(
    ("miles", "sentence"),
    [
        ("-3", "The miles cannot be less than 0"),
        ("0", "The miles must be 0.1 or more"),
        ("25000", "The miles must be 1,000 or less"),
        ("14.65", "The miles can have 1 number after the full stop, like 14.6"),
        ("lots", "The miles must be a number, like 14.6"),
        ("", "Put how many miles it was, like 14.6"),
    ],
)
def test_miles_that_cannot_be_get_a_sentence_and_keep_what_was_typed(
    hers, draft, miles, sentence
):
    data = {"journey_from": "Home", "journey_to": "The <b>library</b>", "miles": miles}

    page = hers.post(url("miles-add", draft), data)

    body = page.content.decode()
    assert page.status_code == 200
    assert sentence in body
    assert "The &lt;b&gt;library&lt;/b&gt;" in body
    assert draft.lines.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.jpg", b"", "empty"),
        ("holiday.jpg", b"MZ\x90\x00" + b"\x00" * 200, "This file is something else."),
        ("tool.exe", b"MZ\x90\x00" + b"\x00" * 200, "This file is something else."),
        ("big.pdf", b"%PDF-1.7\n" + b"0" * (40 * 1024 * 1024), "smaller than 10 MB"),
        (
            "broken.jpg",
            b"\xff\xd8\xff\xe0" + b"\x00" * 300,
            "We cannot open this picture",
        ),
    ],
)
def test_a_receipt_that_is_no_receipt_gets_a_sentence_and_keeps_the_rest(
    hers, draft, name, data, sentence
):
    upload = SimpleUploadedFile(name, data)

    page = hers.post(url("cost-add", draft), cost(receipt=upload))

    body = page.content.decode()
    assert page.status_code == 200
    assert sentence in body
    assert "Library car park" in body
    assert not Receipt.objects.exists()
    assert draft.lines.count() == 1


def test_a_cost_above_five_pounds_without_a_receipt_asks_for_one(hers, draft):
    page = hers.post(url("cost-add", draft), cost(amount="5.01")).content.decode()

    assert "Add a photo of the receipt for anything above £5.00" in page
    assert draft.lines.count() == 1


def test_beside_the_upload_stands_who_will_see_it(hers, draft):
    page = hers.get(url("cost-add", draft)).content.decode()

    assert "Only the people who check and pay the claim will see it." in page


def test_a_receipt_opens_for_those_who_may_see_the_claim_and_nobody_else(
    hers, draft, client_as
):
    hers.post(url("cost-add", draft), cost(receipt=photo()))
    receipt = Receipt.objects.get()
    stranger = UserFactory()
    SignInFactory(user=stranger, person=PersonFactory())
    address = url("receipt", draft, receipt.pk)

    codes = {
        "hers": hers.get(address).status_code,
        "staff": client_as(Role.INVOLVEMENT).get(address).status_code,
        "stranger": client_as(stranger).get(address).status_code,
        # A draft is the member's own: finance does not see it yet.
        "finance": client_as(Role.FINANCE).get(address).status_code,
    }

    assert codes == {"hers": 200, "staff": 200, "stranger": 404, "finance": 404}
    answer = hers.get(address)
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_line_is_changed_and_taken_off(hers, draft):
    hers.post(url("cost-add", draft), cost(amount="3.20"))
    line = draft.lines.get(kind=LineKind.PARKING)

    form = hers.get(url("cost-change", draft, line.pk)).content.decode()
    hers.post(url("cost-change", draft, line.pk), cost(amount="4.80", kind="fare"))
    line.refresh_from_db()
    hers.post(url("line-remove", draft, line.pk))

    assert 'value="3.20"' in form
    assert (line.claimed_pence, line.kind) == (480, LineKind.FARE)
    assert not draft.lines.filter(pk=line.pk).exists()


def test_staff_are_told_they_enter_it_for_somebody_and_say_how(staff, draft, marian):
    meeting = draft.lines.get().meeting
    page = staff.get(url("claim-detail", draft)).content.decode()
    staff.post(
        url("claim-choice", draft, meeting.reference),
        {"answer": "all", "told_how": "phone"},
    )
    draft.refresh_from_db()

    data = {"declare": "on", "version": str(draft.version)}
    without = staff.post(url("claim-send", draft), data).content.decode()
    staff.post(url("claim-send", draft), data | {"told_how": "phone"})

    assert "You are entering this for Marian Okafor" in page
    assert "We write: “Priya Nair sent this for Marian Okafor.”" in page
    assert "Choose how Marian Okafor told you" in without
    draft.refresh_from_db()
    assert (draft.state, draft.told_how) == (ClaimState.SUBMITTED, "phone")
    assert [user.name for user in draft.helpers.all()] == ["Priya Nair"]
    choice = Offer.objects.get().choices.get()
    assert (choice.chosen_by, choice.recorded_by.name) == (
        "Marian Okafor",
        "Priya Nair",
    )


@pytest.mark.parametrize(
    ("scopes", "code"), [([SupportScope.CLAIM], 200), ([SupportScope.SEE], 404)]
)
def test_a_supporter_needs_the_claim_scope(client_as, draft, marian, scopes, code):
    helper = PersonFactory(known_as="Leon Okafor")
    link = SupporterFactory(member=marian, supporter=helper, scopes=scopes)
    account = UserFactory(name="Leon Okafor")
    SignInFactory(user=account, person=marian, capacity="supporter", link=link)

    page = client_as(account).get(url("claim-detail", draft))

    assert page.status_code == code
    if code == 200:
        assert "Check Marian Okafor’s claim" in page.content.decode()


def test_another_member_finds_no_such_claim(client_as, draft):
    stranger = UserFactory()
    SignInFactory(user=stranger, person=PersonFactory())
    them = client_as(stranger)

    assert them.get(url("claim-detail", draft)).status_code == 404
    for name in ("claim-send", "claim-withdraw", "miles-add", "cost-add"):
        assert them.post(url(name, draft)).status_code == 404


def test_a_claim_once_sent_cannot_be_changed_and_says_why(hers, marian, policy):
    claim = ClaimFactory(person=marian, state=ClaimState.SUBMITTED)
    time_line(claim)

    page = hers.get(url("miles-add", claim))

    assert page.status_code == 403
    assert "has been sent in, so it cannot be changed" in page.content.decode()


def test_a_member_starts_one_claim_for_two_meetings(hers, attended, marian):
    group = GroupFactory()
    first = attended(marian, dt.date(2025, 12, 12), group=group)
    second = attended(marian, dt.date(2025, 12, 18), group=group)

    answer = hers.post(
        reverse("payments:claim-add"), {"meetings": [first.reference, second.reference]}
    )

    claim = Claim.objects.get()
    assert answer.url == url("claim-detail", claim)
    assert queries.sums_of(claim).total == 10500
    assert "£105.00" in hers.get(answer.url).content.decode()


def test_a_meeting_not_attended_is_not_among_the_choices(hers, attended, dot):
    meeting = attended(dot)

    page = hers.post(reverse("payments:claim-add"), {"meetings": [meeting.reference]})

    assert page.status_code == 200
    assert "Choose one of the answers on the page" in page.content.decode()
    assert not Claim.objects.exists()


def test_staff_start_a_claim_for_a_member_and_are_her_helper(staff, attended, dot):
    meeting = attended(dot)
    address = reverse("payments:claim-add") + f"?person={dot.reference}"

    staff.post(address, {"meetings": [meeting.reference]})

    claim = Claim.objects.get()
    assert claim.person == dot
    assert [user.name for user in claim.helpers.all()] == ["Priya Nair"]


def test_taking_a_claim_back_asks_first(hers, draft):
    asked = hers.get(url("claim-withdraw", draft)).content.decode()
    hers.post(url("claim-withdraw", draft), {"reason": "I changed my mind."})

    assert "Take this claim back?" in asked
    draft.refresh_from_db()
    assert draft.state == ClaimState.WITHDRAWN
    assert draft.decisions.order_by("-pk").first().words == "I changed my mind."


@pytest.mark.parametrize("state", sorted(ClaimState))
def test_every_state_says_where_the_claim_is(client_as, policy, state):
    claim = ClaimFactory(state=state)
    time_line(claim)
    account = UserFactory()
    SignInFactory(user=account, person=claim.person)

    page = client_as(account).get(url("claim-detail", claim))

    status = queries.claim_status(claim, actor_for_person(claim.person))
    assert page.status_code == 200
    if state not in (ClaimState.DRAFT, ClaimState.RETURNED):
        assert status.headline in page.content.decode()
        assert "this claim" not in status.headline


def test_costs_only_shows_time_without_payment(hers, draft):
    meeting = draft.lines.get().meeting
    answer = {"answer": OfferAnswer.EXPENSES_ONLY}

    hers.post(url("claim-choice", draft, meeting.reference), answer)
    page = hers.get(url("claim-detail", draft)).content.decode()

    assert "3 hours 15 minutes, with no payment" in page


@pytest.mark.parametrize("count", [1, 3, 25])
def test_the_list_of_claims_costs_the_same_however_many_there_are(
    client_as, policy, django_assert_max_num_queries, count
):
    for _ in range(count):
        time_line(ClaimFactory(state=ClaimState.SUBMITTED))
    staff = client_as(Role.INVOLVEMENT)

    with django_assert_max_num_queries(8) as asked:
        page = staff.get(reverse("payments:claim-list"))

    assert page.content.decode().count('role="rowheader"') == min(count, 20)
    assert len(asked) <= 7


def test_pages_of_the_list_hold_every_claim_once(client_as, policy):
    made = {time_line(ClaimFactory()).claim.reference for _ in range(45)}
    staff = client_as(Role.INVOLVEMENT)
    seen, address = [], reverse("payments:claim-list")

    for _ in range(3):
        page = staff.get(address).context["page"]
        seen += [row.claim.reference for row in page.rows]
        address = reverse("payments:claim-list") + f"?after={page.older}"
    back = staff.get(
        reverse("payments:claim-list") + f"?before={page.rows[0].claim.reference}"
    )

    assert len(seen) == 45
    assert set(seen) == made
    assert [row.claim.reference for row in back.context["page"].rows] == seen[20:40]


def test_the_list_is_filtered_by_where_claims_are(client_as, policy):
    waiting = time_line(ClaimFactory(state=ClaimState.SUBMITTED)).claim
    time_line(ClaimFactory(state=ClaimState.PAID))
    staff = client_as(Role.INVOLVEMENT)

    page = staff.get(reverse("payments:claim-list") + "?state=check").context["page"]
    unknown = staff.get(reverse("payments:claim-list") + "?state=%27--").context["page"]

    assert [row.claim for row in page.rows] == [waiting]
    assert len(unknown.rows) == 2


def test_a_claim_page_stays_within_twelve_statements(
    hers, marian, draft, django_assert_max_num_queries
):
    hers.post(url("cost-add", draft), cost(receipt=photo()))
    hers.get(url("claim-detail", draft))

    with django_assert_max_num_queries(12):
        hers.get(url("claim-detail", draft))


def test_an_empty_list_says_what_will_come(hers, marian):
    make_policy()

    page = hers.get(reverse("payments:claim-list")).content.decode()

    assert "No claims yet" in page
