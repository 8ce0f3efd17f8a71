"""Everything that may be done to what we owe people; the modules group it by what it is about."""

from groups.notices.actions.calling import record_call
from groups.notices.actions.following import follow_person, follow_reach
from groups.notices.actions.mending import (
    deal_with,
    mark_arrived,
    mark_came_back,
    send_again,
    use_other_channel,
)
from groups.notices.actions.planning import plan_notice, ring_sweep, withdraw
from groups.notices.actions.printing import (
    ask_again,
    make_print_run,
    mark_posted,
    put_back,
    undo_posted,
)
from groups.notices.actions.sweeping import send_due
from groups.notices.actions.welcome import (
    add_person_with_welcome,
    invite_to_sign_in,
    welcome,
)

__all__ = [
    "add_person_with_welcome",
    "ask_again",
    "deal_with",
    "follow_person",
    "follow_reach",
    "invite_to_sign_in",
    "make_print_run",
    "mark_arrived",
    "mark_came_back",
    "mark_posted",
    "plan_notice",
    "put_back",
    "record_call",
    "ring_sweep",
    "send_again",
    "send_due",
    "undo_posted",
    "use_other_channel",
    "welcome",
    "withdraw",
]
