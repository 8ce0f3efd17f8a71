from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.notices.views import check
from meetings import permissions
from meetings.actions import papers
from meetings.forms.minutes import ConfirmForm
from meetings.models import Meeting


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def papers_issue(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    papers.check_can_issue(request.actor, meeting)
    issue = papers.to_issue(meeting)
    button = "Send what is new" if issue.is_more else "Issue the papers"
    form = ConfirmForm(request.POST or None, button=button)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = check.send(
                request,
                lambda: papers.issue_papers(by=request.actor, meeting=meeting),
                about=meeting.reference,
                asks=_ask(meeting, button),
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            if outcome.page is not None:
                return outcome.page
            done = outcome.words(
                "The papers are issued.", "They are on their way to everybody invited."
            )
            messages.success(request, done)
            return redirect(meeting)
    context = {
        "form": form,
        "meeting": meeting,
        "issue": issue,
        "is_team": permissions.can_manage_meetings(request.actor),
    }
    return render(request, "meetings/papers_issue.html", context)


def _ask(meeting: Meeting, heading: str) -> check.Question:
    return check.Question(
        heading=heading,
        caption=f"{meeting.group.name}, {dates.long_date(meeting.date)}",
        back=meeting.get_absolute_url(),
        stays="The papers stay on the page of the meeting, but then nobody has been told.",
        hurry="The meeting begins within a day, so there is no time to undo it.",
    )
