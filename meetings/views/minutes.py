from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from coprod.core import dates
from coprod.core.access import CHAIRS, MEMBERS, STAFF, Request, audience
from coprod.core.enums import Role
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.governance import actions as governance
from groups.notices.views import check
from meetings import differences, documents, minutes_queries, permissions
from meetings.actions import minutes as actions
from meetings.enums import MeetingState, MinutesState
from meetings.forms.minutes import ApprovalForm, ConfirmForm, NoteForm
from meetings.models import Meeting, Minutes, MinutesSection, Revision
from meetings.models.minutes import MinutesQuerySet

READERS = (STAFF, MEMBERS, Role.SPONSOR, Role.AUDITOR)


def find_minutes(request: Request, ref: str) -> Minutes:
    return _one(Minutes.objects.visible_to(request.actor), ref)


def _find_managed(request: Request, ref: str) -> Minutes:
    return _one(Minutes.objects.managed_by(request.actor), ref)


def _one(rows: MinutesQuerySet, ref: str) -> Minutes:
    found: Minutes = get_object_or_404(
        rows.select_related("meeting__group", "approved_meeting"),
        meeting__reference=ref,
    )
    return found


@audience(*READERS)
@require_safe
def minutes_detail(request: Request, ref: str) -> HttpResponse:
    minutes = minutes_queries.minutes_for(request.actor, ref)
    if minutes is None:
        return _not_started(request, ref)
    actor = request.actor
    governance.note_reading(by=actor, on=minutes.meeting, what="minutes")
    report = minutes_queries.report_of(minutes)
    is_out = minutes.state == MinutesState.CIRCULATED
    context = {
        "report": report,
        "minutes": minutes,
        "meeting": minutes.meeting,
        "next_meeting": minutes_queries.next_meeting_after(minutes.meeting)
        if is_out
        else None,
        "state_words": documents.state_words(minutes),
        "is_draft": minutes.state == MinutesState.DRAFT,
        "is_out": is_out,
        "is_approved": minutes.state == MinutesState.APPROVED,
        "can_write": permissions.can_change_notes(actor, minutes),
        "can_approve": is_out and permissions.can_write_minutes(actor, minutes.meeting),
        "can_answer": is_out and permissions.can_manage_meetings(actor),
        "can_ask": is_out
        and permissions.can_ask_for_correction(actor, minutes, dates.today()),
    }
    return render(request, "meetings/minutes_detail.html", context)


def _not_started(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    context = {
        "meeting": meeting,
        "can_start": meeting.state == MeetingState.RECORDED,
        "is_team": permissions.can_manage_meetings(request.actor),
    }
    return render(request, "meetings/minutes_start.html", context)


@audience(STAFF, CHAIRS)
@require_POST
def minutes_start(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    actions.start_minutes(meeting=meeting, by=request.actor)
    return redirect("meetings:minutes-detail", ref=ref)


def _find_note(request: Request, ref: str, position: int) -> MinutesSection:
    rows = MinutesSection.objects.filter(
        minutes__in=Minutes.objects.managed_by(request.actor)
    )
    found: MinutesSection = get_object_or_404(
        rows.select_related("item", "edited_by", "minutes__meeting__group"),
        minutes__meeting__reference=ref,
        item__position=position,
    )
    permissions.check_can_change_notes(request.actor, found.minutes)
    return found


@audience(STAFF, CHAIRS)
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


@audience(STAFF, CHAIRS)
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


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_circulate(request: Request, ref: str) -> HttpResponse:
    minutes = _find_managed(request, ref)
    permissions.check_can_change_notes(request.actor, minutes)
    form = ConfirmForm(request.POST or None, button="Send out the draft")
    if request.method == "POST" and form.is_valid():
        try:
            outcome = check.send(
                request,
                lambda: actions.circulate(minutes=minutes, by=request.actor),
                about=ref,
                asks=_ask_to_circulate(minutes.meeting),
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            if outcome.page is not None:
                return outcome.page
            done = outcome.words(
                "The draft is open for corrections.",
                "It is on its way to everybody invited.",
            )
            messages.success(request, done)
            return redirect("meetings:minutes-detail", ref=ref)
    context = {
        "form": form,
        "meeting": minutes.meeting,
        "people_count": minutes.meeting.invitations.count(),
        "until": actions.last_day_for_corrections(minutes, today=dates.today()),
    }
    return render(request, "meetings/minutes_circulate.html", context)


def _ask_to_circulate(meeting: Meeting) -> check.Question:
    return check.Question(
        heading="Send out the draft minutes",
        caption=f"{meeting.group.name}, {dates.long_date(meeting.starts_at)}",
        back=reverse("meetings:minutes-detail", args=[meeting.reference]),
        stays="The draft stays open for corrections, but then nobody has been told.",
    )


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_approve(request: Request, ref: str) -> HttpResponse:
    minutes = _find_managed(request, ref)
    permissions.check_can_write_minutes(request.actor, minutes.meeting)
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
    context = {
        "form": form,
        "meeting": minutes.meeting,
        "has_meetings": bool(meetings),
        "is_team": permissions.can_manage_meetings(request.actor),
    }
    return render(request, "meetings/minutes_approve.html", context)
