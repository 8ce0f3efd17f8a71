"""What goes wrong with the post of the demonstration, so that there is something to put right."""

import datetime as dt

from django.utils import timezone

from coprod.home.demo.cast import Cast
from coprod.home.demo.clock import at
from groups.notices import actions as notices
from groups.notices import channels
from groups.notices.models import Delivery
from groups.people import actions as people
from groups.people.actions import NewConsent, NewContact, NewWish
from groups.people.enums import (
    Channel,
    ConsentPurpose,
    ContactKind,
    GivenHow,
    Purpose,
)
from groups.people.models import ConsentWording, Person
from meetings import occasions
from meetings.models import Meeting


def let_kofi_be_texted(cast: Cast) -> None:
    """Let one member have his reminders as text messages, where something sends them."""
    if not channels.is_set_up(Channel.TEXT):
        return
    kofi = cast.people["kofi"]
    priya = cast.accounts["priya"]
    people.add_contact_point(
        by=priya, person=kofi, point=NewContact(ContactKind.MOBILE, "07700 900417")
    )
    kofi.refresh_from_db()
    people.set_reach(
        by=priya,
        person=kofi,
        version=kofi.version,
        wishes={Purpose.REMINDERS: NewWish(channel=Channel.TEXT)},
    )


def go_wrong(cast: Cast, last: Meeting) -> None:
    """Let one e-mail come back, and one of two printed letters be for somebody who has left."""
    priya = cast.accounts["priya"]
    with at(timezone.now() - dt.timedelta(hours=20)):
        draft = Delivery.objects.filter(
            person=cast.people["kofi"],
            notice__occasion=occasions.MINUTES_DRAFT,
            notice__about=last.reference,
        ).latest("pk")
        notices.mark_came_back(
            by=priya, delivery=draft, reason="The mailbox is full.", stop_using=False
        )
        rosalind = _welcome(cast, "Rosalind Fry", "9 Ferry Lane\nElmsby", "NS4 3HD")
        _welcome(cast, "Peter Lomax", "30 Abbey Road\nMillbrook", "NS2 8TW")
        notices.make_print_run(
            by=priya, due_before=timezone.now() + dt.timedelta(minutes=1)
        )
    with at(timezone.now() - dt.timedelta(hours=1)):
        people.record_leaving(by=priya, person=rosalind, reason="She has moved away.")


def _welcome(cast: Cast, name: str, street: str, postcode: str) -> Person:
    wording = ConsentWording.objects.get(purpose=ConsentPurpose.NETWORK, number=1)
    return notices.add_person_with_welcome(
        by=cast.accounts["priya"],
        known_as=name,
        contact_points=[NewContact(ContactKind.POST, street, postcode)],
        channel=Channel.LETTER,
        consent=NewConsent(wording.pk, GivenHow.PHONE),
    )
