"""Breaks whose last day has passed: the row is made to say so, and the person is told."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coprod.core import dates
from coprod.core.actors import Actor
from coprod.core.errors import InvalidTransition
from groups.notices.actions.planning import plan_notice
from groups.notices.messages import Message
from groups.notices.models import Notice
from groups.people import actions as people_actions
from groups.people.enums import PersonState, Purpose
from groups.people.models import Person

BREAK_OVER = "person.break_over"


def end_breaks() -> int:
    """Write down each break that is over by the clock and owe its person one message about it.

    Nothing waits for this: every page reads the clock. Of two workers at once one writes each.
    Returns how many that was.
    """
    over = Person.objects.filter(
        state=PersonState.PAUSED, paused_until__lt=dates.today()
    )
    return sum(_end(person) for person in over.order_by("pk"))


def _words(last: dt.date | None) -> str:
    until = f" until {dates.long_date(last)}" if last else ""
    return (
        f"You wanted a break{until}. You hear from us again from now on.\n\n"
        "Would you like more time? That is fine. Tell us on our website, or ring "
        f"{settings.HELP_PHONE}."
    )


def _end(person: Person) -> bool:
    by, last = Actor.system("breaks"), person.paused_until
    try:
        with transaction.atomic():
            people_actions.end_break_by_the_clock(by=by, person=person)
            told = Notice.objects.filter(occasion=BREAK_OVER, about=person.reference)
            plan_notice(
                by=by,
                occasion=BREAK_OVER,
                about=person.reference,
                version=told.count() + 1,
                purpose=Purpose.EVERYTHING,
                title="Your break is over",
                messages=[
                    Message(
                        person=person,
                        subject="Your break is over",
                        body=_words(last),
                        link_path="/me/pause/",
                        text="Your break is over. You hear from us again. If you would like more "
                        f"time, ring {settings.HELP_PHONE}.",
                        can_wait=True,
                    )
                ],
                due_at=timezone.now(),
            )
    except InvalidTransition:
        # Somebody else has just written it down, or she came back or took longer herself.
        return False
    return True
