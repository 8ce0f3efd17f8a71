import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from coprod.core import money
from payments.enums import ClaimState, LineKind, PayeeState, Unit, VersionState
from payments.models import (
    Claim,
    ClaimLine,
    ExpenseRule,
    Offer,
    Payee,
    PaymentPolicy,
    PolicyVersion,
    RateRule,
)
from tests.factories.core import UserFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.people import PersonFactory

# The worked policy: £25.00 an hour to 15 December 2025, £27.50 after; car 45p to 5 April 2026,
# 55p after; 25p above 10,000 miles a tax year; receipts above £5.00.
_WORKED = [
    (1, dt.date(2025, 4, 1), dt.date(2025, 12, 15), "25.00", "0.45"),
    (2, dt.date(2025, 12, 16), dt.date(2026, 4, 5), "27.50", "0.45"),
    (3, dt.date(2026, 4, 6), None, "27.50", "0.55"),
]


def make_policy(name: str = "Valuing Your Voice") -> PaymentPolicy:
    """The policy of the worked amounts, all three versions published."""
    existing = PaymentPolicy.objects.filter(name=name).first()
    if existing:
        return existing
    policy = PaymentPolicy.objects.create(name=name)
    drafter, publisher = UserFactory(), UserFactory()
    for number, from_date, to_date, hourly, mile in _WORKED:
        version = PolicyVersion.objects.create(
            policy=policy,
            number=number,
            from_date=from_date,
            to_date=to_date,
            state=VersionState.PUBLISHED,
            summary="We pay for your time and your travel.",
            drafted_by=drafter,
            published_by=publisher,
            published_at=timezone.now(),
        )
        RateRule.objects.create(version=version, hourly_rate=Decimal(hourly))
        ExpenseRule.objects.create(
            version=version,
            kind=LineKind.MILEAGE,
            unit_rate=Decimal(mile),
            threshold=Decimal(10000),
            rate_above_threshold=Decimal("0.25"),
        )
        for kind in (LineKind.PARKING, LineKind.FARE, LineKind.CARE, LineKind.OTHER):
            ExpenseRule.objects.create(
                version=version, kind=kind, receipt_above_pence=500
            )
    return policy


class PayeeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Payee

    person = factory.SubFactory(PersonFactory)
    name = factory.LazyAttribute(lambda o: o.person.known_as)
    supplier_number = factory.Sequence(lambda n: f"{204000 + n}")
    state = PayeeState.ACTIVE
    set_up_at = factory.LazyFunction(timezone.now)
    set_up_by = factory.SubFactory(UserFactory)


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offer

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    version = factory.LazyAttribute(
        lambda o: make_policy().versions.in_force_on(o.meeting.date).get()
    )
    hourly_rate = factory.LazyAttribute(lambda o: o.version.rates.get().hourly_rate)
    expected_minutes = 120
    words = "We offer £27.50 an hour, and your travel."


class ClaimFactory(factory.django.DjangoModelFactory):
    """A claim in any state, with the people and times that state needs."""

    class Meta:
        model = Claim

    person = factory.SubFactory(PersonFactory)
    state = ClaimState.DRAFT

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        state = kwargs["state"]
        if state not in (ClaimState.DRAFT, ClaimState.WITHDRAWN):
            kwargs.setdefault("submitted_by", UserFactory())
            kwargs.setdefault("submitted_at", timezone.now())
        approved = {"ready", "waiting", "in_run", "sent", "paid", "bank_returned"}
        if state in approved | {"verified", "rejected"}:
            kwargs.setdefault("verified_by", UserFactory())
            kwargs.setdefault("verified_at", timezone.now())
        if state in approved:
            kwargs.setdefault("approved_by", UserFactory())
            kwargs.setdefault("approved_at", timezone.now())
        if state == ClaimState.PAID:
            kwargs.setdefault("paid_date", dt.date(2026, 11, 20))
        return kwargs


def time_line(claim: Claim, meeting: Any = None, minutes: int = 120) -> ClaimLine:
    """A line for time at a meeting, priced by the worked policy on the meeting's day."""
    meeting = meeting or MeetingFactory()
    version = make_policy().versions.in_force_on(meeting.date).get()
    rate = version.rates.get().hourly_rate
    pence = money.line_pence(rate, money.hours(minutes))
    return ClaimLine.objects.create(
        claim=claim,
        person=claim.person,
        kind=LineKind.INVOLVEMENT,
        meeting=meeting,
        activity_date=meeting.date,
        quantity=Decimal(minutes),
        unit=Unit.MINUTES,
        rate=rate,
        policy_version=version,
        claimed_pence=pence,
        allowed_pence=pence,
    )
