"""What is told about a meeting, and to whom: what publishing, moving and cancelling share."""

import datetime as dt
from collections.abc import Container, Sequence

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from coprod.core.actors import Actor
from groups.notices import actions as notices
from groups.notices import reach
from groups.notices.enums import DeliveryState
from groups.notices.models import Delivery, Notice
from groups.people.enums import Purpose
from groups.people.queries import wish_for
from meetings.enums import Reply
from meetings.models import Invitation, Meeting
from meetings.occasions import CHANGED, INVITATION, REMINDER

# So near a meeting people must hear at once: nothing waits ten minutes to be undone.
HURRY = dt.timedelta(hours=24)


def is_soon(meeting: Meeting) -> bool:
    """Tell whether word about a meeting is too urgent to wait for a while in which to undo it."""
    return meeting.starts_at < timezone.now() + HURRY


def told_version(meeting: Meeting) -> int:
    """Return the version of the meeting that people know.

    Small edits raise the meeting's version without telling anybody. Somebody invited later joins the
    notice the others got, so that "everybody has been told" stays one count. Word that was
    called off was never told.
    """
    notices_of = Notice.objects.filter(about=meeting.reference)
    not_called_off = Delivery.objects.filter(notice=OuterRef("pk")).exclude(
        state=DeliveryState.WITHDRAWN
    )
    told = notices_of.filter(Exists(not_called_off), occasion__in=[INVITATION, CHANGED])
    newest = told.aggregate(newest=Max("version"))["newest"]
    if newest is None:
        first = notices_of.filter(occasion=INVITATION)
        newest = first.aggregate(newest=Max("version"))["newest"]
    return int(newest or meeting.version)


def call_off(meeting: Meeting, *, by: Actor, reason: str) -> None:
    """Withdraw the invitations, changes and reminders of a meeting that have not gone out yet."""
    for occasion in (INVITATION, CHANGED, REMINDER):
        notices.withdraw(
            by=by, occasion=occasion, about=meeting.reference, reason=reason
        )


def invited(meeting: Meeting) -> list[Invitation]:
    """Return everybody invited, by name, with all that says how to reach them."""
    rows = Invitation.objects.filter(meeting=meeting).select_related("person")
    rows = rows.prefetch_related(*reach.around("person__"))
    found = list(rows.order_by("person__known_as", "pk"))
    for row in found:
        row.meeting = meeting
    return found


def with_a_stake(
    invitations: Sequence[Invitation], going: Container[int] = ()
) -> list[Invitation]:
    """Return who must hear of a change or a cancellation, whatever they have switched off.

    Everybody who said yes, also those in `going` who had said so before they were asked again; of the
    others who wants to hear of meetings and takes no break.
    """
    return [
        row
        for row in invitations
        if row.reply == Reply.COMING
        or row.person_id in going
        or (
            wish_for(row.person, Purpose.MEETINGS).is_wanted
            and not row.person.is_on_a_break()
        )
    ]
