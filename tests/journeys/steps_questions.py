"""Step 9, where it does not go straight: a question and its answer, and a sum above a limit."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.journeys import hands
from tests.journeys.steps_money import claim_of, decide
from tests.journeys.story import Story

QUESTION = "Which car park was it? There are two at the library."
ANSWER = "Library car park, the one behind the building"
TOO_MUCH = (
    "This comes to £381.25. You may approve up to £250.00, so somebody with a higher limit "
    "must decide."
)
WHY_NOT = "Please ask us before you book a taxi for the whole day."


def a_worker_asks_and_the_member_answers(story: Story) -> None:
    """The claim goes back to the member, who puts the line right and sends it again."""
    page = claim_of(story, "tom", "Marian Okafor")
    hands.follow(page, "Check this claim")
    page.get_by_label("Ask Marian Okafor a question").check()
    hands.fill(page, {"What you want to ask": QUESTION})
    hands.press(page, "Send on")
    hands.sees(page, "We have asked Marian Okafor your question.")
    page = story.visit("marian")
    hands.follow(page, "My claims")
    page.get_by_role("row").filter(has_text="C-").get_by_role("link").first.click()
    hands.sees(page, "We asked a question", QUESTION, "£91.02")
    hands.follow(page, "Change Library car park")
    hands.fill(page, {"What was it?": ANSWER})
    hands.press(page, "Save this cost")
    hands.tick(page, "This claim is true, and I have not claimed for it anywhere else")
    hands.press(page, "Send this claim")
    hands.sees(page, "You sent it", "£91.02")


def a_member_claims_more_than_an_approver_may_allow(story: Story) -> None:
    page = story.visit("owen")
    hands.follow(page, "Look at your claim")
    hands.follow(page, "Add parking")
    hands.choose(page, "What was it for?", "Bus, train or taxi fare")
    hands.fill(
        page,
        {
            "What was it?": "Taxi for the day",
            "How much did it cost?": "300",
            "A photo of the receipt": receipt(story.folder),
        },
    )
    hands.press(page, "Save this cost")
    hands.follow(page, "Choose")
    page.get_by_label("Take the payment", exact=True).check()
    hands.press(page, "Save my choice")
    hands.tick(page, "This claim is true, and I have not claimed for it anywhere else")
    hands.press(page, "Send this claim")
    hands.sees(page, "You should have £381.25")
    page = claim_of(story, "tom", "Owen Price")
    hands.follow(page, "Check this claim")
    page.get_by_label("It is right, send it to be approved").check()
    hands.press(page, "Send on")


def receipt(folder: Path) -> Path:
    photo = folder / "taxi.png"
    Image.new("RGB", (60, 90), "white").save(photo)
    return photo


def an_approver_is_told_the_limit_and_does_not_approve(story: Story) -> None:
    """The page says it before, the product refuses it, and the member reads why it is not paid."""
    page = story.visit("graham")
    decide(page, "Owen Price")
    hands.sees(page, "This claim is above your limit", "You may approve up to £250.00")
    page.get_by_label(re.compile("^Approve all of it")).check()
    press_and_be_refused(page, "Make this decision", TOO_MUCH)
    page.get_by_label("Do not approve it").check()
    hands.fill(page, {"Why it is not approved": WHY_NOT})
    hands.press(page, "Make this decision")
    member = story.visit("owen")
    hands.follow(member, "My claims")
    member.get_by_role("row").filter(has_text="C-").get_by_role("link").first.click()
    hands.sees(member, "Your claim was not approved", WHY_NOT)


def press_and_be_refused(page: Page, button: str, sentence: str) -> None:
    """Press a button and read why not; the page is still there with what was chosen."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    hands.sees(page, hands.PROBLEM, sentence)
