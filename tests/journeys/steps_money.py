"""Steps 9 and 10: a claim drafts itself, is checked, decided, paid, and the member is told."""

import csv
import datetime as dt
import hashlib
import io
import re

from PIL import Image
from playwright.sync_api import Page

from tests.journeys import hands
from tests.journeys.story import Story

CLAIMED = dt.date(2025, 12, 11)
PAY_DATE = dt.date(2025, 12, 19)
REASON = "The ticket says £2.70."
RESULT_COLUMNS = (
    "supplier_number,invoice_number,amount,paid_date,payment_reference,status"
)


def the_member_sends_her_claim(story: Story) -> None:
    """3 hours 15 minutes, 14.6 miles and £3.20 on 12 November 2025 come to £91.02."""
    story.on(CLAIMED)
    page = story.visit("marian")
    hands.follow(page, "Look at your claim")
    hands.sees(page, "£81.25")
    hands.follow(page, "Add miles by car")
    hands.fill(
        page,
        {
            "Where did the journey start?": "Home",
            "Where did it go?": "Millbrook Library",
            "How many miles in all?": "14.6",
        },
    )
    hands.press(page, "Save these miles")
    hands.sees(page, "£6.57")
    hands.follow(page, "Add parking")
    photo = story.folder / "ticket.png"
    Image.new("RGB", (60, 90), "white").save(photo)
    hands.choose(page, "What was it for?", "Parking")
    hands.fill(
        page,
        {
            "What was it?": "Library car park",
            "How much did it cost?": "3.20",
            "A photo of the receipt": photo,
        },
    )
    hands.press(page, "Save this cost")
    hands.follow(page, "Choose")
    page.get_by_label("Take the payment", exact=True).check()
    hands.press(page, "Save my choice")
    hands.sees(page, "You should have £91.02", "Receipt added")
    hands.tick(page, "This claim is true, and I have not claimed for it anywhere else")
    hands.press(page, "Send this claim")
    hands.sees(page, "Where your claim is", "You sent it", "Here now")
    promise = r"You should have £91\.02 by \w+day \d+ \w+ 20\d\d\b"
    assert re.search(promise, hands.words_of(page)), hands.words_of(page)


def staff_enter_the_postal_members_claim(story: Story) -> None:
    page = claim_of(story, "priya", "Jean Holroyd")
    hands.sees(page, "You are entering this for Jean Holroyd", "£81.25")
    hands.follow(page, "Choose")
    page.get_by_label("Take the payment", exact=True).check()
    hands.choose(page, "How did Jean Holroyd tell you?", "On the phone")
    hands.press(page, "Save this choice")
    hands.choose(page, "How did Jean Holroyd tell you?", "On the phone")
    hands.tick(
        page,
        "This claim is true, and Jean Holroyd has not claimed for it anywhere else",
    )
    hands.press(page, "Send this claim")
    page = claim_of(story, "priya", "Jean Holroyd")
    hands.sees(page, "Priya Nair sent it for Jean Holroyd")
    assert page.get_by_role("link", name="Check this claim").count() == 0


def claim_of(story: Story, who: str, name: str) -> Page:
    page = story.visit(who)
    hands.follow(page, "Claims")
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("link").first.click()
    hands.sees_no_problem(page)
    return page


def a_worker_checks_both(story: Story) -> None:
    for name in ("Marian Okafor", "Jean Holroyd"):
        page = claim_of(story, "tom", name)
        hands.follow(page, "Check this claim")
        page.get_by_label("It is right, send it to be approved").check()
        hands.press(page, "Send on")


def an_approver_makes_one_line_smaller(story: Story) -> None:
    page = story.visit("graham")
    hands.sees(page, "Marian Okafor", "£91.02", "Jean Holroyd", "£81.25")
    decide(page, "Marian Okafor")
    page.get_by_label("Approve it with a line made smaller").check()
    page.get_by_label(re.compile("^Parking.*pay this instead")).fill("2.70")
    page.get_by_label(re.compile("^Parking.*why it is smaller")).fill(REASON)
    hands.press(page, "Make this decision")
    page = story.visit("graham")
    decide(page, "Jean Holroyd")
    page.get_by_label(re.compile("^Approve all of it")).check()
    hands.press(page, "Make this decision")
    member = story.visit("marian")
    hands.follow(member, "See where your claim is")
    hands.sees(member, REASON, "£90.52")


def decide(page: Page, name: str) -> None:
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("link").first.click()


def finance_set_up_the_payees(story: Story) -> None:
    page = story.visit("colin")
    for number, name in (("204417", "Marian Okafor"), ("204418", "Jean Holroyd")):
        hands.follow(page, "Payees")
        prove(story, "colin")
        hands.follow(page, name)
        hands.follow(page, "Record the supplier number")
        hands.fill(page, {"Supplier number": number})
        hands.press(page, "Set up the payee")


def prove(story: Story, who: str) -> None:
    """Sign in again where the page asks for it, before it shows anything."""
    page = story.page(who)
    if "reauthenticate" not in page.url:
        return
    sign = story.signs[who]
    if page.get_by_label("Your password").count():
        page.get_by_label("Your password").fill(sign.password)
        page.locator("main").get_by_role("button", name="Go on").click()
    else:
        story.type_app_code(page, sign)


def finance_build_and_another_releases(story: Story) -> None:
    story.on(dt.date(2025, 12, 16))
    page = story.visit("colin")
    hands.follow(page, "Pay runs")
    hands.follow(page, "Build a pay run")
    hands.fill(page, {"The day people are paid": PAY_DATE})
    hands.press(page, "Build the pay run")
    hands.sees(page, "£171.77", "so you cannot release it")
    assert page.get_by_role("link", name="Release").count() == 0
    story.on(dt.date(2025, 12, 16), 10, 30)
    page = story.visit("anita")
    story.on(dt.date(2025, 12, 16), 10, 40)
    hands.follow(page, "Pay runs")
    hands.follow(page, "PR-")
    hands.follow(page, "Release £171.77")
    assert "reauthenticate" in page.url
    prove(story, "anita")
    hands.fill(page, {"Type the total you see in the file": "171.77"})
    hands.press(page, "Release the money")
    hands.sees(page, "Released")


def the_files_agree(story: Story) -> list[dict[str, str]]:
    """Take the file and its control file, and hold one against the other."""
    page = story.page("anita")
    payments = hands.download(page, "Payments file")
    control = next(
        csv.DictReader(io.StringIO(read(hands.download(page, "Control file"))))
    )
    rows = list(csv.DictReader(io.StringIO(read(payments))))
    assert control["sha256"] == hashlib.sha256(payments).hexdigest()
    assert control["row_count"] == str(len(rows)) == "4"
    assert control["total_pence"] == "17177"
    return rows


def read(data: bytes) -> str:
    return data.decode("utf-8-sig")


def the_ledger_says_paid(story: Story) -> None:
    """One row matches to the penny; the other does not, and nobody calls it paid."""
    rows = the_files_agree(story)
    invoices = {row["payee_name"]: row for row in rows}
    hers, jeans = invoices["Marian Okafor"], invoices["Jean Holroyd"]
    results = story.folder / "results.csv"
    lines = [
        RESULT_COLUMNS,
        f"204417,{hers['invoice_number']},90.52,2025-12-19,BACS-1,Paid",
        f"204418,{jeans['invoice_number']},81.24,2025-12-19,BACS-2,Paid",
    ]
    results.write_text("\r\n".join([*lines, ""]))
    story.on(PAY_DATE, 12)
    page = story.visit("colin")
    hands.follow(page, "Pay runs")
    hands.follow(page, "Load results from the ledger")
    hands.fill(page, {"Results file from the ledger": results})
    hands.press(page, "Load the results")
    hands.sees(page, "Needs somebody to look", "It matched.")
    hands.follow(page, "Exceptions")
    hands.sees(page, jeans["invoice_number"])


def the_member_is_told(story: Story) -> None:
    story.sweep()
    member = story.visit("marian")
    hands.follow(member, "My claims")
    hands.sees(member, "Paid")
    hands.follow(member, "Home")
    hands.follow(member, "See everything we sent you")
    hands.sees(member, "paid")
    page = story.visit("priya")
    hands.follow(page, "Outbox")
    hands.sees(page, "We have approved your claim to Jean Holroyd")
    page = claim_of(story, "priya", "Jean Holroyd")
    hands.sees(page, "£81.25")
    assert "Paid" not in [
        tag.inner_text() for tag in page.locator("main .govuk-tag").all()
    ]
