"""What rooms above this one keep about a person. They come by relation: no room is imported.

Every person page asks these, so they are put into SQL only once.
"""

from typing import Any

from coprod.core.prepared import Prepared
from groups.people.models import Person

# The rest is on the page of everything we sent.
_SENT_SHOWN = 5

_MEMBERSHIPS: Prepared[Any] = Prepared(
    lambda person_id: (
        Person(pk=person_id)
        .memberships.exclude(state="ended")
        .select_related("group", "seat")
        .order_by("pk")
    )
)
_SENT: Prepared[Any] = Prepared(
    lambda person_id: (
        Person(pk=person_id)
        .deliveries.defer("body", "text_body", "calendar")
        .order_by("-due_at", "-pk")[:_SENT_SHOWN]
    )
)


def memberships_of(person: Person) -> list[Any]:
    """Return the groups a person is in or on the way to, oldest first, with group and seat."""
    return _MEMBERSHIPS(person.pk)


def sent_lately(person: Person) -> list[Any]:
    """Return the newest few messages to a person, without their words."""
    return _SENT(person.pk)
