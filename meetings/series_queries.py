"""Reads about series: which meetings a change would reach, and which wait for a decision."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from coprod.core.actors import Actor
from meetings.enums import MeetingState, Reply
from meetings.models import Meeting, Series

HAS_ANSWERS = "People have answered."
HAS_ITS_OWN_TIME = "It has a time of its own."
HAS_BEEN_PUBLISHED = "People have been told about it."


@dataclass
class Sorted:
    """Meetings of a series as a change of it finds them.

    `quiet`: being prepared, so changed without a word. `told`: published and nobody has answered,
    so changed and everybody invited is told. `left`: for a person to decide, each with the reason.
    """

    quiet: list[Meeting] = field(default_factory=list)
    told: list[Meeting] = field(default_factory=list)
    left: list[tuple[Meeting, str]] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.quiet or self.told)

    def as_lines(self) -> list[str]:
        """Return what is in each list, for the mark of a check page."""
        lists: tuple[tuple[str, Iterable[Meeting]], ...] = (
            ("quiet", self.quiet),
            ("told", self.told),
            ("left", (meeting for meeting, _ in self.left)),
        )
        return [
            f"{name} {row.pk} {row.version}" for name, rows in lists for row in rows
        ]


def series_list(actor: Actor, now: dt.datetime) -> QuerySet[Series]:
    """Return the series the actor arranges, with how many meetings are to come and the last."""
    to_come = Q(meetings__ends_at__gt=now) & ~Q(meetings__state=MeetingState.CANCELLED)
    return (
        Series.objects.managed_by(actor)
        .select_related("group")
        .annotate(to_come=Count("meetings", filter=to_come), last=Max("meetings__date"))
        .order_by("group__name", "pk")
    )


def meetings_of(series: Series) -> list[Meeting]:
    """Return the meetings of a series, by date, each with how many people have answered."""
    answered = Count("invitations", filter=~Q(invitations__reply=Reply.NONE))
    rows: QuerySet[Any] = series.meetings.annotate(answered=answered)
    return list(rows.order_by("date", "pk"))


def dates_of(series: Series) -> set[dt.date]:
    """Return the dates of the rule that have a meeting, whatever has become of it since."""
    found = series.meetings.values_list("series_date", flat=True)
    return {date for date in found if date}


def is_off_time(series: Series, meeting: Meeting) -> bool:
    """Tell whether a meeting is at another time than its series now is."""
    at = (meeting.start_time, meeting.end_time)
    return at != (series.start_time, series.end_time)


def waiting_for_a_decision(
    series: Series, meetings: Iterable[Meeting], now: dt.datetime
) -> list[Meeting]:
    """Return those to come that people know of and that are at another time than the series."""
    return [
        meeting
        for meeting in meetings
        if meeting.state == MeetingState.PUBLISHED
        and meeting.starts_at > now
        and is_off_time(series, meeting)
    ]


def sort_for_new_time(
    series: Series,
    *,
    from_date: dt.date,
    start_time: dt.time,
    end_time: dt.time,
    now: dt.datetime,
) -> Sorted:
    """Return what a new time from a date on would do to each meeting that is to come (T06)."""
    found = Sorted()
    for meeting in meetings_of(series):
        if not _is_reached(meeting, from_date, now):
            continue
        if (meeting.start_time, meeting.end_time) == (start_time, end_time):
            continue
        if is_off_time(series, meeting):
            found.left.append((meeting, HAS_ITS_OWN_TIME))
        elif meeting.state == MeetingState.PLANNED:
            found.quiet.append(meeting)
        elif meeting.answered:  # type: ignore[attr-defined]  # by `meetings_of`
            found.left.append((meeting, HAS_ANSWERS))
        else:
            found.told.append(meeting)
    return found


def sort_for_end(series: Series, *, last_day: dt.date, now: dt.datetime) -> Sorted:
    """Return what ending a series does: what nobody knows of goes, the rest is for a person."""
    found = Sorted()
    for meeting in meetings_of(series):
        if not _is_reached(meeting, last_day + dt.timedelta(days=1), now):
            continue
        if meeting.state == MeetingState.PLANNED:
            found.quiet.append(meeting)
        else:
            found.left.append((meeting, HAS_BEEN_PUBLISHED))
    return found


def _is_reached(meeting: Meeting, from_date: dt.date, now: dt.datetime) -> bool:
    open_states = (MeetingState.PLANNED, MeetingState.PUBLISHED)
    return (
        meeting.state in open_states
        and meeting.date >= from_date
        and meeting.starts_at > now
    )
