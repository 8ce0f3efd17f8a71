import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.core import money
from coprod.core.errors import RuleBroken
from payments import queries
from payments.enums import VersionState
from tests.factories import make_policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy():
    return make_policy()


def test_an_hour_is_priced_at_the_rate_of_its_day():
    assert queries.price_time(120, dt.date(2025, 12, 15)).pence == 5000
    assert queries.price_time(120, dt.date(2025, 12, 16)).pence == 5500


@pytest.mark.parametrize(
    ("minutes", "pence"), [(195, 8125), (100, 4167), (300, 12500), (0, 0), (1, 42)]
)
def test_minutes_are_rounded_half_up_once(minutes, pence):
    assert queries.price_time(minutes, dt.date(2025, 11, 12)).pence == pence


def test_a_half_penny_of_two_minutes_is_rounded_up():
    assert money.time_pence(Decimal("13.95"), 2) == 47
    assert money.time_pence(Decimal("0.15"), 2) == 1


def test_a_mile_is_worth_more_from_the_sixth_of_april():
    before = queries.price_miles(Decimal("22.3"), dt.date(2026, 4, 5), Decimal(0))
    after = queries.price_miles(Decimal("22.3"), dt.date(2026, 4, 6), Decimal(0))

    assert (before.pence, before.rate) == (1004, Decimal("0.4500"))
    assert (after.pence, after.rate) == (1227, Decimal("0.5500"))


@pytest.mark.parametrize(
    ("so_far", "above", "pence"),
    [
        ("9980.0", "0", 900),
        ("9990.0", "10.0", 700),
        ("10000.0", "20.0", 500),
        ("12000.5", "20.0", 500),
    ],
)
def test_miles_above_ten_thousand_in_a_tax_year_get_the_lower_rate(
    so_far, above, pence
):
    priced = queries.price_miles(Decimal(20), dt.date(2025, 11, 12), Decimal(so_far))

    assert (priced.quantity_above, priced.pence) == (Decimal(above), pence)


def test_a_journey_across_the_threshold_is_rounded_once():
    priced = queries.price_miles(
        Decimal("1.1"), dt.date(2025, 11, 12), Decimal("9999.9")
    )

    # 0.1 mile at 45p is 4.5p and 1 mile at 25p is 25p: 29.5p, rounded once.
    assert priced.pence == 30


def test_a_day_without_a_policy_gets_a_sentence_and_no_price():
    with pytest.raises(RuleBroken, match="Monday 31 March 2025"):
        queries.rates_on(dt.date(2025, 3, 31))


def test_a_draft_version_is_not_in_force(policy):
    policy.versions.filter(number=3).update(
        state=VersionState.DRAFT, published_at=None, published_by=None
    )

    with pytest.raises(RuleBroken):
        queries.rates_on(dt.date(2026, 5, 1))


@given(
    minutes=st.lists(st.integers(0, 24 * 60), max_size=8),
    rate=st.decimals("0.01", "99.9999", places=4),
)
def test_each_line_is_the_exact_sum_rounded_half_up(minutes, rate):
    for one in minutes:
        exact = int(rate * 10000) * one * 100
        # Whole numbers only: pence = exact / (10000 * 60), half up.
        assert money.time_pence(rate, one) == (exact * 2 + 600000) // 1200000
