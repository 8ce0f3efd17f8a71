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
from groups.notices.actions.posted_anyway import mark_posted_anyway
from groups.notices.actions.posting import (
    mark_posted,
    put_back,
    take_out,
    undo_pile,
    undo_posted,
)
from groups.notices.actions.printing import (
    ask_again,
    make_letters_pdf,
    make_print_run,
)
from groups.notices.actions.returning import bring_back, reword
from groups.notices.actions.sweeping import send_due
from groups.notices.actions.undoing import send_after_all, undo
from groups.notices.actions.welcome import (
    add_person_with_welcome,
    invite_to_sign_in,
    welcome,
)

__all__ = [
    "add_person_with_welcome",
    "ask_again",
    "bring_back",
    "deal_with",
    "follow_person",
    "follow_reach",
    "invite_to_sign_in",
    "make_letters_pdf",
    "make_print_run",
    "mark_arrived",
    "mark_came_back",
    "mark_posted",
    "mark_posted_anyway",
    "plan_notice",
    "put_back",
    "record_call",
    "reword",
    "ring_sweep",
    "send_after_all",
    "send_again",
    "send_due",
    "take_out",
    "undo",
    "undo_pile",
    "undo_posted",
    "use_other_channel",
    "welcome",
    "withdraw",
]
