"""What the people actions are given: plain values, already cleaned by a form."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from coprod.core.models import User


class Facts(TypedDict, total=False):
    """What stands on the row of a new person besides her name. What is missing has its default."""

    capacity: str
    state: str
    job_title: str
    organisation: str
    heard_from: str
    print_size: int
    language: str
    call_after: dt.time | None
    call_before: dt.time | None
    voicemail_ok: bool
    staff_contact: User | None


@dataclass(frozen=True)
class NewContact:
    """One way to reach a person. `value` of an address is its lines without the postcode."""

    kind: str
    value: str
    postcode: str = ""
    note: str = ""


@dataclass(frozen=True)
class NewWish:
    """How one kind of thing is to come. Without a channel or size it comes as everything does."""

    channel: str = ""
    print_size: int | None = None
    is_wanted: bool = True


@dataclass(frozen=True)
class NewNeed:
    """One thing a person needs. `lead_days` is how long before a meeting it must be arranged."""

    category: str
    detail: str
    must: bool = False
    for_meetings: bool = True
    lead_days: int = 5


@dataclass(frozen=True)
class NewConsent:
    """That she agreed, to which wording, and how she said so."""

    wording_id: int
    given_how: str


@dataclass(frozen=True)
class Details:
    """What may be said about a person besides her name and state. None leaves it as it is."""

    contact_points: Sequence[NewContact] | None = None
    channel: str | None = None
    topics: Sequence[str] | None = None
    needs: Sequence[NewNeed] | None = None
    own_words: str | None = None
    consent: NewConsent | None = None
    agreed_to_share: bool = True
