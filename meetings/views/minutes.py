from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import dates
from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.enums import Role
from coprod.core.errors import InvalidTransition, RuleBroken
from meetings import differences, documents, minutes_queries, permissions
from meetings.actions import minutes as actions
from meetings.enums import MeetingState, MinutesState
from meetings.forms.minutes import ApprovalForm, ConfirmForm, NoteForm
from meetings.models import Meeting, Minutes, MinutesSection, Revision

READERS = (STAFF, MEMBERS, Role.SPONSOR)


def find_minutes(request: Request, ref: str) -> Minutes:
    rows = Minutes.objects.visible_to(request.actor)
    found: Minutes = get_object_or_404(
        rows.select_related("meeting__group", "approved_meeting"),
        meeting__reference=ref,
    )
    return found


@audience(*READERS)
@require_safe
def minutes_detail(request: Request, ref: str) -> HttpResponse:
    rows = Minutes.objects.visible_to(request.actor).filter(meeting__reference=ref)
    rows = minutes_queries.with_next_meeting(rows)
    minutes = rows.select_related("meeting__group", "approved_meeting").first()
    if minutes is None:
        return _not_started(request, ref)
    report = minutes_queries.report_of(minutes)
    actor = request.actor
    is_out = minutes.state == MinutesState.CIRCULATED
    context = {
        "report": report,
        "minutes": minutes,
        "meeting": minutes.meeting,
        "state_words": documents.state_words(minutes),
        "is_draft": minutes.state == MinutesState.DRAFT,
        "is_out": is_out,
        "is_approved": minutes.state == MinutesState.APPROVED,
        "can_write": permissions.can_change_notes(actor, minutes),
        "can_answer": is_out and permissions.can_write_minutes(actor),
        "can_ask": is_out
        and permissions.can_ask_for_correction(actor, minutes, dates.today()),
    }
    return render(request, "meetings/minutes_detail.html", context)


def _not_started(request: Request, ref: str) -> HttpResponse:
    if not permissions.can_write_minutes(request.actor):
        raise Http404
    meetings = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(meetings, reference=ref)
    context = {"meeting": meeting, "can_start": meeting.state == MeetingState.RECORDED}
    return render(request, "meetings/minutes_start.html", context)


@audience(STAFF)
@require_POST
def minutes_start(request: Request, ref: str) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.actor).select_related("group")
    meeting = get_object_or_404(meetings, reference=ref)
    actions.start_minutes(meeting=meeting, by=request.actor)
    return redirect("meetings:minutes-detail", ref=ref)


def _find_note(request: Request, ref: str, position: int) -> MinutesSection:
    rows = MinutesSection.objects.filter(
        minutes__in=Minutes.objects.visible_to(request.actor)
    )
    found: MinutesSection = get_object_or_404(
        rows.select_related("item", "edited_by", "minutes__meeting__group"),
        minutes__meeting__reference=ref,
        item__position=position,
    )
    permissions.check_can_change_notes(request.actor, found.minutes)
    return found


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def note_edit(request: Request, ref: str, position: int) -> HttpResponse:
    section = _find_note(request, ref, position)
    initial = {"text": section.text, "version": section.version}
    form = NoteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_section(by=request.actor, section=section, **form.cleaned_data)
        except actions.NoteChangedFirst as conflict:
            # A redirect, because what she typed is kept only when this request is kept.
            return redirect("meetings:note-kept", ref, position, conflict.kept.pk)
        messages.success(request, f"The note for item {position} is saved.")
        return redirect("meetings:minutes-detail", ref=ref)
    kept = (
        section.revisions.filter(kept_aside=True)
        .select_related("saved_by")
        .order_by("-pk")
    )
    context = {
        "form": form,
        "section": section,
        "meeting": section.minutes.meeting,
        "kept": list(kept),
    }
    return render(request, "meetings/minutes_note.html", context)


@audience(STAFF)
@require_safe
def note_kept(request: Request, ref: str, position: int, revision: int) -> HttpResponse:
    section = _find_note(request, ref, position)
    kept_aside = Revision.objects.filter(section=section, kept_aside=True)
    kept = get_object_or_404(kept_aside.select_related("saved_by"), pk=revision)
    saved, typed = differences.side_by_side(section.text, kept.text)
    context = {
        "form": NoteForm(initial={"text": kept.text, "version": section.version}),
        "section": section,
        "meeting": section.minutes.meeting,
        "kept": kept,
        "saved_pieces": saved,
        "typed_pieces": typed,
        "is_mine": kept.saved_by_id == request.actor.user_id,
    }
    return render(request, "meetings/minutes_note_kept.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_circulate(request: Request, ref: str) -> HttpResponse:
    minutes = find_minutes(request, ref)
    permissions.check_can_change_notes(request.actor, minutes)
    form = ConfirmForm(request.POST or None, button="Send out the draft")
    if request.method == "POST" and form.is_valid():
        try:
            actions.circulate(minutes=minutes, by=request.actor)
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "The draft minutes are on their way to everybody invited."
            )
            return redirect("meetings:minutes-detail", ref=ref)
    context = {
        "form": form,
        "meeting": minutes.meeting,
        "people_count": minutes.meeting.invitations.count(),
        "until": actions.last_day_for_corrections(minutes, today=dates.today()),
    }
    return render(request, "meetings/minutes_circulate.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_approve(request: Request, ref: str) -> HttpResponse:
    minutes = find_minutes(request, ref)
    permissions.check_can_write_minutes(request.actor)
    meetings = {
        row.reference: row for row in minutes_queries.meetings_that_can_approve(minutes)
    }
    form = ApprovalForm(request.POST or None, meetings=meetings.values())
    if request.method == "POST" and form.is_valid():
        at_meeting = meetings[form.cleaned_data["at_meeting"]]
        try:
            actions.approve_minutes(
                minutes=minutes, at_meeting=at_meeting, by=request.actor
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, "The minutes are approved. Their words stay as they are."
            )
            return redirect("meetings:minutes-detail", ref=ref)
    context = {"form": form, "meeting": minutes.meeting, "has_meetings": bool(meetings)}
    return render(request, "meetings/minutes_approve.html", context)
