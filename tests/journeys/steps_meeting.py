"""Steps 3 to 6: a meeting is published, made ready and answered."""

import datetime as dt

from playwright.sync_api import Page

from tests.journeys import hands
from tests.journeys.steps_people import page_at, post_the_letters
from tests.journeys.story import Story

MEETING = dt.date(2025, 11, 12)
PUBLISHED = dt.date(2025, 10, 20)
REMINDED = dt.date(2025, 11, 10)
ITEMS = [
    ("How the trial is going", "For information", 30),
    ("What should the service feel like?", "For discussion", 75),
    ("Which reminder box do we choose?", "For decision", 75),
]
PAPER = "Eleven people tried a reminder box for six weeks."


def open_meeting(story: Story, who: str, day: dt.date = MEETING) -> Page:
    """Go to a meeting from the list, by its day."""
    page = story.visit(who)
    hands.follow(page, "Meetings")
    words = f"{day:%A} {day.day} {day:%B %Y}"
    if not page.get_by_role("link", name=words).count():
        hands.follow(page, "Past meetings")
    with page.expect_navigation():
        page.get_by_role("link", name=words).click()
    return page


def a_meeting_is_planned(story: Story) -> None:
    """Three and a quarter hours, so that the worked amount of the policy comes out of it."""
    story.on(PUBLISHED)
    page = story.visit("tom")
    hands.follow(page, "Groups")
    hands.follow(page, "Technology at Home")
    hands.follow(page, "Plan a meeting")
    hands.fill(
        page,
        {
            "What day is it?": MEETING,
            "When does it start?": "10am",
            "When does it end?": "1.15pm",
            "Building and room": "Millbrook Library, Room 2",
            "Address with postcode": "1 Mill Lane, Elmsby, NS4 2QT",
            "Number to ring, and its code": "01632 960 200, code 4411",
            "When does the break start?": "11.30am",
            "How long is the break?": 15,
        },
    )
    hands.choose(page, "How do people join?", "In a room and online")
    hands.press(page, "Save this meeting")
    for title, purpose, minutes in ITEMS:
        hands.follow(page, "Add to the agenda")
        hands.fill(
            page,
            {"What will people talk about?": title, "How long will it take?": minutes},
        )
        hands.choose(page, "What is asked of people?", purpose)
        hands.press(page, "Save this item")
    hands.follow(page, "Add a paper to item 2")
    hands.fill(page, {"What is the paper called?": "What we found", "The paper": PAPER})
    hands.press(page, "Save this paper")


def it_is_published(story: Story) -> None:
    """Complete only when the letter is marked as posted, and the e-mails have gone."""
    page = open_meeting(story, "tom")
    hands.follow(page, "Publish and invite people")
    hands.sees(page, "Jean Holroyd", "£25.00 for each hour")
    hands.press(page, "Publish and invite people")
    hands.sees(page, "0 of 4")
    story.sweep()
    page.reload()
    hands.sees(page, "3 of 4", "1 person is")
    hands.sees_not(page, "Complete")
    post_the_letters(story, "tom", letters=1)
    page = open_meeting(story, "tom")
    hands.sees(page, "Complete", "All 4 people have")


def the_pack_is_made(story: Story) -> None:
    page = open_meeting(story, "tom")
    hands.follow(page, "Get the whole pack as one PDF")
    hands.press(page, "Make it in large print, 18 point")
    assert story.work() == 1
    page.reload()
    assert hands.download(page, "Open").startswith(b"%PDF-")


def access_is_arranged(story: Story) -> None:
    page = open_meeting(story, "tom")
    hands.follow(page, "See the checklist")
    hands.sees(page, "Jean Holroyd", "Step-free room", "Still to do")
    hands.follow(page, "Settle Step-free room for Jean Holroyd")
    hands.choose(page, "Is it arranged?", "Yes, it is arranged")
    hands.press(page, "Save")
    hands.sees(page, "Arranged")
    chair = open_meeting(story, "marian")
    hands.follow(chair, "What people need on the day")
    hands.sees(chair, "Jean Holroyd", "Step-free room")
    hands.sees_not(chair, "Weir Cottages", "01632 960 014", "18 point")


def the_reminder_goes_out_by_itself(story: Story) -> None:
    before = reminders(story)
    assert before == 0
    story.on(REMINDED, 10, 5)
    story.sweep()
    story.sweep()
    assert reminders(story) == len(story.mail)
    post_the_letters(story, "tom", letters=1)


def reminders(story: Story) -> int:
    """Count the reminders on the mail page."""
    page = page_at(story, "tom", hands.MAIL)
    return page.get_by_role("row").filter(has_text="Reminder").count()


def the_member_replies(story: Story) -> None:
    page = story.visit("marian")
    first = page.locator("main h2").first.inner_text()
    assert "Technology at Home" in first
    hands.sees(page, "Wednesday 12 November 2025", "What we found")
    hands.follow(page, "What we found")
    hands.sees(page, PAPER)
    page = story.visit("marian")
    hands.follow(page, "Tell us if you are coming")
    hands.choose(page, "Your answer", "Yes, I am coming")
    hands.choose(page, "How will you join?", "In the room")
    hands.choose(page, "Who is coming with you?", "Somebody to support me")
    hands.press(page, "Send my answer")
    page = story.visit("marian")
    hands.sees(page, "You said: coming")


def the_postal_member_replies_by_phone(story: Story) -> None:
    page = open_meeting(story, "tom")
    hands.sees(page, "with a supporter")
    hands.follow(page, "Answer of Jean Holroyd")
    hands.choose(page, "What did they say?", "Coming")
    hands.choose(page, "How will they join?", "By phone")
    hands.choose(page, "How did they tell you?", "By phone")
    hands.press(page, "Save their answer")
    hands.sees(page, "2 coming")
    row = page.get_by_role("row").filter(has_text="Jean Holroyd")
    assert "By phone, " in row.inner_text()
