"""An address that turned out to be none: nothing more goes there."""

from coprod.core.actors import Actor
from groups.notices import queries
from groups.notices.models import Delivery
from groups.people import actions as people_actions
from groups.people.queries.actors import spoken

POST_OFFICE = Actor.system("Sent messages")


def flag_address(delivery: Delivery, reason: str) -> None:
    """Stop using the address a message went to, on this person's record only.

    Another person may share it and hear from us there. Asks no permission: nobody decided it.
    """
    points = delivery.person.contact_points.filter(
        kind__in=queries.KINDS[delivery.channel], stopped_at__isnull=True
    )
    for point in points:
        if spoken(point.kind, point.value) in delivery.address:
            people_actions.give_up_contact_point(
                by=POST_OFFICE, point=point, reason=reason
            )
