"""What a person's own diary reads at her secret address."""

import datetime as dt
import hmac

from coprod.core import dates
from groups.people.models import Person
from meetings.enums import MeetingState, Reply
from meetings.models import CalendarFeed, Meeting
from meetings.models.feed import hash_of

# Diaries keep what they have read; a quarter back is enough for one that is set up anew.
KEPT_BACK = dt.timedelta(days=90)
MOST = 500


def person_of(secret: str) -> Person | None:
    """Return whose live address this is. Nobody's once she has left or died."""
    wanted = hash_of(secret)
    rows = CalendarFeed.objects.filter(secret_hash=wanted, revoked_at__isnull=True)
    feed = rows.select_related("person").first()
    if feed is None or not hmac.compare_digest(feed.secret_hash, wanted):
        return None
    return feed.person if feed.person.can_be_written_to else None


def live_feed(person_id: int) -> CalendarFeed | None:
    """Return a person's live address, as far as we still know it."""
    rows = CalendarFeed.objects.filter(person_id=person_id, revoked_at__isnull=True)
    return rows.first()


def meetings_of(person: Person) -> list[Meeting]:
    """Return the meetings a person is asked to and has not said no to, cancelled ones too."""
    rows = Meeting.objects.filter(
        invitations__person=person, date__gte=dates.today() - KEPT_BACK
    )
    rows = rows.exclude(state=MeetingState.PLANNED)
    said_no = {"invitations__person": person, "invitations__reply": Reply.NOT_COMING}
    rows = rows.exclude(pk__in=Meeting.objects.filter(**said_no))
    return list(rows.select_related("group").order_by("starts_at", "pk")[:MOST])
