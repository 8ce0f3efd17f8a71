"""What is said and written in the demonstration."""

from dataclasses import dataclass
from typing import TypedDict

from meetings.enums import ItemPurpose

TOPIC = "Technology at home"
GROUP = {
    "purpose": "To shape the technology that helps people in Northshire stay safe and well at home.",
    "meets": "Every month, on a Tuesday at 10am, in Elmsby and online",
    "remit_can": "What the service does, how it is explained, and how we know that it works.",
    "remit_influence": "Who provides it, and how people ask for it.",
    "remit_cannot": "Who can get care and support from the council.",
    "remit_cannot_why": "The law decides that, not the council.",
}
PROJECT = {
    "name": "Technology at home: from first idea to running service",
    "aim": "Technology at home that people choose, understand and keep using.",
}
STAGES = (
    "Seven members and three staff wrote what the service must do. They visited eleven homes.",
    "Members asked half of the questions put to bidders, and scored the answers with staff.",
    "Members train the installers and test each new device before it goes out.",
)


class Place(TypedDict):
    venue: str
    venue_address: str
    venue_access: str
    join_link: str
    join_phone: str


class PaperWords(TypedDict):
    title: str
    author: str
    in_short: str
    body: str


PLACE: Place = {
    "venue": "Millbrook Library, Room 2",
    "venue_address": "Mill Lane, Elmsby NS4 2QT",
    "venue_access": "Ground floor, step-free. Hearing loop. Bus 14 stops outside.",
    "join_link": "https://video.northshire.example/technology-at-home",
    "join_phone": "01632 960 150, code 4471",
}
DECISION = "We will send a short card first, with a photo and a name. We will ring one week later."
OPTIONS = [
    "Send a card with a photo, then ring",
    "Ring first, then write",
    "Write only, as now",
]
CONCERN = (
    "A card with a photo is no use to me. I cannot see it. Please make sure the name is said out "
    "loud when you ring."
)


@dataclass(frozen=True)
class Item:
    title: str
    purpose: str
    minutes: int
    introduction: str = ""
    lead: str = ""
    paper: PaperWords | None = None


_CO_CHAIR, _TOM = "Bernadette Quinn, co-chair", "Tom Ashworth"
EARLIER = [
    Item("Welcome, and how everyone is", ItemPurpose.INFORMATION, 15, "", _CO_CHAIR),
    Item(
        "What makes a device easy to live with?", ItemPurpose.DISCUSSION, 60, "", _TOM
    ),
    Item(
        "How should people hear about the service?",
        ItemPurpose.DISCUSSION,
        30,
        "",
        _CO_CHAIR,
    ),
]
EARLIER_NOTES = [
    "The co-chair welcomed everybody.",
    "The group said that a device must be quiet at night, easy to charge and easy to switch off.",
    "The group asked for a leaflet in easy read, and for somebody to ring.",
]
LAST = [
    Item("Welcome, and how everyone is", ItemPurpose.INFORMATION, 15, "", _CO_CHAIR),
    Item("The reminder trial in Elmsby", ItemPurpose.DISCUSSION, 45,
         "Eleven people tried a reminder box for six weeks.", _TOM),
    Item("Should we ring people before we write?", ItemPurpose.DECISION, 45,
         "Some people are frightened by a council letter.", _CO_CHAIR),
]  # fmt: skip
LAST_NOTES = [
    "The co-chair welcomed two new members. The minutes of the last meeting were read.",
    "Staff said that 11 people tried a reminder box for six weeks. Seven want to keep it. Three did "
    "not like the voice.\n\nThe group asked if each person could choose the voice. Staff will ask "
    "the maker.",
    "Some people are frightened by a council letter. Others do not want a call from a number they "
    "do not know.",
]
_PAPER = """## What we did

Eleven people in Elmsby had a reminder box for six weeks. We rang each of them every Friday.

## What we found

| What we asked | Yes | No |
| --- | --- | --- |
| Did it help you remember your tablets? | 9 | 2 |
| Was the voice clear? | 8 | 3 |
| Do you want to keep it? | 8 | 3 |

## What people said

> “It talked to me like a child. I turned it to the wall.”

- Choose your own voice, or none.
- A light as well as a beep.
- One person to ring when it goes wrong.
"""
NEXT = [
    Item("Welcome, and how everyone is", ItemPurpose.INFORMATION, 15, "", _CO_CHAIR),
    Item("How should a pendant tell you it needs charging?", ItemPurpose.DISCUSSION, 45,
         "We want to hear what would work for you. Nothing is fixed yet.", _TOM,
         {"title": "Six weeks of reminders: what we found", "author": "Tom Ashworth, with Owen Pritchard",
          "in_short": "Eleven people tried a reminder box. Eight want to keep it.", "body": _PAPER}),
    Item("Which leaflet goes in the welcome pack?", ItemPurpose.DECISION, 45,
         "There are two leaflets. We will choose one, or ask for changes.", _CO_CHAIR),
]  # fmt: skip

# Short, common and easy to type: a demonstration password is read off a screen.
PASSWORD_WORDS = [
    "amber",
    "apple",
    "badge",
    "basil",
    "beach",
    "birch",
    "bread",
    "brook",
    "candle",
    "canal",
    "cedar",
    "chalk",
    "cherry",
    "clover",
    "coast",
    "copper",
    "daisy",
    "ember",
    "fern",
    "field",
    "flint",
    "garden",
    "ginger",
    "harbour",
    "hazel",
    "heather",
    "honey",
    "ivory",
    "kettle",
    "lantern",
    "lemon",
    "linen",
    "maple",
    "meadow",
    "mill",
    "mint",
    "moss",
    "orchard",
    "otter",
    "paper",
    "pebble",
    "pepper",
    "pigeon",
    "plum",
    "poppy",
    "quarry",
    "river",
    "robin",
    "rowan",
    "saddle",
    "sage",
    "shell",
    "silver",
    "spruce",
    "stone",
    "swallow",
    "thistle",
    "timber",
    "valley",
    "velvet",
    "walnut",
    "willow",
    "window",
    "winter",
]
