"""Everything that writes about people. One verb each; the modules group them by noun."""

from groups.people.actions.access import (
    add_need,
    end_need,
    note_sensitive_read,
    set_own_words,
)
from groups.people.actions.consent import give_consent, withdraw_consent
from groups.people.actions.contact import (
    add_contact_point,
    give_up_contact_point,
    set_channel,
    stop_contact_point,
)
from groups.people.actions.moves import (
    change_break,
    end_break,
    end_break_by_the_clock,
    pause_person,
    record_death,
    record_leaving,
    start_taking_part,
    welcome_back,
)
from groups.people.actions.person import PersonChanged, add_person, update_person
from groups.people.actions.reach import set_reach
from groups.people.actions.support import end_support, link_supporter, open_sign_in
from groups.people.values import NewConsent, NewContact, NewNeed, NewWish

__all__ = [
    "NewConsent",
    "NewContact",
    "NewNeed",
    "NewWish",
    "PersonChanged",
    "add_contact_point",
    "add_need",
    "add_person",
    "change_break",
    "end_break",
    "end_break_by_the_clock",
    "end_need",
    "end_support",
    "give_consent",
    "give_up_contact_point",
    "link_supporter",
    "note_sensitive_read",
    "open_sign_in",
    "pause_person",
    "record_death",
    "record_leaving",
    "set_channel",
    "set_own_words",
    "set_reach",
    "start_taking_part",
    "stop_contact_point",
    "update_person",
    "welcome_back",
    "withdraw_consent",
]
