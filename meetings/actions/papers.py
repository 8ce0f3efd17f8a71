"""Issuing the papers of a meeting: to everybody invited, each in her own way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from coprod.core import audit, dates
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from groups.notices import actions as notices
from groups.notices import reach
from groups.notices.models import Delivery, Notice
from groups.people.enums import Purpose
from meetings import occasions, paper_messages, permissions
from meetings.actions import planning, telling
from meetings.enums import Reply
from meetings.models import Invitation, Meeting, Paper


@dataclass(frozen=True)
class ToIssue:
    """What issuing would send now: which papers, in which issue, and who has had none yet."""

    listed: Sequence[Paper]
    new: Sequence[Paper]
    version: int

    @property
    def is_more(self) -> bool:
        return self.version > 1

    @property
    def is_issued(self) -> bool:
        """Tell whether all there is to read has been issued."""
        return bool(self.listed) and not self.new


def to_issue(meeting: Meeting) -> ToIssue:
    """Return the papers of a meeting, those added since the last issue, and the next issue's number.

    An issue that was undone counts as none, but keeps its number.
    """
    papers = Paper.objects.filter(item__meeting=meeting).select_related("item")
    listed = list(
        papers.prefetch_related("files__file").order_by("item__position", "pk")
    )
    issues = _issues(meeting)
    last = issues.filter(undone_at__isnull=True).aggregate(at=Max("planned_at"))["at"]
    number = issues.aggregate(number=Max("version"))["number"] or 0
    new = [paper for paper in listed if last is None or paper.added_at > last]
    return ToIssue(listed=listed, new=new, version=number + 1)


def _issues(meeting: Meeting) -> QuerySet[Notice]:
    return Notice.objects.filter(occasion=occasions.PAPERS, about=meeting.reference)


def check_can_issue(by: Actor, meeting: Meeting) -> None:
    """Raise ActionDenied or RuleBroken unless the papers of this meeting can be issued now."""
    permissions.check_can_change_meeting(by, meeting)
    if not meeting.was_published:
        raise RuleBroken("Publish this meeting first. Nobody has been invited yet.")
    if meeting.starts_at <= timezone.now():
        raise RuleBroken("This meeting has begun, so its papers are not sent any more.")


def issue_papers(*, by: Actor, meeting: Meeting) -> Notice:
    """Send the papers to everybody invited who has not said no, each in her own way.

    The second time only what was added since goes out; who has had no papers yet gets all
    of them. Raises ActionDenied, and RuleBroken when there is nothing new to send.
    """
    check_can_issue(by, meeting)
    with transaction.atomic():
        planning.take_turns(meeting)
        issue = to_issue(meeting)
        if not issue.new:
            raise RuleBroken("There is nothing to read that people have not been sent.")
        rows = [
            row for row in telling.invited(meeting) if row.reply != Reply.NOT_COMING
        ]
        notice = _plan(meeting, rows, issue, by, version=issue.version)
        audit.record(
            by=by,
            verb="issued papers",
            on=meeting,
            changes={"papers": ["", "; ".join(paper.title for paper in issue.new)]},
        )
    return notice


def send_to_newcomers(
    meeting: Meeting, invitations: Sequence[Invitation], by: Actor
) -> None:
    """Send all papers issued so far to people who were invited since, with the newest issue."""
    newest = _issues(meeting).filter(undone_at__isnull=True).order_by("-version")
    last = newest.first()
    if last is None or not invitations:
        return
    issue = to_issue(meeting)
    issued = [paper for paper in issue.listed if paper not in issue.new]
    for row in invitations:
        row.meeting = meeting
    _plan(
        meeting,
        invitations,
        ToIssue(listed=issued, new=issued, version=1),
        by,
        version=last.version,
    )


def _plan(
    meeting: Meeting,
    rows: Sequence[Invitation],
    issue: ToIssue,
    by: Actor,
    *,
    version: int,
) -> Notice:
    people = [row.person for row in rows]
    reach.prefetch(people)
    earlier = set(
        Delivery.objects.filter(
            notice__in=_issues(meeting).filter(undone_at__isnull=True)
        ).values_list("person_id", flat=True)
    )
    had = [person for person in people if person.pk in earlier]
    none_yet = [person for person in people if person.pk not in earlier]
    return notices.plan_notice(
        by=by,
        occasion=occasions.PAPERS,
        about=meeting.reference,
        version=version,
        purpose=Purpose.MEETINGS,
        title=f"Papers for {dates.long_date(meeting.date)}",
        messages=[
            *paper_messages.papers(meeting, none_yet, issue.listed, is_more=False),
            *paper_messages.papers(meeting, had, issue.new, is_more=True),
        ],
        due_at=timezone.now(),
        expires_at=meeting.starts_at,
        can_be_undone=not telling.is_soon(meeting),
    )
