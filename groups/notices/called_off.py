"""Letters that were printed and then called off, until somebody has taken each out of its pile."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from coprod.core.actors import Actor
from coprod.core.enums import Permission
from groups.notices.models import Delivery
from groups.notices.owed import ANYONE, Owed, owed_line


def to_take_out(actor: Actor) -> list[Delivery]:
    """Return the letters to look for in the piles, with whose they are, pile by pile."""
    if not actor.can(Permission.SEND_NOTICES):
        return []
    rows = Delivery.objects.to_take_out().select_related("person", "print_run")
    return list(rows.order_by("print_run_id", "pile_number", "pk"))


def owed(actor: Actor, letters: Sequence[Delivery], today: dt.date) -> list[Owed]:
    """Return what is owed for these letters, as one line of the first page, or none."""
    if not letters:
        return []
    first, count = letters[0], len(letters)
    piles = {letter.print_run_id for letter in letters}
    one_pile = len(piles) == 1 and first.print_run is not None
    outbox = reverse("notices:outbox")
    return [
        owed_line(
            actor,
            today,
            due=today,
            who=first.person.known_as if count == 1 else f"{count} people",
            who_url=first.person.get_absolute_url() if count == 1 else outbox,
            what="Take a letter out of the pile"
            if count == 1
            else f"Take {count} letters out of the pile",
            icon="warning",
            nobody=ANYONE,
            url=first.print_run.get_absolute_url()
            if one_pile and first.print_run is not None
            else f"{outbox}#take-out",
        )
    ]
