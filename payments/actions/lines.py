"""The lines of a claim while the member has it in her hands."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F

from coprod.core import audit, dates, money, uploads
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition, RuleBroken
from meetings.models import Meeting
from payments import permissions, queries
from payments.enums import (
    EXPENSE_KINDS,
    WITH_THE_MEMBER,
    LineKind,
    OfferAnswer,
    Unit,
)
from payments.models import Claim, ClaimLine, Receipt
from payments.queries import Priced, Rates

# Kinds that are paid back as spent, with a receipt; mileage has its own form and price.
THERE_AND_BACK = "There and back"
COST_KINDS = frozenset(EXPENSE_KINDS - {LineKind.MILEAGE})


@dataclass(frozen=True)
class NewReceipt:
    """A photo or PDF that `uploads.check` has looked at: the upload and its clean bytes."""

    upload: UploadedFile
    data: bytes


def touch(*, claim: Claim, by: Actor) -> None:
    """Take the claim for one change: bump its version, and name a helper who made the change.

    Of two people at once one wins. Raises InvalidTransition for the other, and when the
    claim has been sent in since.
    """
    rows = Claim.objects.filter(
        pk=claim.pk, version=claim.version, state__in=WITH_THE_MEMBER
    )
    if rows.update(version=F("version") + 1) != 1:
        raise InvalidTransition(
            "Somebody else has just changed this claim. Look at it again."
        )
    claim.version += 1
    name_helper(claim=claim, by=by)


def name_helper(*, claim: Claim, by: Actor) -> None:
    """Keep the name of an account that enters something for the member, so that it cannot check."""
    is_helper = by.is_supporter or by.person_id != claim.person_id
    if by.user is not None and is_helper:
        claim.helpers.add(by.user)


def add_time_line(
    *, claim: Claim, meeting: Meeting, minutes: int, offered: bool, answer: str
) -> ClaimLine:
    """Write the line for being at a meeting, priced at the rate of its day.

    Without an offer, or when the member chose costs only, the line is kept at no pay. The caller
    has asked permission. Raises RuleBroken when no policy covers the day.
    """
    rates = queries.rates_on(meeting.date)
    priced = _time(rates, minutes, paid=offered and answer != OfferAnswer.EXPENSES_ONLY)
    return ClaimLine.objects.create(
        claim=claim,
        person_id=claim.person_id,
        kind=LineKind.INVOLVEMENT,
        meeting=meeting,
        activity_date=meeting.date,
        description=meeting.group.name,
        unit=Unit.MINUTES,
        policy_version=rates.version,
        **_sums(priced),
    )


def price_time_line(
    *, line: ClaimLine, answer: str, minutes: int | None = None
) -> ClaimLine:
    """Price the line for a meeting again, after a choice or a correction of the register.

    `minutes` replaces the minutes on the line. The caller has asked permission and writes the
    audit line. Raises InvalidTransition when the claim has been sent in since.
    """
    rates = queries.rates_on(line.activity_date)
    offered = queries.offer_for(line.person_id, line.meeting_id) is not None
    priced = _time(
        rates,
        int(line.quantity) if minutes is None else minutes,
        paid=offered and answer != OfferAnswer.EXPENSES_ONLY,
    )
    rows = Claim.objects.filter(pk=line.claim_id, state__in=WITH_THE_MEMBER)
    if rows.update(version=F("version") + 1) != 1:
        raise InvalidTransition("This claim has been sent in since. Look at it again.")
    _write(line, {**_sums(priced), "policy_version": rates.version})
    return line


def _time(rates: Rates, minutes: int, *, paid: bool) -> Priced:
    if paid:
        return rates.price_time(minutes)
    return Priced(0, Decimal(minutes), Decimal(0))


def _sums(priced: Priced) -> dict[str, object]:
    return {
        "quantity": priced.quantity,
        "rate": priced.rate,
        "quantity_above": priced.quantity_above,
        "rate_above": priced.rate_above,
        "claimed_pence": priced.pence,
        "allowed_pence": priced.pence,
        # A line that was reduced and came back starts again in full.
        "reason": "",
    }


def _write(line: ClaimLine, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(line, name, value)
    line.save(update_fields=list(values))


def save_miles(
    *,
    claim: Claim,
    by: Actor,
    meeting: Meeting,
    journey_from: str,
    journey_to: str,
    miles: Decimal,
    there_and_back: bool,
    line: ClaimLine | None = None,
) -> ClaimLine:
    """Add a journey by car to a claim, or change one.

    `miles` is the whole distance, to one decimal place; the rate is that of the day of the meeting,
    and miles above the yearly threshold get their own. Raises ActionDenied, InvalidTransition,
    or RuleBroken for miles that cannot be (field `miles`).
    """
    with transaction.atomic():
        permissions.check_can_edit_claim(by, claim)
        _check_in_claim(claim, meeting)
        if miles <= 0 or miles != miles.quantize(Decimal("0.1")):
            raise RuleBroken(
                "Miles must be more than 0, with at most one number after the point.",
                field="miles",
            )
        touch(claim=claim, by=by)
        rates = queries.rates_on(meeting.date)
        values = {
            "kind": LineKind.MILEAGE,
            "meeting": meeting,
            "activity_date": meeting.date,
            "description": THERE_AND_BACK if there_and_back else "One way",
            "journey_from": journey_from,
            "journey_to": journey_to,
            "unit": Unit.MILES,
            "policy_version": rates.version,
            **_sums(rates.price_miles(miles, miles_so_far=Decimal(0))),
        }
        line = _save(claim, by, line, values)
        settle_miles(claim=claim)
        line.refresh_from_db()
    return line


def settle_miles(*, claim: Claim) -> None:
    """Price every journey of a claim against the miles of the tax year sent in so far.

    Journeys count in the order of their dates. The rate of a line is kept; only the part of it
    above the threshold can move (payments.md 2.1).
    """
    seen: dict[dt.date, Decimal] = {}
    journeys = claim.lines.filter(kind=LineKind.MILEAGE).order_by("activity_date", "pk")
    for line in journeys:
        year = dates.tax_year_start(line.activity_date)
        if year not in seen:
            seen[year] = queries.miles_in_tax_year(
                line.person_id, year, except_claim_id=claim.pk
            )
        rates = queries.rates_of(line.policy_version, line.activity_date)
        priced = rates.price_miles(line.quantity, miles_so_far=seen[year])
        seen[year] += line.quantity
        if (
            priced.pence != line.claimed_pence
            or priced.quantity_above != line.quantity_above
        ):
            _write(line, _sums(priced))


def save_cost(
    *,
    claim: Claim,
    by: Actor,
    meeting: Meeting,
    kind: str,
    description: str,
    pence: int,
    receipt: NewReceipt | None = None,
    no_receipt_reason: str = "",
    line: ClaimLine | None = None,
) -> ClaimLine:
    """Add something the member paid for to a claim, or change it.

    Above the sum in the policy a receipt is needed, or a reason for having none. Raises
    ActionDenied, InvalidTransition, or RuleBroken with the field it belongs to.
    """
    with transaction.atomic():
        permissions.check_can_edit_claim(by, claim)
        _check_in_claim(claim, meeting)
        rates = queries.rates_on(meeting.date)
        has_receipt = receipt is not None or (
            line is not None and line.receipts.exists()
        )
        _check_cost(
            rates, kind, pence, has_receipt=has_receipt, why_not=no_receipt_reason
        )
        touch(claim=claim, by=by)
        amount = money.from_pence(pence)
        values = {
            "kind": kind,
            "meeting": meeting,
            "activity_date": meeting.date,
            "description": description,
            "unit": Unit.POUNDS,
            "policy_version": rates.version,
            "no_receipt_reason": "" if has_receipt else no_receipt_reason,
            **_sums(Priced(pence, amount, Decimal(1))),
        }
        line = _save(claim, by, line, values)
        if receipt is not None:
            stored = uploads.keep_upload(
                upload=receipt.upload, data=receipt.data, by=by
            )
            line.receipts.all().delete()
            Receipt.objects.create(line=line, file=stored)
    return line


def _check_cost(
    rates: Rates, kind: str, pence: int, *, has_receipt: bool, why_not: str
) -> None:
    rule = rates.expenses.get(kind)
    if kind not in COST_KINDS or rule is None:
        raise RuleBroken("Choose what you paid for.", field="kind")
    if pence <= 0:
        raise RuleBroken("Put how much you paid, like 3.20.", field="amount")
    if rule.most_pence is not None and pence > rule.most_pence:
        raise RuleBroken(
            f"We can pay up to {money.pounds(rule.most_pence)} for this. "
            "Put that sum, and ring us about the rest.",
            field="amount",
        )
    if rates.needs_receipt(kind, pence) and not has_receipt and not why_not:
        raise RuleBroken(
            f"Add a photo of the receipt for anything above "
            f"{money.pounds(rule.receipt_above_pence)}, or say why there is none.",
            field="receipt",
        )


def _check_in_claim(claim: Claim, meeting: Meeting) -> None:
    """Travel and costs belong to a meeting the claim is for, because she was there."""
    if not claim.lines.filter(kind=LineKind.INVOLVEMENT, meeting=meeting).exists():
        raise RuleBroken("Choose one of the meetings of this claim.", field="meeting")


def _save(
    claim: Claim, by: Actor, line: ClaimLine | None, values: Mapping[str, object]
) -> ClaimLine:
    old = line.claimed_pence if line is not None else 0
    if line is None:
        line = ClaimLine.objects.create(
            claim=claim, person_id=claim.person_id, **values
        )
    else:
        if line.claim_id != claim.pk or line.kind == LineKind.INVOLVEMENT:
            raise RuleBroken("This line cannot be changed here.")
        _write(line, values)
    _audit(claim, by, line.kind, old, line.claimed_pence)
    return line


def remove_line(*, claim: Claim, by: Actor, line: ClaimLine) -> None:
    """Take one journey or cost off a claim. The time itself stays: the register says it.

    Raises ActionDenied, InvalidTransition, or RuleBroken for a line of time.
    """
    with transaction.atomic():
        permissions.check_can_edit_claim(by, claim)
        if line.claim_id != claim.pk or line.kind == LineKind.INVOLVEMENT:
            raise RuleBroken(
                "Your time comes from our record of who came. "
                "If you do not want to be paid for it, change your choice."
            )
        touch(claim=claim, by=by)
        kind, old = line.kind, line.claimed_pence
        line.delete()
        settle_miles(claim=claim)
        _audit(claim, by, kind, old, 0)


def _audit(claim: Claim, by: Actor, kind: str, old: int, new: int) -> None:
    audit.record(
        by=by,
        verb="changed line",
        on=claim,
        about_person_id=claim.person_id,
        changes={kind: [old, new]},
    )
