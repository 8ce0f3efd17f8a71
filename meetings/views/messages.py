from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from coprod.core.access import STAFF, Request, audience
from meetings import permissions, telling_queries
from meetings.models import Meeting


@audience(STAFF)
@require_safe
def meeting_messages(request: Request, ref: str) -> HttpResponse:
    managed = Meeting.objects.managed_by(request.actor).select_related("group")
    meeting = get_object_or_404(managed, reference=ref)
    context = {
        "meeting": meeting,
        "told": telling_queries.who_has_what(meeting),
        "takes_replies": permissions.is_open_for_replies(meeting),
    }
    return render(request, "meetings/meeting_messages.html", context)
