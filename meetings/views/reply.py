from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from coprod.core import dates
from coprod.core.access import MEMBERS, STAFF, Request, audience
from coprod.core.errors import RuleBroken
from groups.people.models import Person, Supporter
from meetings import permissions
from meetings.actions import replies
from meetings.enums import Reply
from meetings.forms.reply import ReplyForHerForm, ReplyForm
from meetings.models import Invitation, Meeting

_THANKS = {
    Reply.COMING: "Thank you. You are coming.",
    Reply.NOT_COMING: "Thank you for telling us. You are not coming this time.",
    Reply.NOT_SURE: "Thank you. Tell us when you know.",
}


def supporter_names(person: Person) -> list[str]:
    links = Supporter.objects.filter(member=person).current(dates.today())
    rows = links.select_related("supporter").order_by("supporter__known_as", "pk")
    return list(dict.fromkeys(row.supporter.known_as for row in rows))


@audience(MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: Request, ref: str) -> HttpResponse:
    actor = request.actor
    meetings = Meeting.objects.visible_to(actor)
    rows = Invitation.objects.filter(meeting__in=meetings, person_id=actor.person_id)
    invitation = get_object_or_404(
        rows.select_related("meeting__group", "person"), meeting__reference=ref
    )
    permissions.check_can_reply(actor, invitation)
    form = ReplyForm(
        request.POST or None,
        invitation=invitation,
        supporters=supporter_names(invitation.person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = replies.record_reply(
                by=actor, invitation=invitation, **form.answer()
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _THANKS[Reply(kept.reply)])
            return redirect(invitation.meeting)
    context = {"form": form, "meeting": invitation.meeting, "invitation": invitation}
    return render(request, "meetings/reply_form.html", context)


@audience(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def reply_record(request: Request, ref: str, person_ref: str) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.actor)
    invitation = get_object_or_404(
        rows.select_related("meeting__group", "person"),
        meeting__reference=ref,
        person__reference=person_ref,
    )
    permissions.check_can_reply(request.actor, invitation)
    form = ReplyForHerForm(
        request.POST or None,
        invitation=invitation,
        supporters=supporter_names(invitation.person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            replies.record_reply(
                by=request.actor, invitation=invitation, **form.answer()
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, f"{invitation.person.known_as}’s answer is saved."
            )
            return redirect(f"{invitation.meeting.get_absolute_url()}#replies")
    context = {"form": form, "meeting": invitation.meeting, "invitation": invitation}
    return render(request, "meetings/reply_record.html", context)
