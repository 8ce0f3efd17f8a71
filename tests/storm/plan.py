"""Plans the reminders of a storm, by the product's own way, in a process of its own.

Run by itself it makes people and plans for all of them, several times; prints the seconds of each.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

import datetime as dt
import json
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.utils import timezone

from coprod.core import collecting
from coprod.core.actors import Actor
from groups.notices.actions import plan_notice
from groups.notices.messages import Message
from groups.people.enums import Channel, ContactKind, Purpose
from groups.people.models import ChannelPreference, ContactPoint, Person

BODY = (
    "Dear {name},\n\nThe meeting about getting to hospital is on Wednesday at 2pm, in the hall "
    "by the library. There is a hearing loop, and the door is level with the street.\n\n"
    "Ring us when you cannot come, or when you need a taxi. We pay for it.\n\nThe team"
)


def people(count: int) -> None:
    """Make people with e-mail who asked for it."""
    made = Person.objects.bulk_create(
        (Person(known_as=f"Member {number}") for number in range(count)),
        batch_size=1000,
    )
    ChannelPreference.objects.bulk_create(
        (ChannelPreference(person=person, channel=Channel.EMAIL) for person in made),
        batch_size=1000,
    )
    ContactPoint.objects.bulk_create(
        (
            ContactPoint(
                person=person,
                kind=ContactKind.EMAIL,
                value=f"member{number}@example.org",
            )
            for number, person in enumerate(made)
        ),
        batch_size=1000,
    )


def remind(count: int, *, about: str) -> float:
    """Owe so many people a reminder, and return how many seconds planning it took."""
    # Read as the product reads them: nothing of them is known beforehand.
    network = list(Person.objects.order_by("pk")[:count])
    now = timezone.now()
    started = time.perf_counter()
    plan_notice(
        by=Actor.system("storm"),
        occasion="meeting.reminder",
        about=about,
        stage="reminder-7",
        purpose=Purpose.REMINDERS,
        title="Reminder: getting to hospital",
        messages=[
            Message(
                person,
                f"Reminder for {person.known_as}: Wednesday at 2pm",
                BODY.format(name=person.known_as),
                link_path="/meetings/M-STORM/",
            )
            for person in network
        ],
        due_at=now,
        expires_at=now + dt.timedelta(days=2),
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    # As the processes that plan do when they start.
    collecting.settle()
    wanted, rounds = int(sys.argv[1]), int(sys.argv[2])
    people(wanted)
    took = [remind(wanted, about=f"M-STORM-{number}") for number in range(rounds)]
    sys.stdout.write(json.dumps(took) + "\n")
