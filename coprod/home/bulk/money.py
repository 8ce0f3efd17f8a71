"""Rates, claims with their lines and steps, and the pay runs that paid them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from coprod.core import dates, money, spreadsheets
from coprod.core.enums import Role
from coprod.core.models import User
from coprod.home.bulk.meetings import MINUTES_LONG, Held
from coprod.home.bulk.people import Known
from coprod.home.bulk.rows import CHANCE, References, at, in_batches, save, write
from groups.people.enums import GivenHow
from meetings.models import Meeting
from payments import exports
from payments.enums import (
    ClaimState,
    LineKind,
    PayeeState,
    PayRunState,
    Unit,
    VersionState,
)
from payments.models import (
    Claim,
    ClaimDecision,
    ClaimLine,
    CostCode,
    ExpenseRule,
    Payee,
    PaymentPolicy,
    PayRun,
    PayRunItem,
    PolicyVersion,
    RateRule,
)

# The worked rates, and the first of them from the beginning of these rows.
_VERSIONS = [
    (1, dt.date(2000, 4, 1), dt.date(2025, 12, 15), "25.00", "0.45"),
    (2, dt.date(2025, 12, 16), dt.date(2026, 4, 5), "27.50", "0.45"),
    (3, dt.date(2026, 4, 6), None, "27.50", "0.55"),
]
_DAYS_TO_MONEY = 25
# A claim this young is still somewhere on its way.
_DAYS_ON_ITS_WAY = 30
_ON_THEIR_WAY = [
    ClaimState.DRAFT,
    ClaimState.SUBMITTED,
    ClaimState.VERIFIED,
    ClaimState.READY,
]
_OVER = [ClaimState.PAID] * 38 + [ClaimState.REJECTED, ClaimState.WITHDRAWN]
_STEPS = [
    (ClaimState.SUBMITTED, "sent in", Role.MEMBER),
    (ClaimState.VERIFIED, "checked", Role.INVOLVEMENT),
    (ClaimState.READY, "approved", Role.APPROVER),
]
_REACHED = {
    ClaimState.SUBMITTED: 1,
    ClaimState.VERIFIED: 2,
    ClaimState.REJECTED: 2,
    ClaimState.READY: 3,
    ClaimState.PAID: 3,
}


@dataclass(frozen=True)
class Rates:
    """The rates of one version, as they are kept on a line."""

    version: PolicyVersion
    hourly: Decimal
    mile: Decimal


def set_rates(team: dict[str, User]) -> list[Rates]:
    """Write one policy with its versions, newest last."""
    policy = PaymentPolicy.objects.create(name="Valuing Your Voice")
    made = []
    for number, from_date, to_date, hourly, mile in _VERSIONS:
        version = PolicyVersion.objects.create(
            policy=policy,
            number=number,
            from_date=from_date,
            to_date=to_date,
            state=VersionState.PUBLISHED,
            summary="We pay for your time and your travel.",
            drafted_by=team["involvement"],
            published_at=at(max(from_date, dt.date(2020, 1, 1)), 9),
            published_by=team["lead"],
        )
        RateRule.objects.create(version=version, hourly_rate=Decimal(hourly))
        ExpenseRule.objects.create(
            version=version,
            kind=LineKind.MILEAGE,
            unit_rate=Decimal(mile),
            threshold=Decimal(10_000),
            rate_above_threshold=Decimal("0.25"),
        )
        for kind in (LineKind.PARKING, LineKind.FARE, LineKind.CARE, LineKind.OTHER):
            ExpenseRule.objects.create(version=version, kind=kind)
        made.append(Rates(version, Decimal(hourly), Decimal(mile)))
    return made


def pay(
    count: int,
    run_lines: int,
    came: Iterable[tuple[Held, Known]],
    team: dict[str, User],
    today: dt.date,
) -> None:
    """Write claims for time at meetings, and one large pay run and the rest month by month."""
    rates = set_rates(team)
    code = CostCode.objects.create(code="TH-4120", name="Technology at home")
    wanted = list(islice(came, count))
    payees = _payees(wanted, team["finance"])
    references = References("C")
    desk = Desk(payees, code, team, today)
    rows = (_claim(references.new(), held[0], person, desk) for held, person in wanted)
    days = iter([held[0] for held, _ in wanted])
    paid: list[tuple[Claim, int, int]] = []
    for batch in in_batches(Claim, rows):
        lines = []
        for claim in batch:
            mine = list(_lines(claim, next(days), rates))
            lines += mine
            if claim.state == ClaimState.PAID:
                total = sum(line.allowed_pence for line in mine)
                paid.append((claim, len(mine), total))
        write(ClaimLine, lines)
        write(
            ClaimDecision,
            (step for claim in batch for step in _steps(claim, team)),
        )
    _batch(paid, run_lines, payees, team)


def _payees(wanted: list[tuple[Held, Known]], by: User) -> dict[int, Payee]:
    people = {person.pk: person for _, person in wanted}
    payees = save(
        Payee,
        (
            Payee(
                person_id=person.pk,
                name=person.name,
                supplier_number=str(200_000 + person.pk),
                state=PayeeState.ACTIVE,
                set_up_at=at(dt.date(2024, 1, 2), 9),
                set_up_by=by,
            )
            for person in people.values()
        ),
    )
    return {payee.person_id: payee for payee in payees}


@dataclass(frozen=True)
class Desk:
    """Who and what a claim is dealt with by."""

    payees: dict[int, Payee]
    code: CostCode
    team: dict[str, User]
    today: dt.date


def _claim(reference: str, meeting: Meeting, person: Known, desk: Desk) -> Claim:
    day, team = meeting.date, desk.team
    is_young = (desk.today - day).days < _DAYS_ON_ITS_WAY
    state = CHANCE.choice(_ON_THEIR_WAY if is_young else _OVER)
    reached = _REACHED.get(state, 0)
    drafted = at(day, 13, CHANCE.randint(0, 59))
    return Claim(
        reference=reference,
        person_id=person.pk,
        payee=desk.payees[person.pk] if reached == len(_STEPS) else None,
        cost_code=desk.code if reached == len(_STEPS) else None,
        state=state,
        drafted_at=drafted,
        drafted_by=team["involvement"],
        submitted_at=drafted + dt.timedelta(days=1) if reached else None,
        submitted_by=team["lead"] if reached else None,
        told_how=GivenHow.PHONE if reached else "",
        pay_by_date=day + dt.timedelta(days=29) if reached else None,
        verified_at=drafted + dt.timedelta(days=2) if reached > 1 else None,
        verified_by=team["involvement"] if reached > 1 else None,
        approved_at=drafted + dt.timedelta(days=3) if reached == len(_STEPS) else None,
        approved_by=team["approver"] if reached == len(_STEPS) else None,
        paid_date=day + dt.timedelta(days=_DAYS_TO_MONEY + CHANCE.randint(0, 6))
        if state == ClaimState.PAID
        else None,
    )


def _lines(claim: Claim, meeting: Meeting, rates: list[Rates]) -> Iterator[ClaimLine]:
    day = meeting.date
    rate = next(r for r in reversed(rates) if r.version.from_date <= day)
    miles = Decimal(CHANCE.randint(10, 300)) / 10
    parking = CHANCE.randint(100, 490)
    yield _line(
        claim,
        rate,
        day,
        kind=LineKind.INVOLVEMENT,
        meeting=meeting,
        quantity=Decimal(MINUTES_LONG),
        unit=Unit.MINUTES,
        rate=rate.hourly,
        pence=money.time_pence(rate.hourly, MINUTES_LONG),
    )
    yield _line(
        claim,
        rate,
        day,
        kind=LineKind.MILEAGE,
        journey_from="Elmsby",
        journey_to="Millbrook Library",
        quantity=miles,
        unit=Unit.MILES,
        rate=rate.mile,
        pence=money.line_pence(rate.mile, miles),
    )
    # Every other claim has a third line, so that two claims have five.
    if claim.pk % 2:
        yield _line(
            claim,
            rate,
            day,
            kind=LineKind.PARKING,
            description="Car park",
            quantity=Decimal(parking) / 100,
            unit=Unit.POUNDS,
            rate=Decimal(1),
            pence=parking,
        )


def _line(
    claim: Claim, rates: Rates, day: dt.date, *, pence: int, **values: Any
) -> ClaimLine:
    return ClaimLine(
        claim=claim,
        person_id=claim.person_id,
        activity_date=day,
        policy_version=rates.version,
        claimed_pence=pence,
        allowed_pence=pence,
        counts=claim.state not in (ClaimState.WITHDRAWN, ClaimState.REJECTED),
        **values,
    )


def _steps(claim: Claim, team: dict[str, User]) -> Iterator[ClaimDecision]:
    by = {
        Role.MEMBER: team["lead"],
        Role.INVOLVEMENT: team["involvement"],
        Role.APPROVER: team["approver"],
    }
    for place, (to_state, what, role) in enumerate(
        _STEPS[: _REACHED.get(ClaimState(claim.state), 0)], start=1
    ):
        yield ClaimDecision(
            claim=claim,
            what=what,
            to_state=to_state,
            role=role,
            made_at=claim.drafted_at + dt.timedelta(days=place),
            made_by=by[role],
            made_by_name=by[role].name,
        )


def _batch(
    paid: list[tuple[Claim, int, int]],
    run_lines: int,
    payees: dict[int, Payee],
    team: dict[str, User],
) -> None:
    """Put the newest paid claims into one run of about that many lines, the rest by the month."""
    large, lines = [], 0
    while paid and lines < run_lines:
        large.append(paid.pop())
        lines += large[-1][1]
    by_month: dict[tuple[int, int], list[tuple[Claim, int, int]]] = {}
    for entry in paid:
        day = entry[0].paid_date
        assert day is not None  # noqa: S101 - paid claims have one
        by_month.setdefault((day.year, day.month), []).append(entry)
    for number, entries in enumerate([*by_month.values(), large], start=1):
        if entries:
            _run(number, entries, payees, team)


def _run(
    number: int,
    entries: list[tuple[Claim, int, int]],
    payees: dict[int, Payee],
    team: dict[str, User],
) -> None:
    day = max(claim.paid_date for claim, _, _ in entries if claim.paid_date)
    pay_day = dates.working_day_on_or_before(day)
    run = PayRun.objects.create(
        pay_date=pay_day,
        state=PayRunState.SETTLED,
        built_at=at(pay_day - dt.timedelta(days=3), 9, number % 60),
        built_by=team["finance"],
        released_at=at(pay_day - dt.timedelta(days=2), 9),
        released_by=team["releaser"],
        line_count=sum(count for _, count, _ in entries),
        claim_count=len(entries),
        total_pence=sum(pence for _, _, pence in entries),
    )
    write(
        PayRunItem,
        (
            PayRunItem(
                pay_run=run,
                claim=claim,
                invoice_number=claim.reference,
                supplier_number=payees[claim.person_id].supplier_number,
                payee_name=payees[claim.person_id].name,
                amount_pence=pence,
            )
            for claim, _, pence in entries
        ),
    )
    run.sha256, _size = spreadsheets.sha256_of(exports.payments_file(run))
    run.save(update_fields=["sha256"])
