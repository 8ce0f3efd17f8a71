"""Everything that is read about people; the modules group it by what asks."""

from groups.people.queries.actors import (
    Key,
    actor_for,
    contact_value,
    roles_and_keys,
    sign_ins_of,
)
from groups.people.queries.around import memberships_of, sent_lately
from groups.people.queries.listing import (
    EVERYBODY,
    PeopleFilter,
    PeoplePage,
    PersonRow,
    filtered,
    people_page,
    topics,
)
from groups.people.queries.person import (
    CHANNEL_WORDS,
    SCOPE_WORDS,
    Need,
    PersonPage,
    current_wording,
    history_of,
    person_page,
    stopped_points,
)
from groups.people.queries.wishes import (
    Wish,
    asked_channel,
    channel_for,
    wish_for,
)

__all__ = [
    "CHANNEL_WORDS",
    "EVERYBODY",
    "SCOPE_WORDS",
    "Key",
    "Need",
    "PeopleFilter",
    "PeoplePage",
    "PersonPage",
    "PersonRow",
    "Wish",
    "actor_for",
    "asked_channel",
    "channel_for",
    "contact_value",
    "current_wording",
    "filtered",
    "history_of",
    "memberships_of",
    "people_page",
    "person_page",
    "roles_and_keys",
    "sent_lately",
    "sign_ins_of",
    "stopped_points",
    "topics",
    "wish_for",
]
