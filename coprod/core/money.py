"""Money is Decimal pounds in and whole pence out, rounded half up once per line (payments.md 7.3)."""

from decimal import ROUND_HALF_UP, Decimal


def line_pence(rate: Decimal, quantity: Decimal) -> int:
    """Return rate (pounds) times quantity in whole pence, rounded half up once."""
    return int((rate * quantity * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def hours(minutes: int) -> Decimal:
    """Return minutes as an exact-enough Decimal of hours for `line_pence`."""
    return Decimal(minutes) / 60


def time_pence(hourly_rate: Decimal, minutes: int) -> int:
    """Return what minutes at an hourly rate are worth in whole pence, rounded half up once.

    Divides last: a third of an hour has no exact Decimal, so hours first could lose a half penny.
    """
    pence = hourly_rate * minutes * 100 / 60
    return int(pence.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_pence(amount: Decimal) -> int:
    """Return an amount typed in pounds as whole pence. Raises ValueError for part pennies."""
    pence = amount * 100
    if pence != pence.to_integral_value():
        raise ValueError("An amount of money cannot have part of a penny.")
    return int(pence)


def from_pence(pence: int) -> Decimal:
    """Return whole pence as Decimal pounds with two places."""
    return (Decimal(pence) / 100).quantize(Decimal("0.01"))


def pounds(pence: int) -> str:
    """Return whole pence as people read it: £1,091.02, or minus £4.00."""
    sign = "minus " if pence < 0 else ""
    return f"{sign}£{from_pence(abs(pence)):,.2f}"


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split pence by weight with the largest-remainder method, so that the parts add up."""
    whole = sum(weights)
    exact = [total * weight / Decimal(whole) for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts
