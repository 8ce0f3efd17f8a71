"""Meetings that come again: planning them, adding more, another time, and the end."""

import datetime as dt
from collections.abc import Iterable
from typing import Unpack, cast

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.governance.models import Group
from meetings import permissions, recurrence, series_queries
from meetings.actions import moving, planning, publishing
from meetings.actions.planning import Details
from meetings.models import Meeting, Series
from meetings.recurrence import Line
from meetings.series_queries import Sorted

# What every meeting of a series has in common, when more are added.
_ALIKE = (
    "title", "mode", "venue", "venue_address", "venue_access", "join_link", "join_phone",
    "break_time", "break_minutes", "doors_time",
)  # fmt: skip
_ALREADY = "There is a meeting for {} already."
_SOMEBODY_FIRST = (
    "Somebody else changed this series while you were writing. "
    "Nothing of yours is saved yet. Look again, then save."
)


def plan_series(
    *,
    by: Actor,
    group: Group,
    rule: str,
    on_holidays: str,
    count: int,
    **details: Unpack[Details],
) -> Series:
    """Prepare the next meetings of a group by one rule. Nobody is told until each is published.

    `details` are those of the first meeting; each meeting is an ordinary one from then on. Raises
    ActionDenied, and RuleBroken with the field when the times or the place do not work on one of
    the dates, which the sentence names.
    """
    permissions.check_can_plan_meeting(by, group)
    lines = dates_for(rule=rule, on_holidays=on_holidays, count=count, details=details)
    with transaction.atomic():
        series = Series.objects.create(
            group=group,
            rule=rule,
            first_date=details["date"],
            last_date=max(line.rule_date for line in lines if line.rule_date),
            start_time=details["start_time"],
            end_time=details["end_time"],
            on_holidays=on_holidays,
            made_by=by.user,
        )
        audit.record(by=by, verb="planned series", on=series)
        _plan_dates(series, lines, details, by)
    return series


def dates_for(
    *, rule: str, on_holidays: str, count: int, details: Details
) -> list[Line]:
    """Return the dates a series like this would have, without planning anything.

    Raises RuleBroken when the place does not work, or the times on one of the dates.
    """
    planning.check_place(details)
    lines = recurrence.coming(
        rule, details["date"], on_holidays=on_holidays, count=count
    )
    _check_times(lines, details)
    return lines


def more_dates_for(series: Series, *, after: dt.date, count: int) -> list[Line]:
    """Return the dates that adding more would look at. One that is there already says so.

    Raises RuleBroken when the times of the series do not work on one of them.
    """
    lines = recurrence.coming(
        series.rule,
        series.first_date,
        on_holidays=series.on_holidays,
        count=count,
        after=after,
    )
    _check_times(lines, details_of_next(series))
    there = series_queries.dates_of(series)
    return [
        Line(line.rule_date, None, _ALREADY.format(dates.long_date(line.rule_date)))
        if line.rule_date in there
        else line
        for line in lines
    ]


def _check_times(lines: Iterable[Line], details: Details) -> None:
    for line in lines:
        if line.date is not None:
            planning.instants(_on(line.date, details))


def add_dates(
    *, by: Actor, series: Series, after: dt.date, count: int
) -> list[Meeting]:
    """Prepare more meetings after a date the rule gave. Returns the new ones.

    Dates that are there already stay as they are, so that adding the same ones twice adds
    nothing. The place and the break are those of the last meeting of the series, the times those of
    the series. Raises ActionDenied and RuleBroken.
    """
    permissions.check_can_plan_meeting(by, series.group)
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=series.pk)
        lines = more_dates_for(series, after=after, count=count)
        made = _plan_dates(series, lines, details_of_next(series), by)
        if made:
            latest = series.meetings.aggregate(latest=Max("series_date"))["latest"]
            series.last_date = max(series.last_date, latest)
            series.save(update_fields=["last_date"])
            audit.record(by=by, verb="added dates", on=series)
    return made


def details_of_next(series: Series) -> Details:
    """Return what the next meeting of a series is like: its times, and the rest as it was last."""
    last = series.meetings.order_by("-date", "-pk").first()
    values: dict[str, object] = {
        "date": series.first_date,
        "start_time": series.start_time,
        "end_time": series.end_time,
    }
    if last is None:
        raise RuleBroken("This series has no meeting yet. Plan a new one.")
    at_new_time = _at_time(last, series.start_time, series.end_time)
    return cast(
        Details,
        values | {name: at_new_time[name] for name in _ALIKE},  # type: ignore[literal-required]  # names of Details
    )


def _plan_dates(
    series: Series, lines: Iterable[Line], details: Details, by: Actor
) -> list[Meeting]:
    new = [
        _meeting(series, line.rule_date, _on(line.date, details), by)
        for line in lines
        if line.date and line.rule_date
    ]
    Meeting.objects.bulk_create(new)
    for meeting in new:
        audit.record(by=by, verb="planned", on=meeting)
    return new


def _on(date: dt.date, details: Details) -> Details:
    reply_by = dates.add_working_days(date, -planning.REPLY_LEAD_WORKING_DAYS)
    return {**details, "date": date, "reply_by": reply_by}


def _meeting(
    series: Series, rule_date: dt.date, details: Details, by: Actor
) -> Meeting:
    starts_at, ends_at = planning.instants(details)
    return Meeting(
        group=series.group,
        series=series,
        series_date=rule_date,
        starts_at=starts_at,
        ends_at=ends_at,
        planned_by=by.user,
        **details,
    )


def change_time(
    *,
    by: Actor,
    series: Series,
    version: int,
    from_date: dt.date,
    start_time: dt.time,
    end_time: dt.time,
) -> Sorted:
    """Put the meetings of a series at another time from a date on. Returns what was done to which.

    Those being prepared change without a word. Published ones that nobody has answered change
    and people are told. Those with answers, or with a time of their own, stay and are returned for
    a person to decide (lessons.md, T06). The break and the doors move with the start. Raises
    ActionDenied, and RuleBroken for a time that does not work on one of the dates.
    """
    permissions.check_can_plan_meeting(by, series.group)
    with transaction.atomic():
        _take(series, version)
        found = series_queries.sort_for_new_time(
            series,
            from_date=from_date,
            start_time=start_time,
            end_time=end_time,
            now=timezone.now(),
        )
        check_new_time(found, start_time, end_time)
        for rows, change in (
            (found.quiet, planning.change_meeting),
            (found.told, moving.move_meeting),
        ):
            for meeting in rows:
                details = _at_time(meeting, start_time, end_time)
                change(by=by, meeting=meeting, version=meeting.version, **details)
        changes = {
            "start_time": [str(series.start_time), str(start_time)],
            "end_time": [str(series.end_time), str(end_time)],
        }
        series.start_time, series.end_time = start_time, end_time
        series.save(update_fields=["start_time", "end_time"])
        audit.record(
            by=by,
            verb="changed series",
            on=series,
            changes=changes | {"from_date": ["", str(from_date)]},
        )
    return found


def check_new_time(found: Sorted, start_time: dt.time, end_time: dt.time) -> None:
    """Raise RuleBroken, naming the date, when the new time does not work for one of them."""
    if end_time <= start_time:
        raise RuleBroken("The meeting must end after it starts.", field="end_time")
    for meeting in (*found.quiet, *found.told):
        planning.instants(_at_time(meeting, start_time, end_time))


def _take(series: Series, version: int) -> None:
    """Claim the series for one change, so that of two who change it at once one is told."""
    taken = Series.objects.filter(pk=series.pk, version=version)
    if not taken.update(version=version + 1):
        raise RuleBroken(_SOMEBODY_FIRST)
    series.version = version + 1


def _at_time(meeting: Meeting, start: dt.time, end: dt.time) -> Details:
    """Return the details of a meeting with its start, end, doors and break at another time."""
    before = dt.datetime.combine(meeting.date, meeting.start_time)
    later = dt.datetime.combine(meeting.date, start) - before

    def moved(time: dt.time | None) -> dt.time | None:
        return time and (dt.datetime.combine(meeting.date, time) + later).time()

    return {
        "date": meeting.date,
        "start_time": start,
        "end_time": end,
        "mode": meeting.mode,
        "title": meeting.title,
        "venue": meeting.venue,
        "venue_address": meeting.venue_address,
        "venue_access": meeting.venue_access,
        "join_link": meeting.join_link,
        "join_phone": meeting.join_phone,
        "break_time": moved(meeting.break_time),
        "break_minutes": meeting.break_minutes,
        "doors_time": moved(meeting.doors_time),
        "reply_by": meeting.reply_by,
    }


def end_series(*, by: Actor, series: Series, version: int, last_day: dt.date) -> Sorted:
    """End a series after a day. What is only being prepared goes; nobody knew of it.

    Published meetings stay and are returned: each is cancelled by a person, with a reason that
    people will read. Raises ActionDenied, and RuleBroken when somebody else saved first.
    """
    permissions.check_can_plan_meeting(by, series.group)
    with transaction.atomic():
        _take(series, version)
        found = series_queries.sort_for_end(
            series, last_day=last_day, now=timezone.now()
        )
        for meeting in found.quiet:
            publishing.cancel_meeting(
                by=by, meeting=meeting, reason="The series has ended."
            )
        # They leave the series, so that its dates are free if it goes on after all.
        gone = Meeting.objects.filter(pk__in=[meeting.pk for meeting in found.quiet])
        gone.update(series=None, series_date=None)
        before = series.last_date
        series.last_date = max(series.first_date, min(before, last_day))
        series.save(update_fields=["last_date"])
        changes = {"last_date": [str(before), str(series.last_date)]}
        audit.record(by=by, verb="ended series", on=series, changes=changes)
    return found
