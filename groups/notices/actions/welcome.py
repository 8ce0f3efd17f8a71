"""Welcoming a person, and telling her that she can sign in."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from groups.notices import queries
from groups.notices.actions.planning import plan_notice
from groups.notices.messages import Message
from groups.notices.models import Notice
from groups.people import actions as people_actions
from groups.people.enums import Channel, PrintSize, Purpose
from groups.people.models import Person, SignIn
from groups.people.permissions import check_can_add_person

WELCOME = "person.welcome"
CAN_SIGN_IN = "person.sign_in"


def add_person_with_welcome(*, by: Actor, **details: Any) -> Person:
    """Add a person with what she has said so far, and owe her a welcome in her channel.

    Takes what people.actions.add_person takes and raises what it raises. Nothing waits for the
    rest of her details: they are filled in when there is time (practice.md, story 1).
    """
    with transaction.atomic():
        person = people_actions.add_person(by=by, **details)
        welcome(by=by, person=person)
    return person


def welcome(*, by: Actor, person: Person) -> Notice:
    """Owe a person her welcome, with her membership number, once. Raises ActionDenied."""
    check_can_add_person(by)
    return plan_notice(
        by=by,
        occasion=WELCOME,
        about=person.reference,
        purpose=Purpose.EVERYTHING,
        title=f"Welcome to {settings.SERVICE_NAME}",
        messages=[
            Message(
                person=person,
                subject=f"Welcome to {settings.SERVICE_NAME}",
                body=welcome_body(person),
            )
        ],
        due_at=timezone.now(),
    )


def welcome_body(person: Person) -> str:
    """Return the words of a person's welcome, as she wants to hear from us now."""
    return "\n\n".join(
        [
            "Thank you for joining us. We are glad you are here.",
            f"Your membership number is {person.reference}. You can use it when you ring us.",
            _how_we_reach(person),
            "We will tell you when there is a chance to take part. You choose what to say yes to.",
        ]
    )


def _how_we_reach(person: Person) -> str:
    channel = queries.reachable_channel(person, Purpose.EVERYTHING)
    words = {
        Channel.EMAIL: "We will send you things by e-mail.",
        Channel.LETTER: f"We will post things to you, in {PrintSize(person.print_size).label} print.",
    }.get(
        Channel(channel or Channel.PHONE),
        "We will ring you when we have something to tell you.",
    )
    if person.call_after:
        words += f" When we ring, it will be after {dates.clock(person.call_after)}."
    if person.call_before:
        words += f" We will not ring later than {dates.clock(person.call_before)}."
    if not person.voicemail_ok:
        words += " We will never leave a voicemail."
    return words


def invite_to_sign_in(*, by: Actor, person: Person, email: str) -> SignIn:
    """Open an account for a person and tell her, in her channel, how to sign in.

    Asking again tells her again, and makes no second account. Raises ActionDenied and RuleBroken.
    """
    with transaction.atomic():
        key = people_actions.open_sign_in(by=by, person=person, email=email)
        told = Notice.objects.filter(
            occasion=CAN_SIGN_IN, about=person.reference
        ).count()
        plan_notice(
            by=by,
            occasion=CAN_SIGN_IN,
            about=person.reference,
            version=told + 1,
            purpose=Purpose.EVERYTHING,
            title=f"You can sign in to {settings.SERVICE_NAME}",
            messages=[
                Message(
                    person=person,
                    subject=f"You can sign in to {settings.SERVICE_NAME}",
                    body="\n\n".join(_sign_in_words(key.user.email)),
                )
            ],
            due_at=timezone.now(),
        )
    return key


def _sign_in_words(email: str) -> list[str]:
    return [
        "You can now see your meetings and papers online. You do not have to: you can always ring.",
        f"First, go to {settings.SITE_URL}/accounts/login/code/",
        f"Then type your e-mail address: {email}",
        "We send a code of 6 numbers to that address. Type the code, and you are in.",
        "You do not need a password.",
    ]
