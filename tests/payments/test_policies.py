import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from coprod.core.enums import Role
from coprod.core.errors import ActionDenied, InvalidTransition, RuleBroken
from payments import queries
from payments.actions import policies
from payments.enums import VersionState
from payments.models import PolicyVersion
from tests.factories import staff_actor

RATES = policies.NewRates(
    hourly_rate=Decimal("30.00"),
    mile_rate=Decimal("0.55"),
    threshold=Decimal(10000),
    mile_rate_above=Decimal("0.25"),
    receipt_above_pence=500,
)
NEXT_APRIL = dt.date(2027, 4, 6)


@pytest.fixture
def draft(policy, worker):
    return policies.draft_version(
        policy=policy, by=worker, from_date=NEXT_APRIL, summary="More.", rates=RATES
    )


@pytest.fixture
def lead(db):
    return staff_actor(Role.LEAD, name="Amina Yusuf")


def test_a_draft_pays_nothing_until_a_second_person_publishes_it(draft, lead):
    before = queries.price_time(60, NEXT_APRIL).pence

    policies.publish_version(version=draft, by=lead)

    assert before == 2750
    assert queries.price_time(60, NEXT_APRIL).pence == 3000
    assert queries.price_time(60, NEXT_APRIL - dt.timedelta(days=1)).pence == 2750


def test_the_version_before_ends_the_day_before(draft, lead, policy):
    policies.publish_version(version=draft, by=lead)

    assert policy.versions.get(number=3).to_date == dt.date(2027, 4, 5)
    draft.refresh_from_db()
    assert (draft.to_date, draft.published_by) == (None, lead.user)


def test_whoever_drafted_rates_does_not_publish_them(policy, lead):
    own = policies.draft_version(
        policy=policy, by=lead, from_date=NEXT_APRIL, summary="More.", rates=RATES
    )

    with pytest.raises(ActionDenied, match="a second person must publish"):
        policies.publish_version(version=own, by=lead)
    own.refresh_from_db()
    assert own.state == VersionState.DRAFT


@pytest.mark.parametrize("role", [Role.INVOLVEMENT, Role.FINANCE, Role.APPROVER])
def test_only_a_lead_publishes_rates(draft, role):
    with pytest.raises(ActionDenied, match="Only an involvement lead"):
        policies.publish_version(version=draft, by=staff_actor(role))


def test_rates_are_published_once(draft, lead):
    policies.publish_version(version=draft, by=lead)

    with pytest.raises((InvalidTransition, RuleBroken)):
        policies.publish_version(version=draft, by=lead)


@pytest.mark.parametrize("day", [dt.date(2025, 12, 16), dt.date(2026, 1, 1)])
def test_rates_never_overlap_with_published_ones(policy, worker, lead, day):
    if day == dt.date(2025, 12, 16):
        with pytest.raises(RuleBroken, match="already rates from"):
            policies.draft_version(
                policy=policy, by=worker, from_date=day, summary="x", rates=RATES
            )
        return
    version = policies.draft_version(
        policy=policy, by=worker, from_date=day, summary="x", rates=RATES
    )
    with pytest.raises(RuleBroken, match="published rates for these days already"):
        policies.publish_version(version=version, by=lead)


def test_a_member_cannot_draft_rates(policy, as_marian):
    with pytest.raises(ActionDenied):
        policies.draft_version(
            policy=policy, by=as_marian, from_date=NEXT_APRIL, summary="x", rates=RATES
        )


def test_members_read_published_rates_in_plain_words_and_no_draft(
    client_as, draft, policy
):
    hers = client_as(Role.SPONSOR)
    newest = policy.versions.get(number=3)

    listed = hers.get(reverse("payments:policy-list")).content.decode()
    page = hers.get(
        reverse("payments:policy-version", args=[newest.pk])
    ).content.decode()
    hidden = hers.get(reverse("payments:policy-version", args=[draft.pk]))

    assert "Tuesday 6 April 2027" not in listed
    assert hidden.status_code == 404
    assert "£27.50 an hour" in page
    assert "55p a mile, and 25p a mile above 10,000 miles in a tax year" in page
    assert "with a receipt above £5.00" in page


def test_staff_draft_and_a_lead_publishes_on_the_pages(client_as, policy):
    staff, lead = client_as(Role.INVOLVEMENT), client_as(Role.LEAD)
    form = {
        "from_date_day": "6",
        "from_date_month": "4",
        "from_date_year": "2027",
        "hourly_rate": "30",
        "mile_rate": "0.55",
        "threshold": "10000",
        "mile_rate_above": "0.25",
        "receipt_above": "5",
        "summary": "We pay £30 an hour.",
    }
    filled = staff.get(reverse("payments:policy-draft")).content.decode()

    staff.post(reverse("payments:policy-draft"), form)
    version = PolicyVersion.objects.get(number=4)
    lead.post(reverse("payments:policy-publish", args=[version.pk]))

    assert 'value="27.50"' in filled
    version.refresh_from_db()
    assert version.state == VersionState.PUBLISHED
    assert queries.price_time(60, NEXT_APRIL).pence == 3000


def test_a_day_that_does_not_exist_gets_a_sentence(client_as, policy):
    staff = client_as(Role.INVOLVEMENT)

    page = staff.post(
        reverse("payments:policy-draft"),
        {"from_date_day": "31", "from_date_month": "2", "from_date_year": "2027"},
    )

    assert page.status_code == 200
    assert "February 2027" in page.content.decode()
    assert PolicyVersion.objects.count() == 3
