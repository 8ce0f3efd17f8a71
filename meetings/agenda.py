"""When each item of an agenda starts, by the clock, with the break where it falls."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meetings.models import AgendaItem, Meeting, Paper, PaperFile


@dataclass(frozen=True)
class PaperLine:
    """A paper of an item with the files of it."""

    paper: Paper
    copies: Sequence[PaperFile]


@dataclass(frozen=True)
class Row:
    """A line of the agenda: an item with its papers, or the break when `item` is None."""

    time: dt.time
    item: AgendaItem | None
    minutes: int
    papers: Sequence[PaperLine] = ()


@dataclass(frozen=True)
class Timetable:
    rows: Sequence[Row]
    finish: dt.time
    minutes_over: int

    @property
    def item_count(self) -> int:
        return sum(row.item is not None for row in self.rows)

    @property
    def is_too_long(self) -> bool:
        return self.minutes_over > 0


def timetable(
    meeting: Meeting,
    items: Sequence[AgendaItem],
    papers: Mapping[int, Sequence[PaperLine]],
) -> Timetable:
    """Return the agenda with wall-clock times. `papers` are by the key of their item.

    The break comes before the first item that would otherwise start at its time or later. An item
    that runs into the break is not cut: the break waits until it ends.
    """
    at = dt.datetime.combine(meeting.date, meeting.start_time)
    finish = dt.datetime.combine(meeting.date, meeting.end_time)
    pause = meeting.break_time
    pause_at = dt.datetime.combine(meeting.date, pause) if pause else None
    rows = []
    for item in items:
        if pause_at is not None and at >= pause_at:
            rows.append(Row(at.time(), None, meeting.break_minutes))
            at += dt.timedelta(minutes=meeting.break_minutes)
            pause_at = None
        lines = papers.get(item.pk, ())
        rows.append(Row(at.time(), item, item.minutes_planned, lines))
        at += dt.timedelta(minutes=item.minutes_planned)
    if pause_at is not None:
        rows.append(Row(max(at, pause_at).time(), None, meeting.break_minutes))
        at = max(at, pause_at) + dt.timedelta(minutes=meeting.break_minutes)
    over = int((at - finish).total_seconds() // 60)
    return Timetable(rows, meeting.end_time, max(over, 0))
