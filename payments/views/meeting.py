from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import CHAIRS, STAFF, Request, audience
from coprod.core.errors import InvalidTransition, RuleBroken
from groups.notices.views import check
from meetings import permissions as meeting_permissions
from meetings import queries as meeting_queries
from meetings.actions.attendance import AttendanceRow
from meetings.forms.attendance import AttendanceForm, attendance_forms
from meetings.models import Meeting
from payments import emails, queries
from payments.actions import attendance, offers
from payments.forms.meeting import PublishForm


def _find(request: Request, ref: str) -> Meeting:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    found: Meeting = get_object_or_404(managed, reference=ref)
    return found


@audience(STAFF, CHAIRS)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_publish(request: Request, ref: str) -> HttpResponse:
    meeting = _find(request, ref)
    meeting_permissions.check_can_change_meeting(request.actor, meeting)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outcome = check.send(
                request,
                lambda: offers.publish_meeting(meeting=meeting, by=request.actor),
                about=meeting.reference,
                asks=_ask_to_publish(meeting),
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            if outcome.page is not None:
                return outcome.page
            done = outcome.words("Published.", "Each invitation is on its way.")
            messages.success(request, done)
            return redirect(meeting)
    plan = queries.publishing_plan(meeting)
    context: dict[str, Any] = {"form": form, "meeting": meeting, "plan": plan}
    # A chair is shown who is told, and not how we reach her or what she is offered.
    context["is_team"] = meeting_permissions.can_manage_meetings(request.actor)
    if plan.rates is not None:
        whole = plan.rates.price_time(meeting.planned_minutes).pence
        words = emails.offer_words(plan.rates.hourly_rate, whole)
        context["offer_paragraphs"] = words.split("\n\n")
    return render(request, "payments/meeting_publish.html", context)


def _ask_to_publish(meeting: Meeting) -> check.Question:
    return check.Question(
        heading="Publish and invite people",
        caption=f"{meeting.group.name}, {dates.long_date(meeting.date)}",
        back=meeting.get_absolute_url(),
        stays="The meeting stays published, but then nobody has been told.",
        hurry="The meeting begins within a day, so there is no time to undo it.",
    )


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_attendance(request: Request, ref: str) -> HttpResponse:
    meeting = _find(request, ref)
    meeting_permissions.check_can_record_attendance(request.actor, meeting)
    forms = attendance_forms(
        meeting,
        meeting_queries.invitations_of(meeting),
        list(meeting.attendances.order_by("pk")),
        request.POST or None,
    )
    # Every form is looked at, so that one read of the page tells of every slip.
    are_valid = [form.is_valid() for form in forms]
    if request.method == "POST" and all(are_valid):
        try:
            drafted = attendance.record_attendance_and_draft(
                meeting=meeting, by=request.actor, rows=[_row(form) for form in forms]
            )
        except (RuleBroken, InvalidTransition) as refusal:
            forms[0].add_error(None, str(refusal))
        else:
            messages.success(request, _said(len(drafted)))
            return redirect(meeting)
    context = {
        "meeting": meeting,
        "forms": forms,
        "offered": len(queries.offers_at(meeting)),
    }
    return render(request, "payments/meeting_attendance.html", context)


def _row(form: AttendanceForm) -> AttendanceRow:
    return AttendanceRow(person_id=form.person.pk, **form.cleaned_data)


def _said(drafted: int) -> str:
    if not drafted:
        return "Attendance is recorded."
    claims = "1 claim is" if drafted == 1 else f"{drafted} claims are"
    return f"Attendance is recorded, and {claims} ready for people to check."
