"""A telephone call about a meeting, and the answer that came of it."""

from django.db import transaction

from coprod.core.actors import Actor
from groups.notices import actions as notices
from groups.notices.enums import CallOutcome
from groups.notices.models import Delivery
from meetings.actions import replies
from meetings.enums import Reply, ReplyRoute
from meetings.models import Invitation


def record_answer(
    *,
    by: Actor,
    call: Delivery,
    invitation: Invitation,
    reply: str,
    join_mode: str = "",
    with_supporter: bool = False,
    supporter_name: str = "",
    note: str = "",
) -> Invitation:
    """Write down that we spoke and what she answered: both or neither.

    The answer is hers, by phone, and the record names who wrote it down. Raises what
    notices.record_call and replies.record_reply raise.
    """
    with transaction.atomic():
        notices.record_call(
            by=by,
            delivery=call,
            outcome=CallOutcome.SPOKE,
            words=f"{Reply(reply).label}. {note}".strip(),
        )
        return replies.record_reply(
            by=by,
            invitation=invitation,
            reply=reply,
            join_mode=join_mode,
            with_supporter=with_supporter,
            supporter_name=supporter_name,
            note=note,
            route=ReplyRoute.PHONE,
        )
