"""The policy, the payees and the claims of the demonstration."""

import datetime as dt
import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from coprod.core import dates, money, uploads
from coprod.core.actors import Actor
from coprod.home.demo.cast import Cast
from coprod.home.demo.clock import at, on
from coprod.home.demo.story import gone_out_by
from groups.people.enums import GivenHow
from meetings.models import Meeting
from payments.actions import claims, decisions, lines, offers, pay_runs, payees, results
from payments.enums import LineKind, OfferAnswer, VersionState
from payments.models import (
    Claim,
    ExpenseRule,
    PaymentPolicy,
    PayRun,
    PolicyVersion,
    RateRule,
)

# The worked policy of the field: rates as they changed, car rates as HMRC changed them.
_VERSIONS = (
    (dt.date(2025, 4, 1), dt.date(2025, 12, 15), "25.00", "0.45"),
    (dt.date(2025, 12, 16), dt.date(2026, 4, 5), "27.50", "0.45"),
    (dt.date(2026, 4, 6), None, "27.50", "0.55"),
)


def set_policy(cast: Cast) -> None:
    """Publish the three versions of the policy, drafted by one person and published by another."""
    policy = PaymentPolicy.objects.create(name="Valuing Your Voice")
    for number, (first, last, hourly, mile) in enumerate(_VERSIONS, start=1):
        version = PolicyVersion.objects.create(
            policy=policy,
            number=number,
            from_date=first,
            to_date=last,
            state=VersionState.PUBLISHED,
            summary=(
                f"We offer £{hourly} for each hour you are with us. We pay back what it costs you "
                f"to come. By car that is {int(Decimal(mile) * 100)}p a mile."
            ),
            drafted_by=cast.accounts["priya"].user,
            published_by=cast.accounts["helen"].user,
            published_at=timezone.now(),
        )
        RateRule.objects.create(version=version, hourly_rate=Decimal(hourly))
        ExpenseRule.objects.create(
            version=version,
            kind=LineKind.MILEAGE,
            unit_rate=Decimal(mile),
            threshold=Decimal(10_000),
            rate_above_threshold=Decimal("0.25"),
        )
        ExpenseRule.objects.bulk_create(
            ExpenseRule(version=version, kind=kind, receipt_above_pence=500)
            for kind in (LineKind.PARKING, LineKind.FARE, LineKind.CARE, LineKind.OTHER)
        )


def set_up_payees(cast: Cast) -> None:
    """Ask finance for everybody's supplier number; all but Kofi's have come."""
    for number, key in enumerate(
        ("marian", "dot", "bernadette", "owen", "yusuf", "lina", "jean"), start=204_417
    ):
        payee = payees.ensure_payee(by=cast.accounts["priya"], person=cast.people[key])
        payees.set_up_payee(
            by=cast.accounts["colin"], payee=payee, supplier_number=str(number)
        )
    payees.ensure_payee(by=cast.accounts["priya"], person=cast.people["kofi"])


def accept(cast: Cast, meeting: Meeting, keys: tuple[str, ...]) -> None:
    """Let members take the payment they were offered, a week before the meeting."""
    with at(meeting.starts_at - dt.timedelta(days=7)):
        for offer in meeting.offers.filter(
            person__in=[cast.people[key] for key in keys]
        ):
            by, told = _voice(cast, offer.person.known_as)
            offers.choose(offer=offer, answer=OfferAnswer.ALL, by=by, told_how=told)


def _voice(cast: Cast, name: str) -> tuple[Actor, str]:
    own = next((a for a in cast.accounts.values() if a.name == name), None)
    return (own, GivenHow.ONLINE) if own else (cast.accounts["priya"], GivenHow.PHONE)


def _claim(cast: Cast, key: str, meeting: Meeting) -> Claim:
    return Claim.objects.get(
        person=cast.people[key],
        lines__meeting=meeting,
        lines__kind=LineKind.INVOLVEMENT,
    )


def send_in(cast: Cast, key: str, meeting: Meeting, days: int) -> Claim:
    """Let a member, or staff reading back to her, send her claim in some days after the meeting."""
    claim = _claim(cast, key, meeting)
    by, told = _voice(cast, cast.people[key].known_as)
    with at(meeting.ends_at + dt.timedelta(days=days)):
        claims.submit_claim(claim=claim, by=by, told_how=told)
        gone_out_by(meeting.ends_at + dt.timedelta(days=days + 2))
    return claim


def pay_the_earlier_meeting(cast: Cast, meeting: Meeting) -> None:
    """Take the claims of the earlier meeting all the way to the bank, one with miles and parking."""
    keys = ("bernadette", "marian", "owen", "lina", "yusuf", "dot")
    marian = cast.accounts["marian"]
    with at(meeting.ends_at + dt.timedelta(days=1)):
        claim = _claim(cast, "marian", meeting)
        lines.save_miles(
            claim=claim, by=marian, meeting=meeting, journey_from="home", journey_to="Elmsby",
            miles=Decimal("14.6"), there_and_back=False,
        )  # fmt: skip
        lines.save_cost(
            claim=claim, by=marian, meeting=meeting, kind=LineKind.PARKING,
            description="Mill Lane car park", pence=320, receipt=_receipt(),
        )  # fmt: skip
    sent = [send_in(cast, key, meeting, 2) for key in keys]
    with at(meeting.ends_at + dt.timedelta(days=3)):
        for claim in sent:
            claim.refresh_from_db()
            decisions.verify_claim(claim=claim, by=cast.accounts["helen"])
    with at(meeting.ends_at + dt.timedelta(days=6)):
        for claim in sent:
            claim.refresh_from_db()
            decisions.approve_claim(claim=claim, by=cast.accounts["graham"])
    pay_date = dates.add_working_days(meeting.date, 10)
    with at(on(dates.add_working_days(pay_date, -3))):
        run = pay_runs.build(by=cast.accounts["colin"], pay_date=pay_date)
    with at(on(dates.add_working_days(pay_date, -2))):
        pay_runs.release(
            pay_run=run, by=cast.accounts["anita"], typed_total_pence=run.total_pence
        )
    with at(on(dates.add_working_days(pay_date, 1))):
        results.load_results(
            by=cast.accounts["colin"], data=_ledger(run, pay_date), name="ledger.csv"
        )
        gone_out_by(on(pay_date + dt.timedelta(days=3)))


def _ledger(run: PayRun, pay_date: dt.date) -> bytes:
    rows = ["supplier_number,invoice_number,amount,paid_date,payment_reference,status"]
    rows += [
        f"{item.supplier_number},{item.invoice_number},{money.from_pence(item.amount_pence)},"
        f"{pay_date.isoformat()},BACS{item.pk:06},paid"
        for item in run.items.order_by("pk")
    ]
    return "\r\n".join(rows).encode()


def leave_the_last_meeting_half_way(cast: Cast, meeting: Meeting) -> None:
    """Leave the last meeting's claims at every desk: each kind of person has something to do.

    Marian's and Dot's drafts wait, Bernadette's is to be checked, Owen's has a question, Lina's
    waits for approval, Yusuf's is approved for the next pay run, Kofi's for his supplier number.
    """
    helen, graham = cast.accounts["helen"], cast.accounts["graham"]
    for key in ("owen", "lina", "yusuf", "kofi"):
        send_in(cast, key, meeting, 5)
    with at(meeting.ends_at + dt.timedelta(days=7)):
        for key in ("lina", "yusuf", "kofi"):
            decisions.verify_claim(claim=_claim(cast, key, meeting), by=helen)
        decisions.return_claim(
            claim=_claim(cast, "owen", meeting),
            by=helen,
            question="Did you come by video for the whole meeting, or leave at the break?",
        )
    with at(meeting.ends_at + dt.timedelta(days=9)):
        for key in ("yusuf", "kofi"):
            decisions.approve_claim(claim=_claim(cast, key, meeting), by=graham)
        gone_out_by(meeting.ends_at + dt.timedelta(days=12))
    yesterday = (dates.today() - meeting.date).days - 1
    send_in(cast, "bernadette", meeting, yesterday)


def _receipt() -> lines.NewReceipt:
    """Return a picture of a car park ticket, drawn here."""
    picture = Image.new("RGB", (600, 800), "#fbf8f3")
    pen = ImageDraw.Draw(picture)
    for row, text in enumerate(
        ("MILL LANE CAR PARK", "2 hours", "Paid: 3.20", "Thank you")
    ):
        pen.text((80, 120 + row * 90), text, fill="#16212b", font_size=42)
    out = io.BytesIO()
    picture.save(out, format="JPEG")
    upload = SimpleUploadedFile("parking.jpg", out.getvalue(), "image/jpeg")
    return lines.NewReceipt(upload=upload, data=uploads.check(upload, uploads.RECEIPT))
