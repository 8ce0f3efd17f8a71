"""Steps 7 and 8: who came, what was said and decided, and the minutes of it."""

import datetime as dt

from playwright.sync_api import Page

from tests.journeys import hands
from tests.journeys.steps_meeting import ITEMS, MEETING, open_meeting
from tests.journeys.story import Story

NEXT = dt.date(2025, 12, 10)
CONCERN = "My hands shake, and the small buttons are hard for me."


def staff_say_who_came(story: Story) -> None:
    story.on(MEETING, 14)
    page = open_meeting(story, "tom")
    hands.follow(page, "Say who came")
    came = {
        "Marian Okafor": "In the room",
        "Jean Holroyd": "By phone",
        "Owen Price": "By video",
    }
    for name, way in came.items():
        line = page.locator(".app-panel").filter(has_text=f"Did {name} come?")
        hands.choose(line, f"Did {name} come?", "Came")
        line.get_by_label(f"How did {name} join?").select_option(label=way)
        line.get_by_label(f"For how long was {name} there?").fill("3 hours 15 minutes")
    line = page.locator(".app-panel").filter(has_text="Did Yusuf Rahman come?")
    hands.choose(line, "Did Yusuf Rahman come?", "Sent apologies")
    hands.press(page, "Save who came")
    hands.sees(page, "3 claims are ready for people to check")


def notes_are_written(story: Story) -> None:
    story.on(MEETING, 15)
    page = open_meeting(story, "tom")
    hands.follow(page, "Minutes")
    hands.press(page, "Begin the minutes")
    for number, (title, _purpose, _minutes) in enumerate(ITEMS, 1):
        hands.follow(page, f"Write this note for item {number}")
        hands.fill(
            page, {"What was said": f"We talked about this: {title} Seven liked it."}
        )
        hands.press(page, "Save this note")


def a_decision_is_recorded(story: Story) -> None:
    page = open_meeting(story, "tom")
    hands.follow(page, "Minutes")
    hands.follow(page, "Record the decision")
    hands.fill(
        page,
        {
            "What was decided?": "We choose the box with large buttons.",
            "First way you looked at": "The box with large buttons",
            "Second way": "The box with a screen",
            "How was it decided?": "Nobody had a serious objection.",
        },
    )
    hands.choose(page, "Which way did the group choose?", "The first")
    hands.choose(page, "Who had the power to decide?", "The group")
    hands.choose(page, "What came of it?", "Agreed, with concerns")
    hands.press(page, "Record this decision")
    hands.follow(page, "Open this decision")
    say_for(page, "Marian Okafor", "Supports it")
    say_for(page, "Jean Holroyd", "Has a concern, but it can go ahead", CONCERN)
    hands.sees(page, CONCERN, "We choose the box with large buttons.")
    for name in ("Owen Price", "Yusuf Rahman"):
        row = page.get_by_role("listitem").filter(has_text=name)
        assert "Has not replied" in row.last.inner_text()


def say_for(page: Page, name: str, stance: str, words: str = "") -> None:
    """Write down what somebody told us she thinks, shown by her role."""
    hands.follow(page, f"Write down what they said {name}")
    hands.choose(page, "What does this person think of it?", stance)
    hands.fill(page, {"In this person’s own words": words})
    hands.choose(page, "How should the words be shown?", "By role, like “a member”")
    hands.press(page, "Save what was said")


def the_draft_goes_out_and_is_corrected(story: Story) -> None:
    page = open_meeting(story, "tom")
    hands.follow(page, "Minutes")
    hands.follow(page, "Send out the draft")
    hands.press(page, "Send out the draft")
    story.sweep()
    story.on(dt.date(2025, 11, 14))
    member = story.visit("marian")
    hands.follow(member, "Draft minutes of")
    hands.sees(member, CONCERN, "2 have not replied")
    hands.sees_not(member, "Jean Holroyd")
    hands.follow(member, "Ask for a correction")
    member.get_by_label("How the trial is going").check()
    hands.fill(member, {"What should change?": "It was eight, not seven."})
    hands.press(member, "Ask for this correction")
    page = open_meeting(story, "tom")
    hands.follow(page, "Minutes")
    hands.follow(page, "Answer this")
    hands.choose(page, "What did you do?", "Put it right")
    hands.fill(
        page,
        {
            "What people will read": "Thank you. It now says eight.",
            "The note as it should be": "We talked about the trial. Eight liked it.",
        },
    )
    hands.press(page, "Send this answer")
    hands.sees(page, "Eight liked it.", "Thank you. It now says eight.")


def the_next_meeting_approves(story: Story) -> None:
    page = story.visit("tom")
    hands.follow(page, "Groups")
    hands.follow(page, "Technology at Home")
    hands.follow(page, "Plan a meeting")
    hands.fill(
        page,
        {
            "What day is it?": NEXT,
            "When does it start?": "10am",
            "When does it end?": "12pm",
            "Building and room": "Millbrook Library, Room 2",
        },
    )
    hands.choose(page, "How do people join?", "In a room")
    hands.press(page, "Save this meeting")
    hands.follow(page, "Add to the agenda")
    hands.fill(
        page,
        {
            "What will people talk about?": "Are the minutes right?",
            "How long will it take?": 20,
        },
    )
    hands.choose(page, "What is asked of people?", "For decision")
    hands.press(page, "Save this item")
    hands.follow(page, "Publish and invite people")
    hands.press(page, "Publish and invite people")
    story.on(NEXT, 12, 30)
    page = open_meeting(story, "tom")
    hands.follow(page, "Minutes")
    hands.follow(page, "Record that a meeting approved them")
    hands.choose(page, "Which meeting approved them?", "Wednesday 10 December 2025")
    hands.press(page, "Record the approval")
    hands.sees(page, "Approved by the group", "These words stay as they are")
    assert page.get_by_role("link", name="Write this note").count() == 0


def the_minutes_are_a_pdf(story: Story) -> None:
    """Standard and large print, made by the worker; the same minutes are a page."""
    for button in ("Standard PDF", "Large print PDF"):
        member = open_meeting(story, "marian")
        hands.follow(member, "Read the minutes")
        hands.sees(member, "Eight liked it.")
        hands.press(member, button)
        assert member.locator("meta[http-equiv=refresh]").count() == 1
        assert story.work() == 1
        member.reload()
        assert hands.download(member, "Open").startswith(b"%PDF-")
