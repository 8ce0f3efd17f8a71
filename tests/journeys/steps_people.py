"""Steps 1 and 2: people come onto the network, and some of them form a group."""

import datetime as dt

from playwright.sync_api import Page

from tests.journeys import hands
from tests.journeys.story import Story

WEEK_LATER = dt.date(2025, 10, 13)
INVITED = {
    "marian": ("Marian Okafor", "marian@post.example"),
    "owen": ("Owen Price", "owen@post.example"),
    "yusuf": ("Yusuf Rahman", "yusuf@post.example"),
}
# Everything that would call a record less than whole.
_UNKIND = ("incomplete", "missing", "outstanding", "not complete")


def a_person_rings(story: Story) -> None:
    """The call ends half way: no e-mail, post in 18 point, ring after 2pm, no voicemail."""
    page = story.visit("priya")
    hands.follow(page, "People")
    hands.follow(page, "Add a person")
    hands.fill(
        page,
        {
            "Name they like to be known by": "Jean Holroyd",
            "Address, without the postcode": "4 Weir Cottages\nElmsby",
            "Postcode": "NS4 2QT",
            "Home phone": "01632 960 014",
            "Ring after": "2pm",
        },
    )
    hands.choose(page, "How they want to hear from us", "By post")
    hands.choose(page, "Size of print for letters and papers", "18 point")
    assert not page.get_by_label("We may leave a voicemail").is_checked()
    hands.press(page, "Save")
    hands.sees(page, "Jean Holroyd", "4 Weir Cottages", "18 point", "after 2pm")
    for path in ("", "/people/", "/outbox/"):
        words = page_at(story, "priya", path).locator("main").inner_text().lower()
        assert not [word for word in _UNKIND if word in words], path


def page_at(story: Story, who: str, path: str) -> Page:
    page = story.page(who)
    page.goto(story.base + path)
    return page


def the_rest_is_filled_in_next_week(story: Story) -> None:
    """Consent is given by phone, with the words that were read out kept beside it."""
    story.on(WEEK_LATER)
    page = open_person(story, "priya", "Jean Holroyd")
    hands.follow(page, "Add or change details")
    hands.choose(page, "What they need to take part", "Step-free room")
    hands.fill(page, {"Something else they are interested in": "Technology at home"})
    read_out = page.locator(".govuk-inset-text").inner_text()
    hands.choose(
        page,
        "Did they agree to be on the network?",
        "Yes. I read these words out and they agreed",
    )
    hands.choose(page, "How they told you", "By phone")
    hands.press(page, "Save")
    hands.sees(page, "Step-free room", "Interested in: Technology at home")
    hands.sees(page, "by phone on Monday 13 October 2025")
    page.get_by_text("The words they agreed to").first.click()
    hands.sees(page, read_out)


def open_person(story: Story, who: str, name: str) -> Page:
    page = story.visit(who)
    hands.follow(page, "People")
    hands.follow(page, name)
    return page


def the_welcome_letter_is_posted(story: Story) -> None:
    page = story.visit("priya")
    hands.follow(page, "Outbox")
    hands.sees(page, "Jean Holroyd", "4 Weir Cottages", "Large print 18", "Welcome")
    post_the_letters(story, "priya", letters=1)


def post_the_letters(story: Story, who: str, *, letters: int) -> None:
    """Print the letters that wait as one PDF made by the worker, and mark them as posted."""
    page = story.visit(who)
    hands.follow(page, "Outbox")
    hands.press(page, "Make the")
    assert page.get_by_role("button", name="as posted").count() == 0
    assert story.work() == 1
    page.reload()
    assert hands.download(page, "Open").startswith(b"%PDF-")
    words = "this letter" if letters == 1 else f"these {letters} letters"
    hands.press(page, f"Mark {words} as posted")
    hands.sees(page, "Marked as posted")


def others_join_by_email(story: Story) -> None:
    """Three more people with e-mail; the first is invited to sign in, and so are the others."""
    for key, (name, address) in INVITED.items():
        page = story.visit("priya")
        hands.follow(page, "People")
        hands.follow(page, "Add a person")
        hands.fill(page, {"Name they like to be known by": name, "E-mail": address})
        hands.choose(page, "How they want to hear from us", "By e-mail")
        hands.press(page, "Save")
        hands.follow(page, "Invite to sign in")
        hands.press(page, "Invite to sign in")
        hands.sees(page, f"can sign in with {address}")
        story.mail[key] = address
    story.sweep()


def a_group_is_formed(story: Story) -> None:
    page = story.visit("helen")
    hands.follow(page, "Groups")
    hands.follow(page, "Set up a group")
    hands.fill(
        page,
        {
            "What is the group called?": "Technology at Home",
            "Why is the group here?": "To choose technology that helps people stay at home.",
            "What can the group change?": "Which services we buy.",
            "What can it influence?": "How staff are trained.",
            "What can it not change?": "The law on care charges.",
            "Why not?": "Parliament makes that law.",
            "How many people must be there to decide?": 3,
            "How many of them with lived experience?": 2,
            "How many working days before a meeting do papers go out?": 5,
        },
    )
    hands.choose(
        page, "How does the group decide?", "Consent: nobody has a serious objection"
    )
    hands.choose(page, "How are people shown in the minutes?", "By role")
    hands.press(page, "Save this group")
    hands.sees(
        page, "Parliament makes that law.", "Consent: nobody has a serious objection"
    )


def people_take_seats(story: Story) -> None:
    add_a_seat(
        story,
        "Member with lived experience",
        name="Co-chair with lived experience",
        office="Co-chair",
    )
    for _ in range(3):
        add_a_seat(story, "Member with lived experience")
    page = story.page("helen")
    for person in ("Marian Okafor", "Jean Holroyd", "Owen Price", "Yusuf Rahman"):
        hands.follow(page, "Fill this seat")
        hands.fill(page, {"Who is taking the seat?": person})
        hands.press(page, "Give them this seat")
        hands.sees(page, f"{person} is now in Technology at Home")
    hands.press(page, "The group has started")
    hands.sees(page, "Co-chair with lived experience", "Kept for lived experience")


def add_a_seat(story: Story, kind: str, name: str = "", office: str = "") -> None:
    page = story.page("helen")
    hands.follow(page, "Add a seat")
    hands.choose(page, "Who is the seat for?", kind)
    hands.tick(page, "Only somebody with lived experience can have this seat")
    if name:
        hands.fill(page, {"Does it have a name?": name})
        hands.pick(page, "Does an office come with it?", office)
    hands.press(page, "Add this seat")
