from django.db import models


class GroupKind(models.TextChoices):
    STRATEGIC = "strategic", "Strategic board"
    CLIENT = "client", "Client board"
    PROJECT = "project", "Co-production group"
    PANEL = "panel", "Panel"
    WORKING = "working", "Working group"


class GroupState(models.TextChoices):
    FORMING = "forming", "Getting started"
    ACTIVE = "active", "Meeting"
    PAUSED = "paused", "Taking a break"
    CLOSED = "closed", "Closed"


GROUP_TRANSITIONS: dict[str, frozenset[str]] = {
    GroupState.FORMING: frozenset({GroupState.ACTIVE, GroupState.CLOSED}),
    GroupState.ACTIVE: frozenset({GroupState.PAUSED, GroupState.CLOSED}),
    GroupState.PAUSED: frozenset({GroupState.ACTIVE, GroupState.CLOSED}),
    GroupState.CLOSED: frozenset(),
}


class AttributionMode(models.TextChoices):
    """How people appear in minutes (practice.md 1.7)."""

    NAMED = "named", "By name"
    ROLE = "role", "By role"
    NONE = "none", "Not at all"


class DecisionRule(models.TextChoices):
    CONSENSUS = "consensus", "Consensus: everyone agrees"
    CONSENT = "consent", "Consent: nobody has a serious objection"
    MAJORITY = "majority", "Majority: more than half agree"


class SeatCategory(models.TextChoices):
    MEMBER = "member", "Member with lived experience"
    CARER = "carer", "Carer"
    STAFF = "staff", "Staff"
    PARTNER = "partner", "Partner"
    COUNCILLOR = "councillor", "Councillor"


class MembershipState(models.TextChoices):
    INTERESTED = "interested", "Interested"
    VISITING = "visiting", "Visiting"
    INVITED = "invited", "Invited"
    SERVING = "serving", "Member of the group"
    ENDED = "ended", "Left the group"


MEMBERSHIP_TRANSITIONS: dict[str, frozenset[str]] = {
    MembershipState.INTERESTED: frozenset(
        {MembershipState.VISITING, MembershipState.INVITED, MembershipState.ENDED}
    ),
    MembershipState.VISITING: frozenset(
        {MembershipState.INVITED, MembershipState.SERVING, MembershipState.ENDED}
    ),
    MembershipState.INVITED: frozenset(
        {MembershipState.SERVING, MembershipState.ENDED}
    ),
    MembershipState.SERVING: frozenset({MembershipState.ENDED}),
    MembershipState.ENDED: frozenset(),
}


class OfficeKind(models.TextChoices):
    CHAIR = "chair", "Chair"
    CO_CHAIR = "co_chair", "Co-chair"
    MINUTE_TAKER = "minute_taker", "Minute-taker"
    SPONSOR = "sponsor", "Senior sponsor"
