from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coprod.core import dates
from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.enums import Role
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance.enums import GroupState
from groups.governance.models import Group
from meetings import permissions, queries
from meetings.actions import planning, publishing
from meetings.enums import MeetingState, MinutesState
from meetings.forms.meeting import CancelForm, MeetingForm, details_of
from meetings.forms.reply import ReplyForm
from meetings.messages import when
from meetings.models import Meeting
from meetings.views.reply import supporter_names

READERS = (STAFF, MEMBERS, Role.SPONSOR)
_PER_PAGE = 20


@audience(*READERS)
@require_safe
def meeting_list(request: Request) -> HttpResponse:
    can_manage = permissions.can_manage_meetings(request.actor)
    is_past = request.GET.get("when") == "past"
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    now = timezone.now()
    if is_past:
        rows = visible.over(now).order_by("-starts_at", "pk")
    else:
        rows = visible.filter(ends_at__gt=now).order_by("starts_at", "pk")
    if can_manage:
        rows = queries.with_counts(rows)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    if not can_manage:
        own = queries.own_replies(list(page), request.actor.person_id)
        for meeting in page:
            meeting.own = own.get(meeting.pk)  # type: ignore[attr-defined]  # for the template
    context = {"page": page, "is_past": is_past, "can_manage": can_manage}
    return render(request, "meetings/meeting_list.html", context)


@audience(*READERS)
@require_safe
def meeting_detail(request: Request, ref: str) -> HttpResponse:
    visible = Meeting.objects.visible_to(request.actor)
    meeting = get_object_or_404(
        visible.select_related("group", "minutes"), reference=ref
    )
    context = {
        "meeting": meeting,
        "agenda": queries.agenda_of(meeting),
    }
    has_minutes = hasattr(meeting, "minutes")
    if permissions.can_manage_meetings(request.actor):
        context["has_minutes"] = has_minutes
        return render(
            request, "meetings/meeting_team.html", context | _team(request, meeting)
        )
    context["has_minutes"] = has_minutes and meeting.minutes.state != MinutesState.DRAFT
    return render(
        request, "meetings/meeting_detail.html", context | _own(request, meeting)
    )


def _team(request: Request, meeting: Meeting) -> dict[str, object]:
    is_recorded = meeting.state == MeetingState.RECORDED
    invitations = [] if is_recorded else queries.invitations_of(meeting)
    progress = queries.progress_of(meeting)
    lines = queries.access_rows(meeting, request.actor)
    has_begun = meeting.starts_at <= timezone.now()
    return {
        "invitations": invitations,
        "tally": queries.tally(invitations),
        "progress": progress,
        "posted_to": queries.posted_to(progress),
        "lines": lines,
        "to_arrange": sum(line.is_open for line in lines),
        "can_change": permissions.can_change_meeting(request.actor, meeting),
        "can_publish": meeting.state == MeetingState.PLANNED,
        "can_record": permissions.can_record_attendance(request.actor, meeting),
        "takes_replies": permissions.is_open_for_replies(meeting),
        "has_begun": has_begun,
        "is_recorded": is_recorded,
        "came": meeting.attendances.select_related("person").order_by(
            "person__known_as", "pk"
        )
        if is_recorded
        else (),
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


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_add(request: Request) -> HttpResponse:
    groups = Group.objects.visible_to(request.actor).exclude(state=GroupState.CLOSED)
    chosen = groups.filter(slug=request.GET.get("group", "")).first()
    form = MeetingForm(
        request.POST or None, groups=groups.order_by("name"), initial={"group": chosen}
    )
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


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: Request, ref: str) -> HttpResponse:
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(visible, reference=ref)
    permissions.check_can_change_meeting(request.actor, meeting)
    form = MeetingForm(request.POST or None, initial=details_of(meeting))
    is_published = meeting.state == MeetingState.PUBLISHED
    context = {"form": form, "meeting": meeting, "is_published": is_published}
    if request.method == "POST" and form.is_valid():
        change = publishing.move_meeting if is_published else planning.change_meeting
        started_from = form.version_number()
        try:
            change(
                by=request.actor,
                meeting=meeting,
                version=started_from,
                **form.details(),
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
            if refusal.field is None:
                _show_both(form, ref, context)
        else:
            messages.success(request, "The meeting is changed.")
            return redirect(meeting)
    return render(request, "meetings/meeting_form.html", context)


def _show_both(form: MeetingForm, ref: str, context: dict[str, object]) -> None:
    """Show what somebody else saved beside what was typed; saving again is then a choice."""
    theirs = Meeting.objects.get(reference=ref)
    form.start_again_from(theirs.version)
    context["theirs"] = theirs
    context["theirs_when"] = when(theirs)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: Request, ref: str) -> HttpResponse:
    visible = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(visible, reference=ref)
    permissions.check_can_change_meeting(request.actor, meeting)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            publishing.cancel_meeting(by=request.actor, meeting=meeting, reason=reason)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"The meeting on {dates.long_date(meeting.date)} is cancelled."
            )
            return redirect(meeting)
    invited = meeting.invitations.count()
    context = {"form": form, "meeting": meeting, "invited": invited}
    return render(request, "meetings/meeting_cancel.html", context)
