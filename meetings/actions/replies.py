"""Answers to invitations, from the person herself or written down for her."""

from django.db import transaction
from django.utils import timezone

from coprod.core import audit
from coprod.core.actors import Actor
from coprod.core.errors import RuleBroken
from meetings import permissions
from meetings.actions import papers, reminding
from meetings.enums import WAYS_TO_JOIN, Reply, ReplyRoute
from meetings.models import Invitation


def record_reply(
    *,
    by: Actor,
    invitation: Invitation,
    reply: str,
    join_mode: str = "",
    with_supporter: bool = False,
    supporter_name: str = "",
    note: str = "",
    route: str = ReplyRoute.ONLINE,
) -> Invitation:
    """Keep a person's answer. A later answer takes the place of the first; both are in the trail.

    When staff write down what she told them, `route` says how she told them: the answer is hers
    and the record names both. Her reminders follow: not coming calls them off, coming after all brings them back.
    Raises ActionDenied, and RuleBroken for an answer or a way to join that is not offered.
    """
    permissions.check_can_reply(by, invitation)
    meeting, person = invitation.meeting, invitation.person
    if reply not in Reply.values or reply == Reply.NONE:
        raise RuleBroken("Choose if you are coming.", field="reply")
    coming = reply != Reply.NOT_COMING
    if not coming:
        join_mode, with_supporter, supporter_name = "", False, ""
    elif join_mode and join_mode not in WAYS_TO_JOIN[meeting.mode]:
        raise RuleBroken("Choose a way to join this meeting.", field="join_mode")
    is_hers = invitation.person_id == by.person_id
    before = invitation.reply
    with transaction.atomic():
        invitation.reply, invitation.join_mode, invitation.note = reply, join_mode, note
        invitation.with_supporter = with_supporter
        invitation.supporter_name = supporter_name if with_supporter else ""
        invitation.replied_at = timezone.now()
        invitation.replied_by = by.name if is_hers else person.known_as
        invitation.reply_route = ReplyRoute.ONLINE if is_hers else route
        invitation.recorded_by = by.user
        invitation.save()
        audit.record(
            by=by,
            verb="recorded reply",
            on=meeting,
            about_person_id=person.pk,
            changes={
                "reply": [before, reply],
                "route": ["", str(invitation.reply_route)],
            },
        )
        reminding.follow_reply(invitation, by=by)
        if before == Reply.NOT_COMING and coming:
            papers.send_to_newcomers(meeting, [invitation], by)
    return invitation
