"""What payments can be asked: rates of a day, claims and where they are, what is owed."""

from payments.queries.rates import Priced, Rates, price_miles, price_time, rates_on

__all__ = ["Priced", "Rates", "price_miles", "price_time", "rates_on"]
