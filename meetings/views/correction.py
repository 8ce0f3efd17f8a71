from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import EditConflict, InvalidTransition, RuleBroken
from groups.people.models import Person
from meetings import minutes_queries, permissions
from meetings.actions import minutes as actions
from meetings.enums import CorrectionState
from meetings.forms.minutes import (
    AnswerForm,
    CorrectionForHerForm,
    CorrectionForm,
    with_version,
)
from meetings.models import Correction, Minutes
from meetings.views.minutes import find_minutes


def _form(request: Request, minutes: Minutes) -> CorrectionForm:
    sections = minutes.sections.select_related("item").order_by("item__position")
    if not permissions.can_manage_meetings(request.actor):
        return CorrectionForm(request.POST or None, sections=sections)
    people = minutes_queries.people_with_a_part(minutes.meeting)
    return CorrectionForHerForm(request.POST or None, sections=sections, people=people)


def _herself(request: Request) -> Person:
    herself: Person = Person.objects.visible_to(request.actor).get(
        pk=request.actor.person_id or 0
    )
    return herself


@audience(STAFF, MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def correction_ask(request: Request, ref: str) -> HttpResponse:
    minutes = find_minutes(request, ref)
    actor = request.actor
    permissions.check_can_ask_for_correction(
        actor, minutes, actor.person_id, dates.today()
    )
    form = _form(request, minutes)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data.get("person") or _herself(request)
        try:
            actions.ask_for_correction(
                section=minutes.sections.get(pk=form.cleaned_data["section"]),
                person=person,
                words=form.cleaned_data["words"],
                by=actor,
            )
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Thank you. We will read this and answer.")
            return redirect("meetings:minutes-detail", ref=ref)
    context = {
        "form": form,
        "meeting": minutes.meeting,
        "until": minutes.corrections_until,
    }
    return render(request, "meetings/minutes_correct.html", context)


def _find_open(request: Request, ref: str, pk: int) -> Correction:
    rows = Correction.objects.filter(
        minutes__in=Minutes.objects.visible_to(request.actor)
    )
    found: Correction = get_object_or_404(
        rows.select_related("asked_for", "section__item", "minutes__meeting__group"),
        minutes__meeting__reference=ref,
        pk=pk,
    )
    permissions.check_can_answer_corrections(request.actor)
    if found.state != CorrectionState.ASKED:
        raise InvalidTransition("Somebody has already answered this.")
    return found


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def correction_answer(request: Request, ref: str, pk: int) -> HttpResponse:
    correction = _find_open(request, ref, pk)
    section = correction.section
    initial = {"new_text": section.text, "version": section.version}
    form = AnswerForm(request.POST or None, initial=initial)
    theirs = ""
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        values["accepted"] = values["accepted"] == "yes"
        try:
            actions.answer_correction(correction=correction, by=request.actor, **values)
        except EditConflict as conflict:
            theirs = conflict.theirs
            form = AnswerForm(with_version(request.POST, conflict.version))
            form.add_error("new_text", str(conflict))
        except (RuleBroken, InvalidTransition) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Your answer is with the minutes and on its way.")
            return redirect("meetings:minutes-detail", ref=ref)
    context = {
        "form": form,
        "correction": correction,
        "meeting": correction.minutes.meeting,
        "theirs": theirs,
    }
    return render(request, "meetings/minutes_answer.html", context)
