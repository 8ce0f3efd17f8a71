"""What the people actions are given: plain values, already cleaned by a form."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NewContact:
    """One way to reach a person. `value` of an address is its lines without the postcode."""

    kind: str
    value: str
    postcode: str = ""
    note: str = ""


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

    contact_points: tuple[NewContact, ...] | None = None
    channel: str | None = None
    topics: tuple[str, ...] | None = None
    needs: tuple[NewNeed, ...] | None = None
    own_words: str | None = None
    consent: NewConsent | None = None
    agreed_to_share: bool = True
