from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coprod.core import money


@pytest.mark.parametrize(
    ("rate", "quantity", "pence"),
    [
        ("25.00", money.hours(195), 8125),
        ("0.45", Decimal("14.6"), 657),
        ("0.45", Decimal("22.3"), 1004),
        ("0.55", Decimal("18.0"), 990),
        ("25.00", money.hours(100), 4167),
        ("25.00", money.hours(300), 12500),
        ("1.005", Decimal(1), 101),
        ("27.50", money.hours(120), 5500),
    ],
)
def test_line_is_rounded_half_up_once(rate: str, quantity: Decimal, pence: int) -> None:
    assert money.line_pence(Decimal(rate), quantity) == pence


def test_pounds_are_written_as_people_read_them() -> None:
    assert [money.pounds(p) for p in (0, 5, 9102, 123456, -400)] == [
        "£0.00",
        "£0.05",
        "£91.02",
        "£1,234.56",
        "minus £4.00",
    ]


def test_part_pennies_are_refused() -> None:
    with pytest.raises(ValueError, match="part of a penny"):
        money.to_pence(Decimal("0.005"))


@given(
    total=st.integers(min_value=0, max_value=10**9),
    weights=st.lists(
        st.integers(min_value=1, max_value=10_000), min_size=1, max_size=12
    ),
)
def test_shares_always_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    parts = money.share_out(total, weights)

    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
