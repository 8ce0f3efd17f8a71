from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import dates
from coprod.core.access import CHAIRS, MEMBERS, STAFF, Request, audience
from coprod.core.enums import Permission, Role
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance import actions as governance
from groups.notices import windows
from groups.notices.views import check
from meetings import permissions, queries, telling_queries
from meetings.actions import moving, planning, publishing
from meetings.agenda import Timetable
from meetings.enums import MeetingState, MinutesState
from meetings.forms.meeting import CancelForm, MeetingForm, details_of
from meetings.forms.reply import ReplyForm
from meetings.messages import when
from meetings.models import Meeting
from meetings.views.reply import supporter_names

READERS = (STAFF, MEMBERS, Role.SPONSOR, Role.AUDITOR)
_PER_PAGE = 20


@audience(*READERS)
@require_safe
def meeting_list(request: Request) -> HttpResponse:
    can_manage = permissions.can_manage_meetings(request.actor)
    is_past = request.GET.get("when") == "past"
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    can_plan = can_manage
    now = timezone.now()
    if is_past:
        rows = visible.over(now).order_by("-starts_at", "pk")
    else:
        rows = visible.filter(ends_at__gt=now).order_by("starts_at", "pk")
    if can_manage:
        rows = queries.with_counts(rows)
    else:
        rows = queries.with_right_to_plan(rows, request.actor)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    if not can_manage:
        listed = list(page)
        can_plan = queries.chairs_any(listed, request.actor)
        own = queries.own_replies(listed, request.actor.person_id)
        for meeting in listed:
            meeting.own = own.get(meeting.pk)  # type: ignore[attr-defined]  # for the template
    context = {
        "page": page,
        "is_past": is_past,
        "can_manage": can_manage,
        "can_plan": can_plan,
        "reads_all": request.actor.can(Permission.READ_GROUPS),
    }
    return render(request, "meetings/meeting_list.html", context)


@audience(*READERS)
@require_safe
def meeting_detail(request: Request, ref: str) -> HttpResponse:
    meeting = queries.meeting_for(request.actor, ref)
    if meeting is None:
        raise Http404
    agenda = queries.agenda_of(meeting)
    context: dict[str, object] = {"meeting": meeting, "agenda": agenda}
    has_minutes = hasattr(meeting, "minutes")
    if permissions.can_manage_meetings(request.actor):
        context["has_minutes"] = has_minutes
        return render(
            request,
            "meetings/meeting_team.html",
            context | _team(request, meeting, agenda),
        )
    governance.note_reading(by=request.actor, on=meeting)
    runs_it = permissions.chairs_meeting(request.actor, meeting)
    is_out = has_minutes and meeting.minutes.state != MinutesState.DRAFT
    context["has_minutes"] = is_out or (has_minutes and runs_it)
    context |= _own(request, meeting)
    if runs_it:
        context |= _chair(request, meeting)
    return render(request, "meetings/meeting_detail.html", context)


def _team(request: Request, meeting: Meeting, agenda: Timetable) -> dict[str, object]:
    is_recorded = meeting.state == MeetingState.RECORDED
    invitations = [] if is_recorded else queries.invitations_of(meeting)
    progress = queries.progress_of(meeting)
    lines = queries.access_rows(meeting, request.actor)
    has_begun = meeting.starts_at <= timezone.now()
    return {
        "invitations": invitations,
        "tally": queries.tally(invitations),
        "progress": progress,
        "papers_left": queries.papers_left(agenda, progress),
        "lines": lines,
        "to_arrange": sum(line.is_open for line in lines),
        "can_change": permissions.can_change_meeting(request.actor, meeting),
        "can_publish": meeting.state == MeetingState.PLANNED,
        "not_told": telling_queries.count_not_told(meeting),
        "can_record": permissions.can_record_attendance(request.actor, meeting),
        "takes_replies": permissions.is_open_for_replies(meeting),
        "has_begun": has_begun,
        "is_recorded": is_recorded,
        "came": queries.who_came(meeting) if is_recorded else (),
    }


def _own(request: Request, meeting: Meeting) -> dict[str, object]:
    actor = request.actor
    invitation = queries.own_replies([meeting], actor.person_id).get(meeting.pk)
    lines = queries.access_rows(meeting, actor)
    context: dict[str, object] = {
        "invitation": invitation,
        "arranged": [line for line in lines if line.person_id == actor.person_id],
        "for_the_chair": any(line.person_id != actor.person_id for line in lines),
        "has_replied": invitation is not None and invitation.has_replied,
    }
    if invitation is not None:
        invitation.meeting = meeting
        if permissions.can_reply(actor, invitation):
            names = supporter_names(invitation.person)
            context["form"] = ReplyForm(invitation=invitation, supporters=names)
    return context


def _chair(request: Request, meeting: Meeting) -> dict[str, object]:
    """Add what she needs who chairs the group: names and answers, and no more about anybody."""
    is_planned = meeting.state == MeetingState.PLANNED
    asks = meeting.state == MeetingState.PUBLISHED
    invitations = queries.invitations_of(meeting) if asks else []
    return {
        "is_chair": True,
        "windows": windows.windows(request.actor, about=meeting.reference),
        "invitations": invitations,
        "tally": queries.tally(invitations),
        "can_change": permissions.can_change_meeting(request.actor, meeting),
        "can_publish": is_planned,
        "not_told": telling_queries.count_not_told(meeting),
        "takes_replies": permissions.is_open_for_replies(meeting),
        "has_begun": meeting.starts_at <= timezone.now(),
        "can_begin_minutes": meeting.state == MeetingState.RECORDED
        and not hasattr(meeting, "minutes"),
        "waits_for_register": asks and meeting.starts_at <= timezone.now(),
    }


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_add(request: Request) -> HttpResponse:
    groups = queries.groups_to_plan_for(request.actor)
    if not permissions.can_manage_meetings(request.actor) and not groups.exists():
        raise Http404
    chosen = groups.filter(slug=request.GET.get("group", "")).first()
    form = MeetingForm(request.POST or None, groups=groups, initial={"group": chosen})
    if request.method == "POST" and form.is_valid():
        try:
            meeting = planning.plan_meeting(
                by=request.actor, group=form.cleaned_data["group"], **form.details()
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "The meeting is planned. Add what is on the agenda next."
            )
            return redirect(meeting)
    return render(
        request, "meetings/meeting_form.html", {"form": form, "meeting": None}
    )


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    permissions.check_can_change_meeting(request.actor, meeting)
    form = MeetingForm(request.POST or None, initial=details_of(meeting))
    is_published = meeting.state == MeetingState.PUBLISHED
    not_told = telling_queries.count_not_told(meeting)
    context = {
        "form": form,
        "meeting": meeting,
        "not_told": not_told,
        "somebody_knows": is_published and meeting.invitations.count() > not_told,
    }
    asks = _ask(meeting, "Move or change the meeting", can_change=True)
    if request.method == "POST" and form.is_valid() and not check.goes_back(request):
        change = moving.move_meeting if is_published else planning.change_meeting
        started_from = form.version_number()
        try:
            outcome = check.send(
                request,
                lambda: change(
                    by=request.actor,
                    meeting=meeting,
                    version=started_from,
                    **form.details(),
                ),
                about=meeting.reference,
                asks=asks,
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
            if refusal.field is None:
                _show_both(form, ref, context)
        else:
            if outcome.page is not None:
                return outcome.page
            messages.success(request, outcome.words("The meeting is changed."))
            return redirect(meeting)
    return render(request, "meetings/meeting_form.html", context)


def _ask(meeting: Meeting, heading: str, *, can_change: bool) -> check.Question:
    """Return the question before many people are told something about a meeting."""
    return check.Question(
        heading=heading,
        caption=f"{meeting.group.name}, {dates.long_date(meeting.date)}",
        back=meeting.get_absolute_url(),
        stays="What you change stays changed, but then nobody has been told.",
        hurry="The meeting begins within a day, so there is no time to undo it.",
        can_change=can_change,
    )


def _show_both(form: MeetingForm, ref: str, context: dict[str, object]) -> None:
    """Show what somebody else saved beside what was typed; saving again is then a choice."""
    theirs = Meeting.objects.get(reference=ref)
    form.start_again_from(theirs.version)
    context["theirs"] = theirs
    context["theirs_when"] = when(theirs)


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    permissions.check_can_change_meeting(request.actor, meeting)
    form = CancelForm(request.POST or None)
    asks = _ask(meeting, "Cancel the meeting", can_change=True)
    if request.method == "POST" and form.is_valid() and not check.goes_back(request):
        reason = form.cleaned_data["reason"]
        try:
            outcome = check.send(
                request,
                lambda: publishing.cancel_meeting(
                    by=request.actor, meeting=meeting, reason=reason
                ),
                about=meeting.reference,
                asks=asks,
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            if outcome.page is not None:
                return outcome.page
            done = f"The meeting on {dates.long_date(meeting.date)} is cancelled."
            messages.success(request, outcome.words(done))
            return redirect(meeting)
    invited = meeting.invitations.count()
    context = {"form": form, "meeting": meeting, "invited": invited}
    return render(request, "meetings/meeting_cancel.html", context)
