"""Looking for a message of the past: by name, reference, occasion, channel, state or day."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from coprod.core import dates
from coprod.core.actors import Actor
from groups.notices.enums import OPEN, DeliveryState
from groups.notices.models import Delivery, Notice
from groups.people.models import Person

# "Sent and ended" when nothing is chosen; this also shows what still waits.
EVERYTHING = "all"
_REFERENCE = re.compile(r"([A-Z]{1,3})-[0-9A-Z-]+")
_HOLDERS = {
    "P": "person__reference",
    "N": "notice__reference",
    "L": "reference",
    "LP": "print_run__reference",
}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty is not asked."""

    words: str = ""
    occasion: str = ""
    channel: str = ""
    state: str = ""
    from_date: dt.date | None = None
    until_date: dt.date | None = None


def found(actor: Actor, wanted: Wanted) -> QuerySet[Delivery]:
    """Return the messages that answer, newest first, as far as the actor may see them."""
    rows = Delivery.objects.visible_to(actor)
    if wanted.state in DeliveryState.values:
        rows = rows.filter(state=wanted.state)
    elif wanted.state != EVERYTHING:
        rows = rows.exclude(state__in=OPEN)
    if wanted.occasion:
        rows = rows.filter(notice__occasion=wanted.occasion)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.from_date:
        rows = rows.filter(due_at__gte=_midnight(wanted.from_date))
    if wanted.until_date:
        rows = rows.filter(
            due_at__lt=_midnight(wanted.until_date + dt.timedelta(days=1))
        )
    if wanted.words:
        rows = rows.filter(_answers(wanted.words))
    return rows.select_related("person", "notice").order_by("-due_at", "-pk")


def _midnight(day: dt.date) -> dt.datetime:
    return dates.wall_to_instant(day, dt.time(0))


def _answers(words: str) -> Q:
    """Read words as a reference when they look like one, and as a name or number otherwise."""
    typed = " ".join(words.split())
    reference = _REFERENCE.fullmatch(typed.upper())
    if reference is None:
        return Q(person__in=Person.objects.search(typed))
    holder = _HOLDERS.get(reference[1])
    if holder is not None:
        return Q(**{holder: typed.upper()})
    # What the message is about: a meeting, say. One person's place in it starts with it too.
    about = Notice.objects.filter(about__istartswith=typed)
    return Q(notice__in=about)


def occasions() -> list[tuple[str, str]]:
    """Return each occasion anybody was ever written to about, with its words."""
    names = Notice.objects.order_by("occasion").values_list("occasion", flat=True)
    return [(name, occasion_words(name)) for name in names.distinct()]


def occasion_words(name: str) -> str:
    """Return 'Meeting: invitation' for 'meeting.invitation'."""
    room, _, what = name.partition(".")
    words = " ".join(what.replace("_", " ").replace("-", " ").split())
    return f"{room.capitalize()}: {words}" if words else room.capitalize()
