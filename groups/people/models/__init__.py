"""What we know about people. One import place; the modules group it by what it is about."""

from groups.people.models.consent import ConsentRecord, ConsentWording
from groups.people.models.passport import AccessNeed, AccessPassport
from groups.people.models.person import (
    LONGEST_NAME,
    ChannelPreference,
    ContactPoint,
    Person,
    person_reference,
)
from groups.people.models.support import SignIn, Supporter
from groups.people.models.topic import Interest, Topic

__all__ = [
    "LONGEST_NAME",
    "AccessNeed",
    "AccessPassport",
    "ChannelPreference",
    "ConsentRecord",
    "ConsentWording",
    "ContactPoint",
    "Interest",
    "Person",
    "SignIn",
    "Supporter",
    "Topic",
    "person_reference",
]
